"""What a person gives: texts, images and files of their own data, checked and kept."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from webapp.common import files
from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.config.environment import HouseLimits
from webapp.limits.selectors import counted, limits_of
from webapp.uploads import images, tables
from webapp.uploads.decoding import picture_kept
from webapp.uploads.models import Source

JOINERS = "\u200c\u200d"
"""Invisible, but they hold families of emoji and letters of many scripts together."""
LABEL = 80


def file_keep(*, file: "UploadedFile[Any]", kind: str | None = None, owner: Owner, address: str) -> Source:
    """Keep an uploaded file as what it is, or as the `kind` that its person says. Refusal: what it is not."""
    limits = limits_of(owner, address)
    _check_rate(owner, address, limits.sources_per_minute)
    if kind is not None and kind not in Source.Kind.values:
        detail = f"A file is one of {', '.join(Source.Kind.values)}; got {kind[:40]!r}."
        raise refuse("source-kind", detail, field="kind")
    _check_size(file.size or 0, max(_sizes(limits).values()), "image-too-large")
    data = file.read()
    name = file.name or ""
    claimed = kind is None and images.looks_like_image(data, name=name, content_type=file.content_type or "")
    if claimed or kind == Source.Kind.IMAGE:
        _check_size(len(data), limits.image_bytes, "image-too-large")
        return _image_keep(data, limits, name=name, owner=owner, address=address)
    text = _decode(data)
    found = tables.kind_of(text, name=name) if kind is None else Source.Kind(kind)
    if found == Source.Kind.TEXT:
        return text_keep(text=text, owner=owner, address=address, field="file")
    _check_size(len(data), _sizes(limits)[found], "file-too-large")
    return _own_data_keep(text, found, limits, name=name, owner=owner, address=address)


def text_keep(*, text: str, owner: Owner, address: str, field: str) -> Source:
    """Keep a text. Refusal: empty, over the limit, or with a NUL in it."""
    text_check(text=text, owner=owner, address=address, field=field)
    label = " ".join(_printable(text[: 2 * LABEL]).split())[:LABEL] or "(blank)"
    return _keep(Source.Kind.TEXT, text.encode(), label, owner, address, {})


def text_check(*, text: str, owner: Owner, address: str, field: str) -> None:
    """Refusal of a text that is empty, over the limit, or has a NUL in it."""
    limit = limits_of(owner, address).text_characters
    if not text:
        raise refuse("text-empty", "The text is empty; there is nothing to look at.", field=field)
    if len(text) > limit:
        detail = f"The text holds {len(text)} characters; the limit is {limit}."
        raise refuse("text-too-long", detail, field=field, limit=limit, value=len(text))
    if "\0" in text:
        raise refuse("text-unclean", "The text holds a NUL character (U+0000), which no model reads.", field=field)


def _image_keep(data: bytes, limits: HouseLimits, *, name: str, owner: Owner, address: str) -> Source:
    kept = picture_kept(data, name=name, limit_pixels=limits.image_pixels)
    label = _printable(name)[:LABEL] or "image"
    size = {"width": kept.width, "height": kept.height}
    return _keep(Source.Kind.IMAGE, kept.png, label, owner, address, size)


def _own_data_keep(
    text: str, kind: Source.Kind, limits: HouseLimits, *, name: str, owner: Owner, address: str
) -> Source:
    said = tables.summary_of(text, kind, limit_rows=limits.table_rows, limit_tokens=limits.logprobs_tokens)
    label = _printable(name)[:LABEL].strip() or ("labelled file" if kind == Source.Kind.TABLE else "log-probabilities")
    return _keep(kind, text.encode(), label, owner, address, {"summary": said})


def _sizes(limits: HouseLimits) -> dict[str, int]:
    """How many bytes a file of each kind may hold; of a text, its characters are counted."""
    return {
        Source.Kind.IMAGE: limits.image_bytes,
        Source.Kind.TABLE: limits.table_bytes,
        Source.Kind.LOGPROBS: limits.logprobs_bytes,
    }


def _check_size(size: int, limit: int, id: str) -> None:
    if size > limit:
        raise refuse(id, f"The file holds {size} bytes; the limit is {limit}.", field="file", limit=limit, value=size)


def _keep(kind: Source.Kind, data: bytes, label: str, owner: Owner, address: str, more: dict[str, Any]) -> Source:
    name = hashlib.sha256(data).hexdigest()
    fields = {"account_id": owner.account, "address": address, "label": label, "bytes": len(data), **more}
    # The file first: a row without one, for which there was no room, would be offered and could not be read.
    files.put(Source(sha256=name, kind=kind).path, data)
    source, _ = Source.objects.get_or_create(owner=owner.key, sha256=name, kind=kind, defaults=fields)
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


def sources_lately(*, owner: Owner, address: str) -> int:
    """Files and texts of the last minute."""
    since = timezone.now() - timedelta(minutes=1)
    return Source.objects.filter(counted(owner, address), created__gte=since).count()


def _check_rate(owner: Owner, address: str, limit: int) -> None:
    count = sources_lately(owner=owner, address=address)
    if count >= limit:
        detail = f"You sent {count} files within a minute; the limit is {limit}. Wait a little."
        raise refuse("too-many-sources", detail, limit=limit, value=count)
