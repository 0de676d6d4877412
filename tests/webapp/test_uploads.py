"""Sources: what people send, and what hostile files become."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from tests.webapp.conftest import Limited
from tests.webapp.person import Person, problem
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def stored(person: Person, source: dict[str, Any]) -> Image.Image:
    """The picture as the site keeps it."""
    answer = person.get(source["url"])
    assert answer["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.content))


def keep(person: Person, data: bytes, name: str = "a.png", kind: str = "image/png") -> tuple[dict[str, Any], Any]:
    """Upload a picture; what the site says of it, and its pixels."""
    answer = person.upload(data, name, kind)
    assert answer.status_code == 201, answer.content
    source = answer.json()
    return source, np.asarray(stored(person, source))


def png(width: int, height: int, *, bits: int = 8, colour: int = 0, body: bytes = b"") -> bytes:
    """A PNG of this header; its data need not fit."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def test_a_text_file_is_kept_as_it_is(person: Person) -> None:
    text = "Grüße, 世界 👩‍🚀\r\nsecond line\n"
    source = person.upload(text.encode(), "a.txt", "text/plain").json()
    assert (source["kind"], source["text"], source["bytes"]) == ("text", text, len(text.encode()))
    answer = person.get(f"/api/sources/{source['id']}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == text.encode()


def test_the_same_file_is_kept_once(person: Person, stranger: Person, picture: bytes) -> None:
    first = person.upload(picture, "a.png", "image/png").json()
    again = person.upload(picture, "b.png", "image/png").json()
    theirs = stranger.upload(picture, "c.png", "image/png").json()
    assert first["id"] == again["id"] != theirs["id"]
    assert len({source.path for source in Source.objects.all()}) == 1


def test_a_picture_is_kept_as_png(person: Person) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (5, 7, 3), dtype=np.uint8)
    source, kept = keep(person, encoded(Image.fromarray(pixels), "WEBP", lossless=True), "a.webp", "image/webp")
    assert (source["kind"], source["width"], source["height"], source["text"]) == ("image", 7, 5, None)
    assert (kept == pixels).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_forgotten(person: Person, orientation: int) -> None:
    upright = np.zeros((16, 32, 3), dtype=np.uint8)
    upright[:8, :8] = 255  # a white corner, top left
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret camera"
    data = encoded(Image.fromarray(np.ascontiguousarray(turned)), "JPEG", exif=exif, quality=95)
    assert b"Secret camera" in data
    source, kept = keep(person, data, "a.jpg", "image/jpeg")
    assert (source["width"], source["height"]) == (32, 16)
    assert kept[:6, :6].mean() > 200
    assert kept[10:, 10:].mean() < 50


def test_metadata_is_gone(person: Person) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a private remark")
    data = encoded(Image.new("RGB", (4, 4)), "PNG", exif=exif, pnginfo=info)
    source, _ = keep(person, data)
    raw = person.get(source["url"]).content
    assert b"private" not in raw
    assert b"where I live" not in raw
    kept = stored(person, source)
    assert not kept.getexif()
    assert not kept.info


def test_sixteen_bits_become_eight_by_scale(person: Person) -> None:
    levels = np.array([[0, 257, 32896, 65535]], dtype=np.uint16)
    _, kept = keep(person, encoded(Image.fromarray(levels), "PNG"))
    assert kept[0, :, 0].tolist() == [0, 1, 128, 255]
    body = b"\0" + struct.pack(">6H", 65535, 32896, 0, 257, 0, 65535)
    _, kept = keep(person, png(2, 1, bits=16, colour=2, body=body))
    assert kept[0].tolist() == [[255, 128, 0], [1, 0, 255]]


def test_cmyk_becomes_the_colours_one_sees(person: Person) -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    _, kept = keep(person, encoded(cyan, "JPEG", quality=95), "a.jpg", "image/jpeg")
    red, green, blue = kept.reshape(-1, 3).mean(0)
    assert red < 40
    assert min(green, blue) > 200


def test_transparency_is_laid_on_white(person: Person) -> None:
    clear = Image.new("RGBA", (2, 1), (200, 0, 0, 0))
    clear.putpixel((1, 0), (200, 0, 0, 255))
    _, kept = keep(person, encoded(clear, "PNG"))
    assert kept[0].tolist() == [[255, 255, 255], [200, 0, 0]]
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    _, kept = keep(person, encoded(palette, "PNG", transparency=0))
    assert kept[0].tolist() == [[255, 255, 255], [40, 50, 60]]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(person: Person, kind: str) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    _, kept = keep(person, data, f"a.{kind.lower()}", f"image/{kind.lower()}")
    assert kept.reshape(-1, 3).mean(0).tolist() == [255, 0, 0]


def test_one_bit_and_grey_pictures_are_kept_in_colour(person: Person) -> None:
    _, kept = keep(person, encoded(Image.new("1", (3, 3), 1), "PNG"))
    assert kept.shape == (3, 3, 3)
    assert (kept == 255).all()


def test_a_huge_header_is_refused_before_anything_is_decoded(person: Person) -> None:
    document = problem(person.upload(png(50_000, 50_000), "a.png", "image/png"), 422, "image-too-large")
    assert (document["limit"], document["value"]) == (40_000_000, 2_500_000_000)
    assert "50000 × 50000" in document["detail"]


def test_a_gif_that_grows_is_measured_too(person: Person, limited: Limited) -> None:
    limited(image_pixels=100)
    data = bytearray(encoded(Image.new("P", (2, 2)), "GIF"))
    place = data.index(b"\x2c\0\0\0\0")
    data[place + 5 : place + 9] = struct.pack("<HH", 20_000, 20_000)
    assert person.upload(bytes(data), "a.gif", "image/gif").status_code == 422


