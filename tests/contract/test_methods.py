"""What every method promises, tried on every model that suits it. A new method is found by itself."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from tests.contract.checks import check_panel
from tests.contract.pairing import EACH, KEYS, METHODS, PAIRS, TINY, TINY_PAIRS
from tests.contract.subjects import SUBJECTS, TINY_IMAGE, TINY_TEXT, Bench, Outcome, Subject, parameter, progress
from tests.contract.untouched import handed_back
from workers import export
from workers.contract import Generate, MethodCall, Result, Strip, Target
from workers.core.method import Method

ROOT = Path(__file__).resolve().parents[2]


class Asked:
    """Each subject is asked all methods at once: as it is, and with a continuation and two targets."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.outcome = cache(self._outcome)
        self.changes: dict[Subject, list[str]] = {}

    def _outcome(self, subject: Subject, further: bool) -> Outcome:
        calls = [MethodCall(key=method.key) for method in self.bench.methods(subject)]
        targets = self._targets(subject) if further else []
        generate = Generate(max_new_tokens=4) if further and subject.kind == "text" else None
        request = self.bench.request(subject, calls, targets=targets, generate=generate)
        with handed_back(self.bench, subject) as changes:
            outcome = self.bench.run(request)
        self.changes[subject] = self.changes.get(subject, []) + changes
        return outcome

    def _targets(self, subject: Subject) -> list[Target]:
        """Two classes; a token and a span of two in the text; of an encoder-decoder the last token of its output."""
        if subject.kind == "image":
            return [Target(strip="image", class_=0), Target(strip="image", class_=1)]
        strips = [strip for result in self.outcome(subject, False).results.values() for strip in result.strips]
        read = [strip for strip in strips if strip.role == "text"]
        tokens = read[0].find(lambda unit: unit.id is not None) if read else []
        return [Target(from_=tokens[3]), Target(from_=tokens[4], to=tokens[5] + 1)] if read else []

    def results(self, subject: Subject, method: type[Method]) -> list[Result]:
        """What the method gave, for both questions. Skips where the method does not suit the model."""
        keys = [suited.key for suited in self.bench.methods(subject)]
        if method.key not in keys:
            pytest.skip(f"{method.key} does not suit {subject.name}")
        found = []
        for further in (False, True):
            outcome = self.outcome(subject, further)
            assert not outcome.failures, [failure.problem.detail for failure in outcome.failures.values()]
            found.append(outcome.results[keys.index(method.key)])
        return found


@pytest.fixture(scope="module")
def asked(bench: Bench) -> Asked:
    return Asked(bench)


@EACH
def test_has_a_test_file_of_its_own(method: type[Method]) -> None:
    path = ROOT / "tests" / "methods" / method.lens / f"test_{method.key}.py"
    assert path.is_file()
    assert re.search(r"^ *(async )?def test_", path.read_text(encoding="utf-8"), re.MULTILINE)


@EACH
def test_says_what_it_does(method: type[Method]) -> None:
    card = method.card()
    assert card.key == Path(inspect.getfile(method)).stem
    assert card.lens == Path(inspect.getfile(method)).parent.name
    assert 20 <= len(card.summary) <= 200
    assert card.summary.endswith(".")
    assert card.reads.endswith(".")
    assert len(card.description) > len(card.summary)
    assert not card.caveat or card.caveat.endswith(".")
    assert card.produces
    assert card.inputs
    assert method.run.__doc__


@EACH
def test_its_parameters_are_a_schema_with_a_sentence_each(method: type[Method]) -> None:
    schema = method.card().parameters
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert not schema.get("required")
    for name, field in schema.get("properties", {}).items():
        assert field.get("description", "").endswith("."), f"{name} has no sentence"
        assert "default" in field
    jsonschema.validate(method().model_dump(mode="json"), schema)


