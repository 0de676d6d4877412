"""What is refused, and that every refusal names what was wrong, the limit and the value."""

import json
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.test import Client
from ninja.errors import HttpError

from tests.webapp.conftest import Limited
from tests.webapp.person import SURPRISAL, Person, problem
from webapp.catalogue.models import Method
from webapp.runs.models import Run
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db

METHODS: list[tuple[dict[str, Any], str, str]] = [
    ({"models": ["gpt-5"]}, "model-unknown", "models.0"),
    ({"models": ["broken"]}, "model-missing", "models.0"),
    ({"models": []}, "model-missing", "models"),
    ({"models": ["demo-vit"]}, "input-missing", "models.0"),
    ({"methods": [{"key": "magic"}]}, "method-unknown", "methods.0.key"),
    ({"methods": [{"key": "absent"}]}, "method-missing", "methods.0.key"),
    ({"methods": [SURPRISAL, {"key": "two_models"}]}, "role-missing", "methods.1.roles.reference"),
    (
        {"methods": [{"key": "two_models", "roles": {"reference": "nobody"}}]},
        "model-unknown",
        "methods.0.roles.reference",
    ),
    (
        {"methods": [{"key": "two_models", "roles": {"reference": "demo-vit"}}]},
        "method-does-not-fit",
        "methods.0.roles.reference",
    ),
    (
        {"methods": [{"key": "two_models", "roles": {"reference": "other-lm"}}]},
        "tokenizers-differ",
        "methods.0.roles.reference",
    ),
    (
        {"methods": [{"key": "two_texts", "roles": {"reference": "translator"}}]},
        "roles-differ",
        "methods.0.roles.reference",
    ),
    (
        {"methods": [{"key": "two_texts", "roles": {"reference": "other-lm", "third": "nobody"}}]},
        "model-unknown",
        "methods.0.roles.third",
    ),
    ({"methods": [{"key": "surprisal", "roles": {"other": "demo-lm"}}]}, "role-unknown", "methods.0.roles"),
    (
        {"methods": [{"key": "compare_tokenizers", "params": {"tokenizers": ["bytes", "nope"]}}]},
        "tokenizer-unknown",
        "methods.0.params.tokenizers",
    ),
    ({"source_ids": ["aaaa"]}, "source-unknown", "source_ids.0"),
    ({"source_ids": ["a", "a"]}, "source-unknown", "source_ids"),
    ({"text": ""}, "text-empty", "text"),
    ({"text": None}, "input-missing", "methods.0"),
    ({"text": None, "generate": {"max_new_tokens": 2}}, "input-missing", "generate"),
    ({"text": "a\u0000b"}, "text-unclean", "text"),
    ({"text": "a\ud800b"}, "text-unclean", "text"),
    ({"methods": [{"key": "surprisal", "params": {"top\u0000": 1}}]}, "text-unclean", "methods.0.params"),
    ({"targets": [{"token": "x\udfff"}]}, "text-unclean", "targets.0.token"),
]


@pytest.mark.parametrize(("change", "id", "field"), METHODS)
def test_what_cannot_be_done_is_refused_by_name(person: Person, change: dict[str, Any], id: str, field: str) -> None:
    body = {"text": "hello", "models": ["demo-lm"], "methods": [SURPRISAL], **change}
    document = problem(person.post("/api/runs", body), 422, id)
    assert document["field"] == field
    assert document["detail"]
    assert Run.objects.count() == 0


@pytest.mark.parametrize(
    ("method", "roles"),
    [
        ("two_models", {"reference": "demo-lm"}),
        ("two_texts", {"reference": "other-lm"}),
        ("two_texts", {"reference": "demo-lm", "third": "other-lm"}),
    ],
)
def test_roles_are_filled_by_models_that_fit(person: Person, method: str, roles: dict[str, str]) -> None:
    assert person.ask(methods=[{"key": method, "roles": roles}]).status_code == 201


PARAMETERS: list[tuple[dict[str, Any], str, str, float | None, float | None]] = [
    ({"top": 0}, "methods.0.params.top", "is at least 1; got 0", 1, 0),
    ({"top": 21}, "methods.0.params.top", "is at most 20; got 21", 20, 21),
    ({"top": 10**301}, "methods.0.params.top", "is at most 20", 20, None),
    ({"top": "x"}, "methods.0.params.top", "is of type integer; got 'x'", None, None),
    ({"top": True}, "methods.0.params.top", "is of type integer; got True", None, None),
    ({"base": "dit"}, "methods.0.params.base", "is one of ['nat', 'bit']; got 'dit'", None, None),
    ({"bottom": 1}, "methods.0.params", "has no parameter 'bottom' (parameters: base, top)", None, None),
]


