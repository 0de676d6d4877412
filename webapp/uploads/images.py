"""Pictures: refused before they are decoded where they are too large, then oriented, flattened and re-encoded.

Knows nothing but Pillow: it runs in a process of its own, which `decoding` keeps within bounds of memory and time.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
OTHERS = (b"BM", b"II*\0", b"MM\0*", b"%PDF-", b"\0\0\1\0", b"8BPS", b"qoif")
EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".ico")
PAPER = (255, 255, 255)
NOT_READ = "The file is not an image that can be read here (PNG, JPEG, WebP, or the first frame of a GIF)."

# Sizes are checked below, before decoding and with both numbers in the message; Pillow's own guard only warns.
Image.MAX_IMAGE_PIXELS = None


class BadImageError(Exception):
    """What is wrong with a picture: a problem's id, what is said of it, and the two numbers, where there are such."""

    def __init__(self, id: str, detail: str, *, limit: int | None = None, value: int | None = None) -> None:
        super().__init__(detail)
        self.id = id
        self.detail = detail
        self.limit = limit
        self.value = value


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture as it is kept: a PNG that holds nothing but pixels."""

    png: bytes
    width: int
    height: int


def looks_like_image(data: bytes, *, name: str, content_type: str) -> bool:
    """Whether a file is one, or claims to be; the claim decides which message a broken one gets."""
    lower = name.lower()
    claimed = content_type.startswith("image/") or lower.endswith((*EXTENSIONS, ".svg", ".svgz"))
    return claimed or _is_webp(data) or data.startswith(SIGNATURES) or (b"\0" in data[:64] and data.startswith(OTHERS))


def convert(data: bytes, *, name: str, limit_pixels: int) -> Kept:
    """The first frame in RGB: orientation applied, transparency laid on white, no metadata. BadImageError: why not."""
    head = data[:1024].lstrip().lower()
    if name.lower().endswith((".svg", ".svgz")) or head.startswith(b"<svg") or (b"<svg" in head and b"<?xml" in head):
        raise BadImageError("image-svg", "SVG pictures are programs rather than pixels; export it as PNG.")
    if not data:
        raise BadImageError("image-unreadable", "The file is empty.")
    if (size := _webp_size(data)) is not None:
        _check_size(size, limit_pixels)  # opening one makes room for its canvas
    picture = _open(data)
    _check_size(picture.size, limit_pixels)
    said = f"The {picture.format} file ({picture.width} × {picture.height} pixels, {len(data)} bytes)"
    try:
        picture.load()
        flat = _flat(picture)
        return Kept(_encoded(flat), *flat.size)
    except MemoryError:
        raise
    except Exception as error:
        id, what = ("image-truncated", "ends too early") if _is_cut(error) else ("image-unreadable", "is damaged")
        raise BadImageError(id, f"{said} {what}.") from error


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except MemoryError:
        raise
    except Exception as error:
        raise BadImageError("image-unreadable", NOT_READ) from error


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """The canvas that a WebP's header announces."""
    if not _is_webp(data) or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def _check_size(size: tuple[int, int], limit: int) -> None:
    pixels = size[0] * size[1]
    if pixels > limit:
        detail = f"The image has {size[0]} × {size[1]} = {pixels} pixels; the limit is {limit}."
        raise BadImageError("image-too-large", detail, limit=limit, value=pixels)
    if not pixels:
        raise BadImageError("image-unreadable", "The image has no pixels.", limit=1, value=0)


def _flat(picture: Image.Image) -> Image.Image:
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        flat = Image.new("RGB", layer.size, PAPER)
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    flat.info = {}
    return flat


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits to eight: 65535 is 255, not clipped at 255 as Pillow's own conversion does."""
    return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _is_cut(error: Exception) -> bool:
    return isinstance(error, OSError | EOFError | SyntaxError) and (
        "truncated" in str(error).lower() or "end of" in str(error).lower() or "incomplete" in str(error).lower()
    )
