"""Contract types as HTTP answers, written by pydantic itself."""

from collections.abc import Sequence

from django.http import HttpResponse
from pydantic import BaseModel

from webapp.common.headers import SANDBOX

JSON = "application/json"


def answer(value: BaseModel, *, status: int = 200) -> HttpResponse:
    """One record."""
    return HttpResponse(value.model_dump_json(), status=status, content_type=JSON)


def answers(values: Sequence[BaseModel]) -> HttpResponse:
    """A list of records."""
    body = b"[" + b",".join(value.model_dump_json().encode() for value in values) + b"]"
    return HttpResponse(body, content_type=JSON)


def sandboxed(data: bytes | str, *, content_type: str, name: str | None = None) -> HttpResponse:
    """A file that nothing runs in; with a name it is offered as a download."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Security-Policy"] = SANDBOX
    if name is not None:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