@pytest.mark.parametrize(("params", "field", "said", "limit", "value"), PARAMETERS)
def test_parameters_are_held_to_their_card(
    person: Person, params: dict[str, Any], field: str, said: str, limit: float | None, value: float | None
) -> None:
    answer = person.ask(methods=[{"key": "surprisal", "params": params}])
    document = problem(answer, 422, "parameter-invalid")
    assert document["field"] == field
    assert said in document["detail"]
    assert (document["limit"], document["value"]) == (limit, value)


def test_a_list_over_its_limit_names_how_many_it_holds(person: Person) -> None:
    call = {"key": "compare_tokenizers", "params": {"tokenizers": ["bytes"] * 5}}
    document = problem(person.ask(methods=[call]), 422, "parameter-invalid")
    assert (document["limit"], document["value"]) == (4, 5)


INVALID: list[tuple[dict[str, Any], str, float | None, float | None]] = [
    ({"methods": []}, "methods", 1, 0),
    ({"methods": [{"key": "surprisal"}] * 65}, "methods", 64, 65),
    ({"models": ["a"] * 9}, "models", 8, 9),
    ({"models": ["../etc/passwd"]}, "models.0", None, None),
    ({"generate": {"max_new_tokens": 0}}, "generate.max_new_tokens", 1, 0),
    ({"generate": {"max_new_tokens": 99999}}, "generate.max_new_tokens", 1024, 99999),
    ({"generate": {"seed": -1}}, "generate.seed", 0, -1),
    ({"generate": {"top_p": 0}}, "generate.top_p", 0, 0),
    ({"reading": {"bos": "maybe"}}, "reading.bos", None, None),
    ({"targets": [{"from": 3, "to": 2}]}, "targets.0", None, None),
    ({"targets": [{"contrast": {}}]}, "targets.0.contrast", None, None),
    ({"text": 7}, "text", None, 7),
    ({"colour": "red"}, "colour", None, None),
]


@pytest.mark.parametrize(("change", "field", "limit", "value"), INVALID)
def test_a_request_of_the_wrong_shape_names_its_field(
    person: Person, change: dict[str, Any], field: str, limit: float | None, value: float | None
) -> None:
    body = {"text": "hello", "models": ["demo-lm"], "methods": [SURPRISAL], **change}
    document = problem(person.post("/api/runs", body), 422, "invalid")
    assert (document["field"], document["limit"], document["value"]) == (field, limit, value)


def test_a_text_over_the_limit_names_both_numbers(person: Person, limited: Limited) -> None:
    limited(text_characters=10)
    document = problem(person.ask(text="x" * 11), 422, "text-too-long")
    assert (document["limit"], document["value"]) == (10, 11)
    assert "11" in document["detail"]
    assert "10" in document["detail"]
    assert person.ask(text="😀" * 10).status_code == 201


