"""The HTTP interface: one NinjaAPI, and what it answers when something is wrong."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.params.models import ParamModel

from webapp.catalogue.api import router as catalogue
from webapp.common.errors import not_found, refuse, system_problem
from webapp.common.files import NoRoomError
from webapp.common.json_body import StrictParser
from webapp.common.problems import of_status, problem_response, refusal_response
from webapp.config.documented import problems_document
from webapp.gallery.api import router as gallery
from webapp.runs.api import router as runs
from webapp.sharing.api import router as sharing
from webapp.uploads.api import router as uploads
from workers.contract import Refusal

logger = logging.getLogger("tessera.api")
SHOWN = 80


class Api(NinjaAPI):
    """NinjaAPI whose validation errors keep what was sent, so that a message can repeat it; problems are documented."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[ParamModel]]
    ) -> ValidationError:
        found: list[dict[str, Any]] = []
        for context in error_contexts:
            skipped = 1 if context.model.__ninja_param_source__ == "body" else 0  # the argument's own name
            errors = context.pydantic_validation_error.errors(include_url=False)
            found += [{**error, "loc": error["loc"][skipped:]} for error in errors]
        return ValidationError(found)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, with the problems that every route may answer."""
        schema = super().get_openapi_schema(**options)
        problems_document(schema)
        return schema


api = Api(
    title="Tessera",
    version="1",
    description="What every token of a text and every patch of an image does to a model.",
    docs_url=None,
    parser=StrictParser(),
)
api.add_router("", catalogue)
api.add_router("", uploads)
api.add_router("", runs)
api.add_router("", sharing)
api.add_router("", gallery)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """What the house refuses, saying why."""
    return refusal_response(error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first thing wrong with a request: its field, the limit and the value."""
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"])[:120]
    value, context = first.get("input"), first.get("ctx", {})
    limit = next(
        (context[name] for name in ("le", "ge", "lt", "gt", "max_length", "min_length") if name in context), None
    )
    counted = context.get("actual_length")
    shown = "" if first["type"] == "missing" or isinstance(value, dict | list) else f"; got {_show(value)}"
    message = str(first["msg"]).removeprefix("Value error, ")
    detail = f"{field}: {message}{shown}." if field else f"{message}{shown}."
    return refusal_response(
        refuse(
            "invalid",
            detail,
            field=field or None,
            limit=_number(limit),
            value=_number(value if counted is None else counted),
        )
    )


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing here."""
    return refusal_response(not_found("address"))


@api.exception_handler(HttpError)
def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses; what the parser refused stands behind it."""
    if isinstance(error.__cause__, Refusal):
        return refusal_response(error.__cause__)
    return problem_response(of_status(error.status_code))


@api.exception_handler(RequestDataTooBig)
def large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body over Django's own limit."""
    return refusal_response(refuse("body-too-large", "The request's body is larger than the limit."))


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Not allowed."""
    return refusal_response(refuse("forbidden", "This is not allowed."))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(BadRequest)
def bad(request: HttpRequest, error: Exception) -> HttpResponse:
    """A request that HTTP itself would not understand."""
    return refusal_response(refuse("bad-request", "The request cannot be read."))


@api.exception_handler(NoRoomError)
def full(request: HttpRequest, error: NoRoomError) -> HttpResponse:
    """The disk is full: whoever asks has to wait until somebody made room."""
    logger.error("%s %s was refused: %s", request.method, request.path, error)
    detail = "There is no room left for what people send; nothing of it was kept. Try again later."
    return refusal_response(refuse("no-room", detail))


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """The house's own fault: the traceback goes to the log, a generic text to the person."""
    logger.exception("%s %s failed", request.method, request.path)
    return problem_response(system_problem("internal"))


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 else None
