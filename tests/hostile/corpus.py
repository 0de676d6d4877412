"""Broken and hostile pictures, made by code under a seed: the same files on every machine."""

import gzip
import io
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
HUGE = 60_000


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: what is wrong with it, its bytes, its name and the type it claims."""

    about: str
    data: bytes
    name: str = "a.png"
    kind: str = "image/png"


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(seed: int, width: int = 48, height: int = 32, mode: str = "RGB") -> Image.Image:
    """A picture of random pixels."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    return Image.frombytes(mode, (width, height), pixels.tobytes())


def chunk(kind: bytes, data: bytes, *, crc: int | None = None, size: int | None = None) -> bytes:
    """A chunk of a PNG, perhaps with a lie in it."""
    right = zlib.crc32(kind + data)
    length = len(data) if size is None else size
    return struct.pack(">I", length) + kind + data + struct.pack(">I", right if crc is None else crc)


def png(width: int, height: int, body: bytes = b"", *, bits: int = 8, colour: int = 2, before: bytes = b"") -> bytes:
    """A PNG of this header; its data need not fit."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(body))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + data + chunk(b"IEND", b"")


def truncated(random_: random.Random) -> Iterator[File]:
    """Files that end at many places."""
    for kind, mime in KINDS.items():
        whole = encoded(noise(1), kind)
        places = {0, 1, 4, 8, 12, 20, 30, len(whole) - 1, len(whole) - 5, len(whole) // 2}
        places |= {random_.randrange(len(whole)) for _ in range(4)}
        for place in sorted(places):
            yield File(f"{kind} cut at {place} of {len(whole)}", whole[:place], f"a.{kind.lower()}", mime)


def flipped(random_: random.Random) -> Iterator[File]:
    """Files in which some bits are wrong."""
    for kind, mime in KINDS.items():
        whole = encoded(noise(2), kind)
        for count in (1, 1, 2, 4, 8, 16, 64, 256):
            data = bytearray(whole)
            for _ in range(count):
                place = random_.randrange(len(data))
                data[place] ^= 1 << random_.randrange(8)
            yield File(f"{kind} with {count} bits wrong", bytes(data), f"a.{kind.lower()}", mime)


def bombs() -> Iterator[File]:
    """Little files that want to be large."""
    for width, height in ((HUGE, HUGE), (2**31 - 1, 1), (1, 2**31 - 1), (2**16, 2**16), (7000, 7000), (40_001, 1000)):
        yield File(f"PNG that says {width} × {height}", png(width, height, b"\0"))
    rows = zlib.compress(bytes(6000 * (1 + 6000 * 3)), 9)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    yield File("PNG of 36 million pixels in a hundred kilobytes", bomb)
    yield File(
        "PNG whose text grows to 100 MB", png(4, 4, before=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))))
    )
    yield File(
        "PNG whose profile grows to 50 MB", png(4, 4, before=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(5 * 10**7))))
    )
    yield File("PNG whose rows grow to 100 MB for 16 pixels", png(4, 4, bytes(10**8)))
    yield File("PNG of 200 text chunks", png(4, 4, bytes(52), before=chunk(b"tEXt", b"a\0" + b"x" * 9000) * 200))
    gif = bytearray(encoded(noise(3).convert("P"), "GIF"))
    gif[6:10] = struct.pack("<HH", 65535, 65535)
    yield File("GIF that says 65535 × 65535", bytes(gif), "a.gif", "image/gif")
    frames = [Image.new("P", (64, 64), index % 256) for index in range(1000)]
    yield File("GIF of 1000 frames", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "a.gif")
    for form, body in (
        (b"VP8X", bytes(4) + (16_383).to_bytes(3, "little") * 2),
        (b"VP8L", b"\x2f" + struct.pack("<I", 0x3FFF | 0x3FFF << 14)),
        (b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a\xff\x3f\xff\x3f"),
    ):
        riff = b"WEBP" + form + struct.pack("<I", len(body)) + body + bytes(200)
        yield File(f"WebP {form.decode()} of 16384 × 16384", b"RIFF" + struct.pack("<I", len(riff)) + riff, "a.webp")
    jpeg = bytearray(encoded(noise(4), "JPEG"))
    place = jpeg.index(b"\xff\xc0")
    jpeg[place + 5 : place + 9] = struct.pack(">HH", 65500, 65500)
    yield File("JPEG that says 65500 × 65500", bytes(jpeg), "a.jpg", "image/jpeg")
    yield File("gzip of zeros called PNG", gzip.compress(bytes(10**7)))


def lying() -> Iterator[File]:
    """Headers that do not fit what follows, and sizes at the edges."""
    for width, height in ((0, 0), (0, 5), (5, 0), (1, HUGE), (HUGE, 1), (1, 1), (3, 3)):
        body = bytes(height * (1 + width * 3)) if width * height <= HUGE else b""
        yield File(f"PNG of {width} × {height}", png(width, height, body))
        yield File(f"PNG of {width} × {height} without rows", png(width, height))
    for bits in (0, 1, 3, 7, 16, 255):
        for colour in (0, 1, 2, 3, 4, 6, 9):
            yield File(f"PNG of {bits} bits, colour {colour}", png(4, 4, bytes(200), bits=bits, colour=colour))
    start = b"\x89PNG\r\n\x1a\n"
    ihdr = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(52)))
    end = chunk(b"IEND", b"")
    yield File("PNG with a wrong checksum", start + ihdr[:-4] + b"\0\0\0\0" + data + end)
    yield File("PNG whose chunk says 4 GB", start + ihdr + chunk(b"IDAT", b"x", size=2**32 - 1))
    yield File("PNG whose header comes twice", start + ihdr + ihdr + data + end)
    yield File("PNG whose end comes first", start + end + ihdr + data)
    yield File("PNG whose data come first", start + data + ihdr + end)
    yield File("PNG with a palette of no colours", png(4, 4, bytes(20), colour=3))
    yield File("PNG with an odd palette", png(4, 4, bytes(20), colour=3, before=chunk(b"PLTE", b"\1\2")))
    yield File(
        "PNG whose palette is too small", png(4, 4, b"\0\xff\xff\xff\xff" * 4, colour=3, before=chunk(b"PLTE", b"abc"))
    )
    interlaced = struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 1)
    yield File("PNG interlaced, without its passes", start + chunk(b"IHDR", interlaced) + data + end)
    yield File("PNG with data after its end", png(4, 4, bytes(52)) + bytes(10**6))


def metadata() -> Iterator[File]:
    """Deep and large metadata, right and wrong."""
    info = PngImagePlugin.PngInfo()
    for index in range(500):
        info.add_text(f"key {index}", "x" * 200)
    yield File("PNG with 500 texts", encoded(noise(5), "PNG", pnginfo=info))
    yield File(
        "PNG with a text of 20 MB to be",
        png(4, 4, bytes(52), before=chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b"x" * 2 * 10**7))),
    )
    exif = Image.Exif()
    for tag in range(0x9000, 0x9400):
        exif[tag] = "x" * 40
    yield File("JPEG with a thousand EXIF tags", encoded(noise(6), "JPEG", exif=exif), "a.jpg", "image/jpeg")
    loop = b"Exif\0\0II*\0\x08\0\0\0" + b"\x01\0\x69\x87\x04\0\1\0\0\0\x08\0\0\0" + b"\x08\0\0\0"
    whole = encoded(noise(7), "JPEG")
    for about, segment in (
        ("EXIF whose directory is itself", loop),
        (
            "EXIF of an orientation that there is not",
            b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x63\0\0\0\0\0\0\0",
        ),
        ("EXIF that points beyond its end", b"Exif\0\0II*\0\xff\xff\xff\x7f"),
        ("EXIF of one byte", b"Exif\0\0I"),
        ("a profile of nothing", b"ICC_PROFILE\0\1\1"),
        ("XMP that is not closed", b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta" + b"<a>" * 5000),
    ):
        kind = b"\xe2" if "profile" in about else b"\xe1"
        data = whole[:2] + b"\xff" + kind + struct.pack(">H", len(segment) + 2) + segment + whole[2:]
        yield File(f"JPEG with {about}", data, "a.jpg", "image/jpeg")
    yield File(
        "JPEG with 64 kB of comments, 50 times",
        whole[:2] + (b"\xff\xfe\xff\xff" + bytes(65533)) * 50 + whole[2:],
        "a.jpg",
    )
    yield File("GIF with a comment of 500 kB", encoded(noise(8).convert("P"), "GIF", comment=b"x" * 500_000), "a.gif")


def forms() -> Iterator[File]:
    """Good pictures of unusual forms: these are to be kept."""
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr"):
        for kind in ("PNG", "JPEG", "GIF", "WEBP"):
            try:
                data = encoded(noise(9, mode=mode) if mode not in {"1", "P"} else noise(9).convert(mode), kind)
            except (OSError, ValueError, KeyError):  # a format that cannot hold this mode
                continue
            yield File(f"good: {mode} as {kind}", data, f"a.{kind.lower()}", KINDS[kind])
    deep = np.random.default_rng(10).integers(0, 65536, (9, 7), dtype=np.uint16)
    yield File("good: PNG of 16 bits", encoded(Image.fromarray(deep), "PNG"))
    yield File("good: progressive JPEG", encoded(noise(11), "JPEG", progressive=True), "a.jpg", "image/jpeg")
    frames = [noise(seed, 20, 20) for seed in range(30)]
    for kind in ("PNG", "WEBP", "GIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        yield File(f"good: {kind} of 30 frames", data, f"a.{kind.lower()}", KINDS[kind])
    for size in ((1, 1), (1, 2000), (2000, 1), (3000, 2000)):
        yield File(f"good: {size[0]} × {size[1]}", encoded(Image.new("RGB", size, (9, 99, 199)), "PNG"))
    for orientation in (0, 1, 6, 8, 9, 255):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield File(f"good: orientation {orientation}", encoded(noise(12), "JPEG", exif=exif), "a.jpg", "image/jpeg")


def disguised() -> Iterator[File]:
    """Files of other kinds under the names of pictures, pictures under other names, and files that are two things."""
    others = {
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "SVG behind a comment": b"<!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>",
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "PDF": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n\0\xff",
        "PSD": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(60),
        "ICO": encoded(noise(13, 16, 16), "ICO"),
        "BMP": encoded(noise(13), "BMP"),
        "TIFF": encoded(noise(13), "TIFF"),
        "ELF": b"\x7fELF\2\1\1" + bytes(60),
        "ZIP": b"PK\3\4" + bytes(60),
        "FITS": b"SIMPLE  =                    T" + b" " * 2850,
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n",
        "EXR": b"v/1\1" + bytes(60),
        "nothing": b"",
        "zeros": bytes(1000),
        "random": random.Random(14).randbytes(5000),
    }
    for about, data in others.items():
        for name, kind in (("a.png", "image/png"), ("a", ""), ("a.jpg", "text/plain")):
            yield File(f"{about} called {name!r} ({kind or 'of no type'})", data, name, kind)
    good = encoded(noise(15), "PNG")
    for name, kind in (
        ("a.txt", "text/plain"),
        ("a.html", "text/html"),
        ("a.csv", "text/csv"),
        ("", ""),
        ("x" * 300, ""),
    ):
        yield File(f"good: PNG called {name[:20]!r}", good, name or "a", kind or "application/octet-stream")
    page = b"<script>alert(1)</script>"
    yield File("good: PNG and a page after it", good + page)
    yield File("good: PNG and a ZIP after it", good + b"PK\3\4" + bytes(100))
    yield File("GIF that is a script", b"GIF89a/*" + bytes(30) + b"*/=1;alert(1)//", "a.gif", "image/gif")
    yield File("JPEG with a page as its comment", encoded(noise(16), "JPEG", comment=page), "a.jpg", "image/jpeg")
    yield File("good: PNG with a page as its text", png(4, 4, bytes(52), before=chunk(b"tEXt", b"Comment\0" + page)))


def corpus(seed: int = 20) -> list[File]:
    """All of them."""
    random_ = random.Random(seed)
    made = [*truncated(random_), *flipped(random_), *bombs(), *lying(), *metadata(), *forms(), *disguised()]
    assert len({file.about for file in made}) >= 200
    return made
