"""Every error below /api is a problem document, also those that Django answers by itself."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from webapp.common.logs import said
from webapp.common.middleware import Middleware
from workers.contract import Problem, Refusal

CONTENT_TYPE = "application/problem+json"


def problem_response(problem: Problem) -> HttpResponse:
    """The problem as an HTTP answer; one of the house names the request, which its log lines name as well."""
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and (request := said().get("request")):
        problem = problem.model_copy(update={"detail": f"{problem.detail} (Request {request}.)"})
    response = HttpResponse(problem.model_dump_json(), status=problem.status, content_type=CONTENT_TYPE)
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "30"
    return response


def refusal_response(refusal: Refusal) -> HttpResponse:
    """The refusal as an HTTP answer."""
    return problem_response(refusal.problem())


def of_status(status: int) -> Problem:
    """A problem that says no more than its status does."""
    phrase = HTTPStatus(status).phrase
    return Problem(
        type=f"/problems/{phrase.lower().replace(' ', '-')}",
        title=phrase,
        status=status,
        detail=HTTPStatus(status).description or phrase,
    )


class ApiProblems(Middleware):
    """Turns whatever error a request to /api met into a problem document."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        speaks = response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
        if response.status_code < 400 or speaks or not request.path.startswith("/api/"):
            return response
        problem = problem_response(of_status(response.status_code))
        if allow := response.headers.get("Allow"):
            problem["Allow"] = allow
        return problem
