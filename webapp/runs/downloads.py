"""A finished result as JSON, CSV, SVG, HTML or LaTeX."""

import json
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from webapp.common.answers import JSON, sandboxed
from webapp.common.errors import not_found
from webapp.runs.contents import result_read
from webapp.runs.models import Result as Row
from webapp.runs.selectors import sources_of
from webapp.uploads.models import Source
from webapp.uploads.selectors import source_bytes
from workers.contract import CONTRACT_VERSION, Result
from workers.export.csv import to_csv
from workers.export.html import to_html
from workers.export.latex import to_latex
from workers.export.svg import to_svg

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
    "tex": "application/x-tex; charset=utf-8",
}


def _read(row: Row, sources: list[Source]) -> dict[str, Any]:
    """The kept result, its strips naming this run's sources where the file names their content."""
    body = result_read(row.key)
    names = {source.sha256: source.pk for source in sources}
    for strip in body["strips"]:
        strip["source"] = names.get(strip["source"], strip["source"])
    return body


def whole(request: HttpRequest, row: Row, arrays: Literal["list", "base64"]) -> HttpResponse:
    """The Result, its arrays as nested lists or in base64; 304 for whoever has it: a result never changes."""
    etag = quote_etag(f"{row.key}-{arrays}-{CONTRACT_VERSION}")
    if (known := get_conditional_response(request, etag=etag)) is not None:
        known.headers["ETag"] = etag
        return known
    body = _read(row, sources_of(row.job.run))
    if arrays == "base64":
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    else:
        text = Result.model_validate(body).model_dump_json()
    return HttpResponse(text, content_type=JSON, headers={"ETag": etag})


def download(row: Row, form: str) -> HttpResponse:
    """The Result as a file of another form. Refusal (404) for a form there is not."""
    if form not in FORMS:
        raise not_found("form of a result")
    sources = sources_of(row.job.run)
    result = Result.model_validate(_read(row, sources))
    if form == "csv":
        text = to_csv(result)
    elif form == "tex":
        text = to_latex(result)
    else:
        images = {source.pk: source_bytes(source) for source in sources if source.kind == Source.Kind.IMAGE}
        text = to_svg(result, images) if form == "svg" else to_html(result, images)
    return sandboxed(text, content_type=FORMS[form], name=f"{row.method}-{row.pk}.{form}")
