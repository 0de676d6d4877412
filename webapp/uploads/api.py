"""Sources over HTTP."""

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Router

from webapp.common.answers import answer, sandboxed
from webapp.common.errors import refuse
from webapp.common.owners import address_of, owner_of, owner_or_new
from webapp.uploads import selectors, services
from webapp.uploads.models import Source
from workers.contract import SourceState

router = Router(tags=["sources"])
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"enum": Source.Kind.values, "description": "What the file is; else it is guessed."},
                    },
                }
            }
        },
    }
}


@router.post("/sources", response={201: SourceState}, openapi_extra=BODY)
def source_create(request: HttpRequest) -> HttpResponse:
    """Keep a text, an image, a labelled file (CSV, JSON lines) or a server's log-probabilities (JSON).

    Multipart, field `file`; what it is can be said in a field `kind`, and is else seen from its name and content.
    """
    if request.content_type != "multipart/form-data":
        raise refuse("content-type", "This address takes multipart/form-data with a field named file.")
    try:
        file = request.FILES.get("file")
    except MultiPartParserError as error:
        raise refuse("bad-request", "The multipart body cannot be read.") from error
    if file is None:
        raise refuse("file-missing", "The field file holds no file.", field="file")
    kind = request.POST.get("kind") or None
    source = services.file_keep(file=file, kind=kind, owner=owner_or_new(request), address=address_of(request))
    return answer(selectors.source_state(source, at="/api/sources"), status=201)


@router.get("/sources/{id}", openapi_extra={"responses": {200: {"description": "The text, or the picture as PNG."}}})
def source_read(request: HttpRequest, id: str) -> HttpResponse:
    """The text, or the picture as it is stored."""
    return source_answer(selectors.source_of(id, owner_of(request)))


def source_answer(source: Source) -> HttpResponse:
    """A source's bytes; they never change."""
    kind = "image/png" if source.kind == Source.Kind.IMAGE else "text/plain; charset=utf-8"
    response = sandboxed(selectors.source_bytes(source), content_type=kind)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
