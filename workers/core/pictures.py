"""From the bytes of a picture file to RGB pixels, as the site stores them: oriented, flat, eight bits."""

import io

import numpy as np
from PIL import Image, ImageOps

from workers.contract import Refusal

_FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]
_PAPER = (255, 255, 255, 255)


def read_picture(data: bytes) -> Image.Image:
    """The first frame, turned as the camera was held, transparency laid on white. Raises Refusal for no picture."""
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        picture.load()
        return _flat(ImageOps.exif_transpose(picture))
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        detail = f"The file cannot be read as PNG, JPEG, WebP or GIF ({len(data):,} bytes): {error}"
        raise Refusal("image-unreadable", detail, field="image") from error


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Pillow would clip sixteen bits at 255 instead of scaling them.
        values = np.asarray(picture).astype(np.float64) / 257
        picture = Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, _PAPER), layer)
    return picture.convert("RGB")
