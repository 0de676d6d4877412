"""Reads of sources."""

from webapp.common import files
from webapp.common.errors import not_found
from webapp.common.ids import is_id
from webapp.common.owners import Owner
from webapp.uploads.models import Source
from workers.contract import SourceData, SourceState, encode_bytes


def source_of(id: str, owner: Owner) -> Source:
    """The person's source of this id. Refusal (404) if there is none or it is somebody else's."""
    source = Source.objects.filter(owner.owned(), pk=id).first() if is_id(id) else None
    if source is None:
        raise not_found("source")
    return source


def source_bytes(source: Source) -> bytes:
    """The stored bytes: UTF-8 or PNG."""
    return files.get(source.path)


def source_state(source: Source, *, at: str) -> SourceState:
    """The source as its person sees it; a picture's address begins with `at`."""
    text = source.kind == Source.Kind.TEXT
    return SourceState(
        id=source.pk,
        kind="text" if text else "image",
        bytes=source.bytes,
        width=source.width,
        height=source.height,
        text=source_bytes(source).decode() if text else None,
        url=None if text else f"{at}/{source.pk}",
    )


def source_data(source: Source) -> SourceData:
    """The source as a worker reads it, named by its content: what is computed of it serves whoever gave the same."""
    data = source_bytes(source)
    if source.kind == Source.Kind.TEXT:
        return SourceData(id=source.sha256, kind="text", text=data.decode())
    return SourceData(id=source.sha256, kind="image", data=encode_bytes(data))
