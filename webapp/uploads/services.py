"""What a person gives: texts and images, checked and kept."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils import timezone

from webapp.common import files
from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.uploads import images
from webapp.uploads.models import Source

JOINERS = "\u200c\u200d"
"""Invisible, but they hold families of emoji and letters of many scripts together."""
LABEL = 80


def file_keep(*, file: "UploadedFile[Any]", owner: Owner, address: str) -> Source:
    """Keep an uploaded text or image. Refusal: what it is not."""
    _check_rate(owner, address)
    limit = settings.LIMITS.image_bytes
    if (file.size or 0) > limit:
        detail = f"The file holds {file.size} bytes; the limit is {limit}."
        raise refuse("image-too-large", detail, field="file", limit=limit, value=file.size)
    data = file.read()
    name = file.name or ""
    if images.looks_like_image(data, name=name, content_type=file.content_type or ""):
        return _image_keep(data, name=name, owner=owner, address=address)
    return text_keep(text=_decode(data), owner=owner, address=address, field="file")


def text_keep(*, text: str, owner: Owner, address: str, field: str) -> Source:
    """Keep a text. Refusal: empty, over the limit, or with a NUL in it."""
    limit = settings.LIMITS.text_characters
    if not text:
        raise refuse("text-empty", "The text is empty; there is nothing to look at.", field=field)
    if len(text) > limit:
        detail = f"The text holds {len(text)} characters; the limit is {limit}."
        raise refuse("text-too-long", detail, field=field, limit=limit, value=len(text))
    if "\0" in text:
        raise refuse("text-unclean", "The text holds a NUL character (U+0000), which no model reads.", field=field)
    label = " ".join(_printable(text[: 2 * LABEL]).split())[:LABEL] or "(blank)"
    return _keep(Source.Kind.TEXT, text.encode(), label, owner, address, {})


def _image_keep(data: bytes, *, name: str, owner: Owner, address: str) -> Source:
    picture = images.decode(data, name=name, limit_pixels=settings.LIMITS.image_pixels)
    size = {"width": picture.width, "height": picture.height}
    label = _printable(name)[:LABEL] or "image"
    return _keep(Source.Kind.IMAGE, images.encode(picture), label, owner, address, size)


def _keep(kind: Source.Kind, data: bytes, label: str, owner: Owner, address: str, size: dict[str, Any]) -> Source:
    name = hashlib.sha256(data).hexdigest()
    fields = {"account_id": owner.account, "address": address, "label": label, "bytes": len(data), **size}
    source, _ = Source.objects.get_or_create(owner=owner.cookie or "", sha256=name, kind=kind, defaults=fields)
    files.put(source.path, data)
    return source


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = (
            f"The file is neither an image (PNG, JPEG, WebP, GIF) nor text in UTF-8: "
            f"byte {error.start} (0x{data[error.start]:02x}) fits no character."
        )
        raise refuse("text-not-utf8", detail, field="file", value=error.start) from error


def _printable(text: str) -> str:
    return "".join(char if char in JOINERS or unicodedata.category(char)[0] != "C" else " " for char in text)


def _check_rate(owner: Owner, address: str) -> None:
    since = timezone.now() - timedelta(minutes=1)
    limit = settings.LIMITS.sources_per_minute
    count = Source.objects.filter(owner.owned() | Q(address=address), created__gte=since).count()
    if count >= limit:
        detail = f"You sent {count} files within a minute; the limit is {limit}. Wait a little."
        raise refuse("too-many-sources", detail, limit=limit, value=count)