@EACH
def test_refuses_parameters_that_do_not_exist(method: type[Method], bench: Bench) -> None:
    subject = TINY_IMAGE if method.inputs == ("image",) else TINY_TEXT
    call = MethodCall(key=method.key, params={"no_such_parameter": 1})
    failure = bench.run(bench.request(subject, [call])).failures[0]
    assert failure.fault == "person"
    assert "no_such_parameter" in failure.problem.detail


@PAIRS
def test_panels_fit_their_strips(subject: Subject, method: type[Method], asked: Asked) -> None:
    for result in asked.results(subject, method):
        assert (result.method, result.version, result.lens) == (method.key, method.version, method.lens)
        assert len({strip.id for strip in result.strips}) == len(result.strips)
        assert result.panels
        assert {panel.kind for panel in result.panels} <= set(method.produces)
        for panel in result.panels:
            check_panel(result, panel)
        for name, figure in result.figures.items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
            assert figure.value is None or np.isfinite(figure.value)
            low, high = figure.domain
            assert figure.value is None or (low is None or low - 1e-6 <= figure.value)
            assert figure.value is None or (high is None or figure.value <= high + 1e-6)


@PAIRS
def test_every_promised_panel_is_there(subject: Subject, method: type[Method], asked: Asked) -> None:
    """Of a picture, whose patches nothing attends to or chooses among, links and branches may be missing."""
    given = {panel.kind for result in asked.results(subject, method) for panel in result.panels}
    may_lack = set() if subject.kind == "text" else {"links", "branches"}
    assert set(method.produces) - may_lack <= given <= set(method.produces)


@PAIRS
def test_strips_are_the_text_itself(subject: Subject, method: type[Method], asked: Asked) -> None:
    results = asked.results(subject, method)
    for result, further in zip(results, (False, True), strict=True):
        continuation = asked.outcome(subject, further).continuation
        made = continuation.text if continuation else ""
        for strip in result.strips:
            if strip.role == "image":
                check_patches(strip)
                continue
            expected = {"input": subject.text, "segmentation": subject.text, "output": made}
            if strip.role in ("answer", "document", "sample"):  # a text of its own, told by its strip alone
                expected[strip.role] = strip.text()
            text = expected.get(strip.role, subject.text + made)
            check_units(strip, text)


def check_units(strip: Strip, text: str) -> None:
    """The units, specials and the predicted one aside, lie on the text without gap or overlap."""
    units = [unit for unit in strip.units if not unit.special and unit.segment != "predicted"]
    assert "".join(unit.text or "" for unit in units) == text
    data, at = text.encode(), 0
    for unit in units:
        assert unit.byte_start == at
        assert unit.byte_end is not None
        assert unit.byte_end >= at
        at = unit.byte_end
        assert unit.char_start is not None
        assert text[unit.char_start : unit.char_end] == unit.text
    assert at == len(data)
    groups = [unit.group for unit in units if unit.group is not None]
    assert groups == sorted(groups)


def check_patches(strip: Strip) -> None:
    """As many patches as the grid says, row by row, inside the picture of 96 × 80."""
    assert strip.grid is not None
    rows, cols = strip.grid
    patches = [unit for unit in strip.units if not unit.special]
    assert [(unit.row, unit.col) for unit in patches] == [(row, col) for row in range(rows) for col in range(cols)]
    for unit in patches:
        assert unit.box is not None
        left, top, right, bottom = unit.box
        assert -1e-6 <= left < right <= 96 + 1e-6
        assert -1e-6 <= top < bottom <= 80 + 1e-6


@PAIRS
def test_provenance_says_how_it_was_computed(subject: Subject, method: type[Method], asked: Asked) -> None:
    for result in asked.results(subject, method):
        origin = result.provenance
        assert (origin.method, origin.version, origin.seed) == (method.key, method.version, 3)
        assert origin.parameters == method(**origin.parameters).model_dump(mode="json")
        assert set(origin.parameters) == set(method.model_fields)
        assert origin.reads.endswith(".")
        assert origin.seconds > 0
        assert origin.peak_memory_bytes > 0
        if method.needs:
            assert [use.model for use in origin.models][:1] == [subject.name]
            assert all(use.revision and use.dtype for use in origin.models)
        if method.explains:
            assert origin.target
            assert all(target.value is not None and np.isfinite(target.value) for target in origin.target)
            assert (result.target is not None) == (len(origin.target) == 1)


