"""Pictures, good and bad, made on the spot."""

import io
import struct
import zlib

from PIL import Image, ImageDraw


def scene(side: int = 96, colour: str = "red") -> Image.Image:
    """A coloured circle on grey."""
    image = Image.new("RGB", (side, side), (128, 128, 128))
    ImageDraw.Draw(image).ellipse((side // 4, side // 4, side // 2, side // 2), fill=colour)
    return image


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The bytes of a file of that form."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def huge_header() -> bytes:
    """A PNG that claims 50 000 × 50 000 pixels and holds none."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def truncated() -> bytes:
    """A JPEG whose second half is missing."""
    whole = encoded(scene(400), "JPEG")
    return whole[: len(whole) // 2]


def animated() -> bytes:
    """A GIF of two frames."""
    return encoded(scene(colour="blue"), "GIF", save_all=True, append_images=[scene(colour="red")])


def cmyk() -> bytes:
    """A JPEG in printing colours."""
    return encoded(scene().convert("CMYK"), "JPEG")


def sixteen_bit() -> bytes:
    """A grey PNG of sixteen bits."""
    return encoded(Image.linear_gradient("L").resize((64, 64)).convert("I;16"), "PNG")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
