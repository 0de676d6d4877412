"""Picture files become what the site would store: oriented, flat, eight bits; no picture is a refusal."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.jobs import picture, png
from workers.contract import Refusal
from workers.core.pictures import read_picture


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """A picture as a file of a kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_a_camera_held_sideways_is_turned_back() -> None:
    image = picture(40, 20)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = image.transpose(Image.Transpose.ROTATE_90)
    found = read_picture(saved(turned, "PNG", exif=exif))
    assert found.size == (40, 20)
    np.testing.assert_array_equal(np.asarray(found), np.asarray(image))


def test_transparency_lies_on_white() -> None:
    layer = Image.new("RGBA", (2, 1), (200, 0, 0, 255))
    layer.putpixel((1, 0), (200, 0, 0, 0))
    found = read_picture(png(layer))
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [(200, 0, 0), (255, 255, 255)]


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    deep = Image.fromarray(np.array([[0, 32896, 65535]], dtype=np.uint16))
    found = read_picture(saved(deep, "PNG"))
    assert [found.getpixel((x, 0)) for x in range(3)] == [(0, 0, 0), (128, 128, 128), (255, 255, 255)]


def test_cmyk_and_the_first_frame_of_a_gif() -> None:
    assert read_picture(saved(Image.new("CMYK", (3, 3), (0, 0, 0, 0)), "JPEG")).getpixel((1, 1)) == (255, 255, 255)
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(moving).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    "data", [b"", b"no picture", png(picture(20, 20))[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal, match="PNG, JPEG, WebP or GIF") as refusal:
        read_picture(data)
    assert refusal.value.id == "image-unreadable"
