"""Pictures: bounded before they are decoded, decoded apart, kept as nothing but pixels; SVG by any name refused."""

import io
import os
import signal
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.webapp.conftest import Limited
from tests.webapp.person import Person, problem
from webapp.uploads import decoding
from webapp.uploads.decoder import most_memory

pytestmark = pytest.mark.django_db
PRIVATE = [b"52.5N", b"Camera of Ada", b"private remark", b"http://ns.adobe.com/xap", b"ICC of Ada", b"geotag"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def telling(kind: str) -> bytes:
    """A picture whose file tells everything about its person: EXIF with GPS, ICC, XMP, comments."""
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif[0x9286] = "private remark"
    exif.get_ifd(0x8825)[1] = "52.5N"
    options: dict[str, Any] = {"exif": exif, "icc_profile": b"ICC of Ada" + bytes(128)}
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" about="http://ns.adobe.com/xap/1.0/">geotag</x:xmpmeta>'
    match kind:
        case "PNG":
            options["pnginfo"] = PngImagePlugin.PngInfo()
            options["pnginfo"].add_text("Comment", "private remark")
            options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode())
        case "JPEG":
            options |= {"comment": b"private remark", "xmp": xmp}
        case "WEBP":
            options["xmp"] = xmp
        case "GIF":
            options = {"comment": b"private remark"}
    return encoded(Image.new("RGB", (12, 8), (200, 100, 0)), kind, **options)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_only_pixels_are_kept(person: Person, kind: str) -> None:
    data = telling(kind)
    assert any(mark in data for mark in PRIVATE)
    source = person.upload(data, f"a.{kind.lower()}", f"image/{kind.lower()}").json()
    kept = person.get(source["url"]).content
    assert not [mark for mark in PRIVATE if mark in kept]
    assert chunks(kept) == {b"IHDR", b"IDAT", b"IEND"}


def chunks(png: bytes) -> set[bytes]:
    """The kinds of chunks of a PNG."""
    place, found = 8, set()
    while place < len(png):
        (size,) = struct.unpack_from(">I", png, place)
        found.add(png[place + 4 : place + 8])
        place += 12 + size
    return found


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"  \n" + SVG,
        b"<?xml version='1.0'?>\n" + SVG,
        b"<!DOCTYPE svg>" + SVG,
        b"<!-- c -->" + SVG,
        b"\xef\xbb\xbf" + SVG,
        SVG.upper(),
        zlib.compress(SVG),
    ],
)
def test_svg_is_refused_whatever_it_is_called(person: Person, data: bytes) -> None:
    for name in ("a.svg", "a.SVGZ", "a.png", "a.jpg", "a", "a.svg.png"):
        for kind in ("image/svg+xml", "image/png"):
            answer = person.upload(data, name, kind)
            assert answer.status_code == 422
            assert answer.json()["type"] in {"/problems/image-svg", "/problems/image-unreadable"}


def test_svg_called_a_text_is_a_text(person: Person) -> None:
    source = person.upload(SVG, "a.txt", "text/plain").json()
    assert source["kind"] == "text"
    answer = person.get(f"/api/sources/{source['id']}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Security-Policy"].endswith("sandbox")


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA", "JPEG2000", "EPS", "PDF", "ICNS", "DDS", "SGI"])
def test_only_four_formats_are_read(person: Person, kind: str) -> None:
    data = encoded(Image.new("RGB", (16, 16), (1, 2, 3)), kind)
    for name in ("a.png", "a.bin"):
        problem(person.upload(data, name, "image/png"), 422, "image-unreadable")


def webp(form: bytes, width: int, height: int) -> bytes:
    """The beginning of a WebP of this form and size."""
    match form:
        case b"VP8X":
            body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        case b"VP8L":
            body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
        case _:
            body = b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    return b"RIFF" + struct.pack("<I", 200) + b"WEBP" + form + struct.pack("<I", len(body)) + body + bytes(100)


@pytest.mark.parametrize("form", [b"VP8X", b"VP8L", b"VP8 "])
def test_a_webp_is_measured_before_room_is_made_for_it(person: Person, form: bytes) -> None:
    document = problem(person.upload(webp(form, 16000, 16000), "a.webp", "image/webp"), 422, "image-too-large")
    assert (document["limit"], document["value"]) == (40_000_000, 256_000_000)


def resident(pid: int, what: str = "VmHWM") -> int:
    """Bytes of memory that a process holds, or held at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024


def decoder() -> int:
    """The process that decodes next."""
    return next(one.pid for one in reversed(decoding.decoders) if one.pid is not None)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the bound is Linux's")
def test_decoding_takes_no_more_memory_than_its_pixels_need(person: Person, limited: Limited) -> None:
    limited(image_pixels=4_000_000)
    for one in decoding.decoders:
        one.end()
    side = 2000
    clear = encoded(Image.new("RGBA", (side, side), (9, 9, 9, 9)), "PNG")
    assert person.upload(clear, "a.png", "image/png").status_code == 201
    assert resident(decoder()) < most_memory(side * side, len(clear))
    assert resident(decoder(), "VmRSS") < 60 * 2**20


def test_what_breaks_a_decoder_breaks_nothing_else(person: Person, picture: bytes, monkeypatch: Any) -> None:
    assert person.upload(picture, "a.png", "image/png").status_code == 201
    for one in decoding.decoders:
        if one.pid is not None:
            os.kill(one.pid, signal.SIGKILL)  # as a crash within a codec would
    other = encoded(Image.new("RGB", (9, 9)), "PNG")
    assert person.upload(other, "b.png", "image/png").status_code in {201, 422}
    assert person.upload(other, "b.png", "image/png").status_code == 201


def test_a_picture_that_takes_too_long_is_given_up(person: Person, picture: bytes, monkeypatch: Any) -> None:
    person.upload(picture, "a.png", "image/png")
    monkeypatch.setattr(decoding, "SECONDS", 0.2)
    for one in decoding.decoders:
        if one.pid is not None:
            os.kill(one.pid, signal.SIGSTOP)
    began = time.monotonic()
    document = problem(person.upload(picture, "a.png", "image/png"), 422, "image-unreadable")
    assert "could not be decoded within" in document["detail"]
    assert time.monotonic() - began < 5
    monkeypatch.setattr(decoding, "SECONDS", 20.0)
    for one in decoding.decoders:
        one.end()
    assert person.upload(picture, "a.png", "image/png").status_code == 201


def test_when_every_decoder_is_busy_one_is_told_to_come_back(person: Person, picture: bytes, monkeypatch: Any) -> None:
    monkeypatch.setattr(decoding, "SECONDS", 0.1)
    taken = [decoding._free.get() for _ in decoding.decoders]
    try:
        answer = person.upload(picture, "a.png", "image/png")
    finally:
        for one in taken:
            decoding._free.put(one)
    problem(answer, 429, "pictures-waiting")
    assert answer["Retry-After"]