def test_an_image_run_needs_a_method_and_a_model_that_read_images(person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    ask: dict[str, Any] = {"text": None, "source_ids": [source]}
    problem(person.ask(**ask), 422, "input-missing")
    problem(person.ask(**ask, methods=[{"key": "occlusion"}]), 422, "input-missing")
    assert person.ask(**ask, models=["demo-vit"], methods=[{"key": "occlusion"}]).status_code == 201
    problem(person.ask(models=["demo-vit"], methods=[{"key": "surprisal"}], **ask), 422, "input-missing")


def test_a_method_and_a_model_that_read_different_parts_of_a_run_do_not_fit(person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    answer = person.ask(source_ids=[source], models=["demo-vit"])
    document = problem(answer, 422, "input-missing")
    assert "nothing that both read" in document["detail"]
    assert document["field"] == "methods.0"


def test_a_method_that_does_not_fit_the_model_says_what_is_lacking(person: Person, picture: bytes) -> None:
    card = Method.objects.get(pk="occlusion")
    card.card["needs"] = [["vit_blocks"], ["image_gradient", "masked_token"]]
    card.save()
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    answer = person.ask(text=None, source_ids=[source], models=["demo-vit"], methods=[{"key": "occlusion"}])
    assert "vit blocks" in problem(answer, 422, "method-does-not-fit")["detail"]


def test_continuing_needs_a_model_that_can(person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    answer = person.ask(
        source_ids=[source], models=["demo-vit"], methods=[{"key": "occlusion"}], generate={"max_new_tokens": 3}
    )
    assert problem(answer, 422, "method-does-not-fit")["field"] == "generate"


@pytest.mark.django_db
def test_before_any_worker_was_up_the_site_says_so() -> None:
    answer = Person(Client()).ask()
    problem(answer, 409, "catalogue-empty")
    assert Run.objects.count() == Source.objects.count() - 1 == 0


BODIES: list[tuple[bytes, str, int, str]] = [
    (b"{", "application/json", 400, "body-not-json"),
    (b"\xff\xfe", "application/json", 400, "body-not-json"),
    (b'{"text": NaN}', "application/json", 400, "body-not-json"),
    (b'{"text": 1e999}', "application/json", 422, "invalid"),
    (b'{"text": ' + b"9" * 5000 + b"}", "application/json", 400, "body-not-json"),
    (b"[" * 100_000, "application/json", 400, "body-not-json"),
    (b"[" * 50 + b"]" * 50, "application/json", 400, "body-not-json"),
    (b"[]", "application/json", 422, "invalid"),
    (b"null", "application/json", 422, "invalid"),
    (b'"text"', "application/json", 422, "invalid"),
    (b"", "application/json", 422, "invalid"),
    (b"text=a", "application/x-www-form-urlencoded", 415, "content-type"),
    (b"{}", "text/plain", 415, "content-type"),
    (b"{}", "multipart/form-data; boundary=x", 415, "content-type"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "id"), BODIES)
def test_bodies_that_are_no_request(person: Person, body: bytes, content_type: str, status: int, id: str) -> None:
    problem(person.client.post("/api/runs", body, content_type), status, id)


def test_what_takes_no_body_takes_no_form_either(person: Person) -> None:
    run = person.run()
    for path in (f"/api/runs/{run}/stop", f"/api/runs/{run}/share", f"/api/runs/{run}/jobs"):
        answer = person.client.post(path, "a=b", "application/x-www-form-urlencoded")
        problem(answer, 415, "content-type")
    problem(person.client.delete(f"/api/runs/{run}", "a=b", "text/plain"), 415, "content-type")
    assert person.client.post(f"/api/runs/{run}/share").status_code in {201, 415}


def test_a_query_that_means_nothing_is_named(person: Person) -> None:
    run = person.run()
    document = problem(person.get(f"/api/runs/{run}/results/x?arrays=pickle"), 422, "invalid")
    assert document["field"] == "arrays"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/runs", 405),
        ("GET", "/api/runs/%00", 404),
        ("GET", "/api/runs/..%2f..%2fetc", 404),
        ("GET", "/api/runs/" + "x" * 5000, 404),
        ("GET", "/api/sources/%ff", 404),
        ("GET", "/api/shares/%F0%9F%98%80", 404),
        ("GET", "/api/samples/nope/image", 404),
        ("DELETE", "/api/runs/abc/shares/def", 404),
    ],
)
def test_addresses_that_lead_nowhere(person: Person, method: str, path: str, status: int) -> None:
    answer = person.client.generic(method, path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == status


def test_a_foreign_host_gets_a_problem_document(person: Person) -> None:
    answer = person.get("/api/runs", host="evil.example")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_over_the_limit_is_413(person: Person) -> None:
    answer = person.client.post("/api/runs", b"x" * (5 * 2**20), "application/json")
    problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("error", "status", "id"),
    [
        (Http404("secret"), 404, "not-found"),
        (PermissionDenied("secret"), 403, "forbidden"),
        (BadRequest("secret"), 400, "bad-request"),
        (HttpError(418, "secret"), 418, "i'm-a-teapot"),
    ],
)
def test_what_django_raises_is_a_problem_document_too(
    person: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, id: str
) -> None:
    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr("webapp.runs.services.run_start", fail)
    assert "secret" not in json.dumps(problem(person.ask(), status, id))


def test_a_fault_of_the_house_tells_nothing_of_it(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the secret path /srv/x")

    monkeypatch.setattr("webapp.runs.services.run_start", fail)
    document = problem(person.ask(), 500, "internal")
    assert "secret" not in json.dumps(document)
