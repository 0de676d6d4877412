"""Images: refused before they are decoded where they are too large, then oriented, flattened and re-encoded."""

import io
import logging

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.common.errors import refuse

logger = logging.getLogger("tessera.uploads")

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
OTHERS = (b"BM", b"II*\0", b"MM\0*", b"%PDF-", b"\0\0\1\0", b"8BPS", b"qoif")
EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".ico")
PAPER = (255, 255, 255)

# Sizes are checked below, before decoding and with both numbers in the message; Pillow's own guard only warns.
Image.MAX_IMAGE_PIXELS = None


def looks_like_image(data: bytes, *, name: str, content_type: str) -> bool:
    """Whether a file is one, or claims to be; the claim decides which message a broken one gets."""
    lower = name.lower()
    claimed = content_type.startswith("image/") or lower.endswith((*EXTENSIONS, ".svg", ".svgz"))
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return claimed or webp or data.startswith(SIGNATURES) or (b"\0" in data[:64] and data.startswith(OTHERS))


def decode(data: bytes, *, name: str, limit_pixels: int) -> Image.Image:
    """The first frame as RGB: orientation applied, transparency laid on white, no metadata. Refusal: what is wrong."""
    head = data[:1024].lstrip().lower()
    if name.lower().endswith((".svg", ".svgz")) or head.startswith(b"<svg") or (b"<svg" in head and b"<?xml" in head):
        detail = "SVG pictures are programs rather than pixels and are not read here; export it as PNG."
        raise refuse("image-svg", detail, field="file")
    if not data:
        raise refuse("image-unreadable", "The file is empty.", field="file")
    picture = _open(data)
    _check_size(picture.size, limit_pixels)
    try:
        picture.load()
        return _flat(ImageOps.exif_transpose(picture))
    except MemoryError:
        raise
    except Exception as error:
        logger.info("an image could not be decoded: %s", error)
        id, said = ("image-truncated", "ends too early") if _is_cut(error) else ("image-unreadable", "is damaged")
        detail = f"The {picture.format} file ({picture.width} × {picture.height} pixels, {len(data)} bytes) {said}."
        raise refuse(id, detail, field="file") from error


def encode(picture: Image.Image) -> bytes:
    """A PNG that holds nothing but pixels."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except MemoryError:
        raise
    except Exception as error:
        if not isinstance(error, UnidentifiedImageError):
            logger.info("an image could not be opened: %s", error)
        detail = "The file is not an image that can be read here (PNG, JPEG, WebP, or the first frame of a GIF)."
        raise refuse("image-unreadable", detail, field="file") from error


def _check_size(size: tuple[int, int], limit: int) -> None:
    pixels = size[0] * size[1]
    if pixels > limit:
        detail = f"The image has {size[0]} × {size[1]} = {pixels} pixels; the limit is {limit}."
        raise refuse("image-too-large", detail, field="file", limit=limit, value=pixels)
    if not pixels:
        raise refuse("image-unreadable", "The image has no pixels.", field="file", limit=1, value=0)


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, (*PAPER, 255))
        picture = Image.alpha_composite(paper, layer)
    plain = picture.convert("RGB")
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits to eight: 65535 is 255, not clipped at 255 as Pillow's own conversion does."""
    values = np.asarray(picture).astype(np.float64) / 257
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _is_cut(error: Exception) -> bool:
    return isinstance(error, OSError | EOFError | SyntaxError) and (
        "truncated" in str(error).lower() or "end of" in str(error).lower() or "incomplete" in str(error).lower()
    )
