"""Reads of sources."""

from typing import cast

from webapp.common import files
from webapp.common.errors import not_found
from webapp.common.ids import is_id
from webapp.common.owners import Owner
from webapp.uploads.models import Source
from workers.contract import SourceData, SourceKind, SourceState, encode_bytes


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
    """The source as its person sees it; the address of a picture or a file begins with `at`."""
    text = source.kind == Source.Kind.TEXT
    own = source.kind in (Source.Kind.TABLE, Source.Kind.LOGPROBS)
    return SourceState(
        id=source.pk,
        kind=cast(SourceKind, source.kind),
        bytes=source.bytes,
        name=source.label if own else "",
        summary=source.summary,
        width=source.width,
        height=source.height,
        text=source_bytes(source).decode() if text else None,
        url=None if text else f"{at}/{source.pk}",
    )


def source_data(source: Source) -> SourceData:
    """The source as a worker reads it, named by its content: what is computed of it serves whoever gave the same."""
    data = source_bytes(source)
    if source.kind == Source.Kind.IMAGE:
        return SourceData(id=source.sha256, kind="image", data=encode_bytes(data))
    return SourceData(id=source.sha256, kind=cast(SourceKind, source.kind), text=data.decode())