def test_a_file_over_the_limit_names_both_numbers(person: Person, limited: Limited) -> None:
    limited(image_bytes=1000)
    document = problem(person.upload(b"x" * 1001, "a.png", "image/png"), 422, "image-too-large")
    assert (document["limit"], document["value"]) == (1000, 1001)


NASTY: list[tuple[bytes, str, str, str]] = [
    (b"", "a.png", "image/png", "image-unreadable"),
    (b"", "a.txt", "text/plain", "text-empty"),
    (b"hello", "a.png", "image/png", "image-unreadable"),
    (b"\x89PNG\r\n\x1a\n", "a.png", "image/png", "image-unreadable"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a", "", "image-unreadable"),
    (png(0, 5), "a.png", "image/png", "image-unreadable"),
    (png(5, 5, bits=7), "a.png", "image/png", "image-unreadable"),
    (b"GIF89a", "a.gif", "image/gif", "image-unreadable"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp", "image-unreadable"),
    (b"BM" + b"\0" * 60, "a.bmp", "image/bmp", "image-unreadable"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "image-svg"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "image/png", "image-svg"),
    (b"<?xml version='1.0'?>\n<!-- x --><svg/>", "a", "image/svg+xml", "image-svg"),
    (b"\x1f\x8b...", "a.svgz", "", "image-svg"),
    (b"%PDF-1.7 \0\xff", "a.pdf", "application/pdf", "image-unreadable"),
    (b"\x7fELF\x02\x01\xff\xfe", "a.txt", "text/plain", "text-not-utf8"),
    ("größe".encode("latin-1"), "a.txt", "text/plain", "text-not-utf8"),
    ("größe".encode("utf-16"), "a.txt", "text/plain", "text-not-utf8"),
    (b"a\0b", "a.txt", "text/plain", "text-unclean"),
    (b"\xed\xa0\x80", "a.txt", "text/plain", "text-not-utf8"),
    (b"\xef\xbb\xbf", "a.txt", "text/plain", "text-empty"),
]


@pytest.mark.parametrize(("data", "name", "kind", "id"), NASTY)
def test_a_file_that_is_not_what_it_claims_is_refused(
    person: Person, data: bytes, name: str, kind: str, id: str
) -> None:
    document = problem(person.upload(data, name, kind), 422, id)
    assert document["field"] == "file"
    assert Source.objects.count() == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_truncated_picture_says_so(person: Person, kind: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(pixels), kind)
    answer = person.upload(data[: len(data) // 2], f"a.{kind.lower()}", f"image/{kind.lower()}")
    assert answer.status_code == 422
    assert answer.json()["type"] in {"/problems/image-truncated", "/problems/image-unreadable"}
    if kind in {"PNG", "JPEG"}:
        problem(answer, 422, "image-truncated")


def test_a_byte_order_mark_is_no_part_of_the_text(person: Person) -> None:
    assert person.upload(b"\xef\xbb\xbfhi", "a.txt", "text/plain").json()["text"] == "hi"


def test_no_pixel_of_noise_breaks_the_site(person: Person, picture: bytes, limited: Limited) -> None:
    limited(sources_per_minute=10_000)
    random = np.random.default_rng(2)
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        good = encoded(Image.fromarray(random.integers(0, 255, (16, 16, 3), dtype=np.uint8)), kind)
        for _ in range(25):
            data = bytearray(good)
            for place in random.integers(0, len(data), 4):
                data[place] = random.integers(0, 256)
            assert person.upload(bytes(data), "a", "image/png").status_code in {201, 422}


FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "multipart/form-data; boundary=x", 415),  # without a body the client says no content type
        (b"garbage", "multipart/form-data; boundary=x", 422),
        (
            b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nabc",
            "multipart/form-data; boundary=x",
            422,
        ),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=" + "é" * 3, 400),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 422),
        (b"{}", "application/json", 415),
        (b"abc", "text/plain", 415),
    ],
)
def test_multipart_that_holds_no_file(person: Person, body: bytes, content_type: str, status: int) -> None:
    answer = person.client.generic("POST", "/api/sources", body, content_type)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_files_are_counted(person: Person, picture: bytes, limited: Limited) -> None:
    limited(sources_per_minute=1)
    person.upload(b"one", "a.txt", "text/plain")
    document = problem(person.upload(b"two", "a.txt", "text/plain"), 429, "too-many-sources")
    assert document["limit"] == 1


def test_a_file_name_is_a_label_and_nothing_else(person: Person, picture: bytes) -> None:
    person.upload(picture, "../../etc/pa\u202ess\u0007wd.png", "image/png")
    source = Source.objects.get()
    assert source.path.startswith("sources/")
    assert "\u202e" not in source.label


def test_a_label_keeps_what_holds_its_characters_together(person: Person) -> None:
    person.upload("👨‍👩‍👧 می‌خواهم\u202e!".encode(), "a.txt", "text/plain")
    assert Source.objects.get().label == "👨‍👩‍👧 می‌خواهم !"


def test_text_and_picture_make_one_run(person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(source_ids=[source])
    assert [item["kind"] for item in person.state(run)["sources"]] == ["text", "image"]
    assert person.get("/api/runs").json()[0]["thumbnail"] == f"/api/sources/{source}"


def test_nobody_reads_a_source_without_a_cookie(person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    assert Client().get(f"/api/sources/{source}").status_code == 404
