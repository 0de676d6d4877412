"""Every method says how it is read; its worked example is right, and its own test computes it anew."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.arithmetic import evaluate
from tests.guides import as_shown, worked
from workers.contract import Guide
from workers.core.discovery import all_methods
from workers.core.method import Method

TESTS = Path(__file__).resolve().parents[1] / "methods"
METHODS = list(all_methods().values())
EACH = pytest.mark.parametrize("method", METHODS, ids=[method.key for method in METHODS])
SENTENCE = re.compile(r"^[A-Z“0-9].*[.!?”]$", re.DOTALL)
PAPER = re.compile(r"^(arXiv:\d{4}\.\d{4,5}|doi:10\.\d{4,}/\S+)?$")


def guide_of(method: type[Method]) -> Guide:
    assert method.guide is not None, f"{method.key} does not say how it is read: give it a guide"
    return method.guide


@EACH
def test_it_says_all_that_a_reader_asks(method: type[Method]) -> None:
    guide = guide_of(method)
    for text in (guide.how, guide.distrust, guide.example.setting, guide.example.means, method.reads, method.caveat):
        assert SENTENCE.match(text), text
        assert len(text) > 25
    assert len(guide.how) < 500
    assert len(guide.distrust) < 500
    for paper in guide.papers:
        assert PAPER.match(paper.id), paper.id
        assert 1900 < paper.year < 2100
    assert method.card().guide == guide


@EACH
def test_each_step_of_its_example_is_right(method: type[Method]) -> None:
    for step in worked(method.key).steps:
        assert evaluate(step.formula) == as_shown(step.gives), step.formula


@EACH
def test_its_numbers_stand_in_the_text(method: type[Method]) -> None:
    """What a test computes from is what a reader sees: every number given is one of the setting or of a formula."""
    example = worked(method.key)
    read = " ".join([example.setting, *(step.formula for step in example.steps)])
    seen = {abs(float(found)) for found in re.findall(r"\d+(?:\.\d+)?", read)}
    words = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}
    seen |= {value for word, value in words.items() if re.search(rf"\b{word}\b", read, re.IGNORECASE)}
    codes = {"ids", "best", "choices", "group", "right"}  # tokens and labels, which the text names in words
    missing = [value for name, value in _numbers(example.given) if name not in codes and abs(value) not in seen]
    assert missing == []


def _numbers(given: dict[str, float | list[float] | list[list[float]]]) -> Iterator[tuple[str, float]]:
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            yield from ((name, each) for each in (one if isinstance(one, list) else [one]))


@EACH
def test_its_own_test_computes_the_example(method: type[Method]) -> None:
    (path,) = TESTS.glob(f"*/test_{method.key}.py")
    source = path.read_text(encoding="utf-8")
    assert f'worked("{method.key}")' in source, f"{path.name} does not compute the example with the method's own code"
    assert "as_shown(example.result)" in source


@pytest.mark.parametrize(
    ("formula", "value"), [("−ln(1)", 0), ("2 · 3 − 1", 5), ("|0.5 − 0.9|", 0.4), ("3^2 / 2", 4.5), ("√(4)", 2)]
)
def test_the_arithmetic_of_guides(formula: str, value: float) -> None:
    assert evaluate(formula) == pytest.approx(value)


@pytest.mark.parametrize("formula", ["p", "open('x')", "[1, 2]", "(1).real"])
def test_nothing_else_is_arithmetic(formula: str) -> None:
    with pytest.raises(ValueError, match="no arithmetic"):
        evaluate(formula)
