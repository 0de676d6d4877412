"""Every route of the OpenAPI document, with data that fit it and data that do not: answers are those it documents."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.hostile.house import TIMES, House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SETTINGS = settings(
    max_examples=10 * TIMES,  # of each kind to each route
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
PATHS = ["/api/methods", "/api/runs", "/api/sources", "/api/limits", "/api/runs/x", "/", "/s/x"]


@pytest.fixture(scope="module")
def schema(site: House) -> schemathesis.BaseSchema:
    """The document as the site tells it."""
    return schemathesis.openapi.from_url(f"{site.address}/api/openapi.json")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_route_answers_as_documented(
    site: House, client: httpx.Client, schema: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not [*operation.body, *operation.query]:
            continue  # any text may stand in an address
        strategy = operation.as_strategy(generation_mode=mode)

        @SETTINGS
        @given(case=strategy)
        def every(case: schemathesis.Case[Any]) -> None:
            answer = case.call(timeout=60)
            site.note("openapi", f"{case.method} {case.path}", answer.status_code, answer.elapsed)
            case.validate_response(answer, checks=CHECKS)

        every()
        asked += 1
    assert asked >= (8 if mode is GenerationMode.NEGATIVE else 20)


@pytest.mark.parametrize(
    "path", ["/api/methods", "/api/runs", "/api/sources", "/api/limits", "/api/runs/x", "/", "/s/x"]
)
def test_methods_that_there_are_not_are_refused_politely(site: House, client: httpx.Client, path: str) -> None:
    for method in ("PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "GET\0", "X" * 300):
        try:
            answer = client.request(method, path)
        except (httpx.HTTPError, ValueError):
            continue  # httpx does not send it, or the server closed the connection
        site.note("methods", f"{method[:20]} {path}", answer.status_code, 0.0)
        assert answer.status_code in {400, 403, 404, 405}, (method, path)


@given(path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=40 * TIMES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_address_is_answered(site: House, path: str) -> None:
    with site.client() as client:
        answer = client.get("/" + quote(path))
    site.note("addresses", ascii(path), answer.status_code, answer.elapsed.total_seconds())
    assert answer.status_code in {200, 301, 302, 400, 404, 405}