@PAIRS
def test_json_and_back_is_the_same_result(subject: Subject, method: type[Method], asked: Asked) -> None:
    for result in asked.results(subject, method):
        listed = result.model_dump(mode="json")
        assert Result.model_validate_json(result.model_dump_json()).model_dump(mode="json") == listed
        packed = result.model_dump_json(context={"arrays": "base64"})
        assert Result.model_validate_json(packed).model_dump(mode="json") == listed


@PAIRS
def test_exports_hold_every_unit(subject: Subject, method: type[Method], asked: Asked) -> None:
    for result in asked.results(subject, method):
        assert "<script" not in export.to_html(result)
        assert export.to_svg(result).rstrip().endswith("</svg>")
        rows = Counter(line.partition(",")[0] for line in export.to_csv(result).split("\r\n"))
        scored = [panel.strip for panel in result.panels if panel.kind == "scores"]
        assert rows["unit"] >= sum(len(result.strip(name).units) for name in scored)


def measured_aside(result: Result) -> dict[str, Any]:
    """All of a result that is computed, not measured with a clock."""
    dumped = result.model_dump(mode="json", exclude={"provenance": {"seconds", "peak_memory_bytes"}})
    for panel in dumped["panels"]:
        panel.pop("latency", None)
    return dumped


@TINY_PAIRS
def test_the_same_seed_gives_the_same_result(
    subject: Subject, method: type[Method], asked: Asked, bench: Bench
) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    first = asked.results(subject, method)[0]
    again = bench.run(bench.request(subject, [MethodCall(key=method.key)])).results[0]
    assert measured_aside(again) == measured_aside(first)


def choices(method: type[Method]) -> Iterator[tuple[str, Any]]:
    """Every choice of the method's parameters that have a closed list of them, other than the default."""
    schema = method.model_json_schema()
    for name, field in schema.get("properties", {}).items():
        options = field.get("enum", [])
        if field.get("type") == "boolean":
            options = [True, False]
        yield from ((name, option) for option in options if option != field.get("default"))


@pytest.mark.parametrize(
    ("method", "name", "option"),
    [
        pytest.param(method, name, option, id=f"{method.key}-{name}-{option}")
        for method in METHODS
        for name, option in choices(method)
    ],
)
def test_every_choice_of_its_parameters_works(method: type[Method], name: str, option: Any, bench: Bench) -> None:
    """On one kind of input at least; where it makes no sense it is refused as the person's choice."""
    call = MethodCall(key=method.key, params={name: option})
    found: list[Result] = []
    for subject in TINY:
        if method in bench.methods(subject):
            outcome = bench.run(bench.request(subject, [call]))
            assert all(failure.fault == "person" for failure in outcome.failures.values())
            found += outcome.results.values()
    assert found
    for result in found:
        assert result.provenance.parameters[name] == option
        for panel in result.panels:
            check_panel(result, panel)


@pytest.mark.parametrize("subject", [parameter(subject) for subject in SUBJECTS])
def test_the_model_is_handed_back_untouched(subject: Subject, asked: Asked) -> None:
    assert not asked.outcome(subject, False).failures
    assert not asked.outcome(subject, True).failures
    assert asked.changes[subject] == []


@TINY_PAIRS
def test_progress_stays_between_0_and_1(subject: Subject, method: type[Method], bench: Bench) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    outcome = bench.run(bench.request(subject, [MethodCall(key=method.key)]))
    fractions = [step.fraction for step in progress(outcome) if step.fraction is not None]
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert all(step.message for step in progress(outcome))
    assert {step.call for step in progress(outcome)} <= {None, 0}


def test_every_method_was_tried_on_a_model_of_its_kind(bench: Bench) -> None:
    tried = {method.key for subject in TINY for method in bench.methods(subject)}
    assert tried == set(KEYS)
