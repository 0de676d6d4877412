"""What the OpenAPI document says beside what each route says by itself: the problems that any of them may answer."""

from http import HTTPStatus
from typing import Any

from webapp.common.problems import CONTENT_TYPE
from workers.contract import Problem

SAFE = ("get", "head")
READING = (400, 401, 403, 422, 429)
CHANGING = (*READING, 404, 408, 409, 413, 415)
PLACE = {"$ref": "#/components/schemas/Problem"}


def problems_document(schema: dict[str, Any]) -> None:
    """Write the problem document and the statuses with which it comes into an OpenAPI document."""
    schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            statuses = {*(READING if method in SAFE else CHANGING), *((404,) if "{" in path else ())}
            for status in sorted(statuses):
                operation["responses"].setdefault(status, _problem(status))


def _problem(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {CONTENT_TYPE: {"schema": PLACE}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        said["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    return said
