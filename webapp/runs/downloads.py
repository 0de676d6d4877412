"""A finished result as JSON, CSV, SVG or HTML."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Literal

from django.http import HttpResponse

from webapp.common.answers import JSON, sandboxed
from webapp.common.errors import not_found
from webapp.runs.contents import result_read
from webapp.runs.models import Result as Row
from workers.contract import Result

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}


def whole(row: Row, arrays: Literal["list", "base64"]) -> HttpResponse:
    """The Result, its arrays as nested lists or in base64."""
    body = result_read(row.key)
    if arrays == "base64":
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    else:
        text = Result.model_validate(body).model_dump_json()
    return HttpResponse(text, content_type=JSON)


def download(row: Row, form: str) -> HttpResponse:
    """The Result as a file of another form. Refusal (404) for a form there is not."""
    if form not in FORMS:
        raise not_found("form of a result")
    write: Callable[[Result], str] = getattr(import_module(f"workers.export.{form}"), f"to_{form}")
    name = f"{row.method}-{row.pk}.{form}"
    return sandboxed(write(Result.model_validate(result_read(row.key))), content_type=FORMS[form], name=name)
