"""Text reaches people only as text, and comes from people only as Text."""

import json
import types
import typing
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.export.examples import HOSTILE, text_strip
from tests.webapp import computing
from tests.webapp.person import Person, problem
from webapp.config.api import api
from workers.contract import Result
from workers.contract.base import Contract

UNCLEAN = ["a\0b", "a\ud800b", "\udfff"]


@pytest.fixture
def hostile_run(person: Person, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A finished run whose text, tokens and labels are markup; the run and its result."""
    plain = computing.result()
    strip = text_strip([HOSTILE, "<script>alert(2)</script>"], label=HOSTILE)
    track = plain.panels[0].tracks[0].model_copy(update={"label": HOSTILE, "meaning": HOSTILE})  # type: ignore[union-attr]
    panel = plain.panels[0].model_copy(update={"tracks": [track]})
    made = Result.model_validate(plain.model_copy(update={"strips": [strip], "panels": [panel]}).model_dump())
    monkeypatch.setattr(computing, "result", lambda method, **_: made.model_copy(update={"method": method}))
    run = person.run(text=HOSTILE)
    computing.finish()
    return run, person.state(run)["results"][0]["id"]


def elements(document: str) -> set[str]:
    """The names of the elements of a well-formed document."""
    return {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(document).iter()}


def attributes(document: str) -> set[str]:
    """The names of the attributes of a well-formed document."""
    return {name for node in ElementTree.fromstring(document).iter() for name in node.attrib}


@pytest.mark.django_db
def test_a_token_of_markup_is_text_in_every_export(person: Person, hostile_run: tuple[str, str]) -> None:
    run, result = hostile_run
    for form in ("svg", "html"):
        answer = person.get(f"/api/runs/{run}/results/{result}.{form}")
        assert answer.status_code == 200
        said = answer.content.decode()
        assert "<img src=x" not in said
        assert "<script>alert" not in said
        assert "&lt;img" in said
    drawing = person.get(f"/api/runs/{run}/results/{result}.svg").content.decode()
    assert not elements(drawing) & {"img", "script", "foreignObject", "iframe", "a"}
    assert not [name for name in attributes(drawing) if name.lower().startswith("on")]


@pytest.mark.django_db
def test_json_and_csv_are_never_taken_for_pages(person: Person, hostile_run: tuple[str, str]) -> None:
    run, result = hostile_run
    for path, kind in ((f"{result}", "application/json"), (f"{result}.csv", "text/csv; charset=utf-8")):
        answer = person.get(f"/api/runs/{run}/results/{path}")
        assert answer["Content-Type"] == kind
        assert answer["X-Content-Type-Options"] == "nosniff"
    state = person.get(f"/api/runs/{run}")
    assert json.loads(state.content)["sources"][0]["text"] == HOSTILE
    assert state["Content-Type"] == "application/json"


@pytest.mark.django_db
@pytest.mark.parametrize("first", "=+-@\t")
def test_a_table_starts_no_formula(person: Person, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    plain = computing.result()
    strip = text_strip([f"{first}HYPERLINK(1)", "b"])
    made = plain.model_copy(update={"strips": [strip]})
    monkeypatch.setattr(computing, "result", lambda method, **_: made.model_copy(update={"method": method}))
    run = person.run(text="a")
    computing.finish()
    result = person.state(run)["results"][0]["id"]
    lines = person.get(f"/api/runs/{run}/results/{result}.csv").content.decode()
    cells = [cell for line in lines.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.lstrip('"').startswith(f"{first}HYPERLINK")]


@pytest.mark.django_db
def test_a_text_of_markup_is_text_on_every_page(person: Person, hostile_run: tuple[str, str]) -> None:
    run, _ = hostile_run
    url = person.post(f"/api/runs/{run}/share", {"note": HOSTILE}).json()["url"]
    admin = Client()
    admin.force_login(User.objects.create_superuser("root", password="x"))
    pages = [person.get(f"/runs/{run}"), person.get(url.removeprefix("http://testserver"))]
    pages += [admin.get(f"/admin/runs/run/{run}/change/")]
    pages += [admin.get(f"/admin/{place}/") for place in ("runs/run", "runs/job", "runs/result", "sharing/share")]
    pages += [admin.get("/admin/"), admin.get("/admin/runs/run/?q=" + HOSTILE)]
    seen = 0
    for page in pages:
        if page.status_code == 404:
            continue
        assert page.status_code == 200, page.content[:500]
        said = page.content.decode()
        assert "<img src=x" not in said
        assert "<script>alert" not in said
        seen += "&lt;img" in said
    assert seen >= 4


# ------------------------------------------------------------------------------------------ what people send


def sent_models() -> set[type[BaseModel]]:
    """Every model that some route of the interface takes as its body, and all within them."""
    found: set[type[BaseModel]] = set()
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in operation.models:
                    if model.__ninja_param_source__ == "body":
                        found |= set(within(model))
    return {model for model in found if issubclass(model, Contract)}


def within(kind: Any) -> Iterator[type[BaseModel]]:
    """The models that a type mentions, however deep."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            if field.annotation is not kind:
                yield from within(field.annotation)
    for part in typing.get_args(kind):
        yield from within(part)


def strings(kind: Any) -> bool:
    """Whether a value of this type may be free text: not a choice, not a list of other things."""
    if kind is str:
        return True
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return False
    if origin in {typing.Annotated, typing.Union, types.UnionType, list, tuple, dict, set}:
        return any(strings(part) for part in typing.get_args(kind))
    return False


def fields() -> list[tuple[type[BaseModel], str]]:
    """Every field of what people send that holds text."""
    models = sorted(sent_models(), key=lambda model: model.__name__)
    return [(m, name) for m in models for name, field in m.model_fields.items() if strings(field.annotation)]


def unclean_values(kind: Any, text: str) -> Iterator[Any]:
    """Values of a type with this text in each place where text may be."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is str or origin is typing.Annotated:
        yield text
    elif origin in {typing.Union, types.UnionType}:
        for part in parts:
            yield from unclean_values(part, text)
    elif origin is list:
        yield from ([value] for value in unclean_values(parts[0], text))
    elif origin is dict:
        yield {text: "x"}
        yield {"x": text}


def test_what_people_send_is_found_by_reflection() -> None:
    names = {model.__name__ for model in sent_models()}
    assert {"RunRequest", "JobsRequest", "ShareRequest", "Target", "Contrast", "MethodCall", "Generate"} <= names
    assert len(fields()) > 10


@pytest.mark.parametrize(("model", "field"), fields(), ids=lambda part: getattr(part, "__name__", str(part)))
@pytest.mark.parametrize("text", UNCLEAN, ids=ascii)
def test_no_text_of_a_person_holds_nul_or_lone_surrogates(model: type[BaseModel], field: str, text: str) -> None:
    about = model.model_fields[field]
    kind: Any = about.annotation
    for rule in about.metadata:
        kind = typing.Annotated[kind, rule]
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    tried = list(unclean_values(about.annotation, text))
    assert tried
    for value in tried:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


@pytest.mark.django_db
@pytest.mark.parametrize("text", UNCLEAN, ids=ascii)
def test_parameters_are_texts_too_however_deep(person: Person, text: str) -> None:
    for params in ({"a": text}, {text: 1}, {"a": [{"b": [text]}]}):
        document = problem(person.ask(methods=[{"key": "surprisal", "params": params}]), 422, "text-unclean")
        assert document["field"].startswith("methods.0.params")
