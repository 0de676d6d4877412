"""Draws fit the pattern; without one nothing is rejected; weighted, they are the model's own where the text fits."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex
import torch

from tests.guides import as_shown, numbers, worked
from tests.jobs import ask, call, language, passes, tracks, units_of, values
from workers.contract import BranchesPanel, Generate, Result
from workers.core.reading import continuation_text
from workers.core.rejection import draw_allowed

KEY = "constrained_decoding"
PROMPT = "Once upon a time, there was a"


def asked(folder: Path, seed: int = 0, text: str = PROMPT, **params: Any) -> Result:
    return ask(folder, call(KEY, **params), text=text, seed=seed).result


def texts(result: Result) -> list[str]:
    return [strip.text() for strip in result.strips if strip.role == "sample"]


def test_without_a_pattern_nothing_is_rejected(stories: Path) -> None:
    for estimator in ("recursive", "geometric"):
        found = asked(stories, pattern="(?s).*", estimator=estimator)
        assert texts(found)
        for strip in found.strips[1:]:
            assert (values(found, "rejections", strip.id) == 0).all()
            np.testing.assert_allclose(values(found, "weight", strip.id), 1, atol=1e-6)
        assert found.figures["rejections"].value == 0
        assert found.figures["mass"].value == pytest.approx(1)


@pytest.mark.parametrize("pattern", [r"[^.!?\n]*[.!?]", r"(red|blue) (cat|dog)\.", r"\d{2}-\d{2}", r"[^e]*"])
def test_every_draw_fits_the_pattern(stories: Path, pattern: str) -> None:
    found = asked(stories, pattern=pattern, max_new_tokens=16)
    (panel,) = [panel for panel in found.panels if isinstance(panel, BranchesPanel)]
    assert panel.layout == "columns"
    assert sum(node.value or 0 for node in panel.nodes) == pytest.approx(1)
    for node, said in zip(panel.nodes, texts(found), strict=True):
        whole = "cut off" not in node.label
        assert regex.fullmatch(pattern, said.lstrip(" "), partial=not whole), said


def test_weighted_draws_are_the_exact_conditional(stories: Path) -> None:
    """Two tokens are few enough to enumerate all that fit."""
    pattern = r"(li|b|g|d)\w*"
    text = passes(stories, text=PROMPT).text
    model, prompt = language(stories), text.prompt.ids
    text_of = continuation_text(model, PROMPT, text.reading)

    def fits(ids: list[int]) -> bool:
        if ids[-1] in model.end_ids:
            return regex.fullmatch(pattern, text_of(ids[:-1]).lstrip(" ")) is not None
        return regex.fullmatch(pattern, text_of(ids).lstrip(" "), partial=True) is not None

    first = [id for id in range(model.vocabulary) if fits([id])]
    exact: dict[tuple[int, ...], float] = {}
    with torch.no_grad():
        row = model.network(input_ids=torch.tensor([prompt])).logits[0, -1].double().softmax(-1)
        likely = sorted(first, key=lambda id: -float(row[id]))
        for id in likely:
            after = model.network(input_ids=torch.tensor([[*prompt, id]])).logits[0, -1].double().softmax(-1)
            for second in range(model.vocabulary):
                if fits([id, second]):
                    exact[id, second] = float(row[id] * after[second])
    drawn: dict[tuple[int, ...], list[float]] = {}
    count = 0
    for seed in range(40):
        found = asked(stories, seed, pattern=pattern, max_new_tokens=2, draws=16)
        for strip in found.strips[1:]:
            ids = tuple(unit.id for unit in strip.units if unit.id is not None)
            weight = float(np.prod(values(found, "weight", strip.id)[[unit.id is not None for unit in strip.units]]))
            drawn.setdefault(ids, []).append(weight)
            count += 1
    assert set(drawn) <= set(exact)
    for pair in sorted(exact, key=lambda pair: -exact[pair])[:6]:
        weights = np.array(drawn.get(pair, []) + [0.0] * (count - len(drawn.get(pair, []))))
        assert weights.mean() == pytest.approx(exact[pair], abs=4.5 * weights.std() / math.sqrt(count))
    total = np.array([weight for weights in drawn.values() for weight in weights])
    error = total.std() / math.sqrt(count)
    assert total.mean() == pytest.approx(sum(exact.values()), abs=4.5 * error)


def test_rejections_and_weights_are_those_of_each_token(stories: Path) -> None:
    found = asked(stories, pattern="(red|blue) (cat|dog)")
    for strip in found.strips[1:]:
        shown = tracks(found, strip.id)
        assert np.nansum(shown["rejections"].values) > 0
        known = shown["weight"].values[[unit.id is not None for unit in units_of(found, strip.id)]]
        assert ((known > 0) & (known <= 1)).all()


def test_the_seed_reproduces(stories: Path) -> None:
    assert texts(asked(stories, 1)) == texts(asked(stories, 1)) != texts(asked(stories, 2))


def test_where_no_token_fits_it_says_so(stories: Path) -> None:
    found = asked(stories, pattern="日本", max_rejections=40)
    (panel,) = [panel for panel in found.panels if isinstance(panel, BranchesPanel)]
    assert all("no token fits" in node.label and not node.kept for node in panel.nodes)
    assert found.figures["mass"].value == 0


def test_an_encoder_decoder_s_output_can_be_held_to_a_pattern(names: Path) -> None:
    found = ask(names, call(KEY, pattern="[a-m]*"), text="آتزمون", generate=Generate(max_new_tokens=5)).result
    assert [strip.id for strip in found.strips][:3] == ["input", "output", "draw-1"]
    assert all(regex.fullmatch("[a-m]*", said.strip()) for said in texts(found))


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "(" * 400, "(?P<a", "*", "a{99999999999999999999}"])
def test_what_is_no_pattern_is_refused(stories: Path, pattern: str) -> None:
    problem = ask(stories, call(KEY, pattern=pattern), text=PROMPT).problems[0]
    assert problem.status == 422
    assert problem.field == f"methods.{KEY}.pattern"


def test_a_pattern_with_too_many_ways_to_fail_is_refused(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.methods.uncertainty.constrained_decoding._PATIENCE", 0.01)
    long = "(?:" + "|".join(["[a-z ,]", "[a-z ,][a-z ,]"]) + ")*[0-9]Z"
    problem = ask(stories, call(KEY, pattern=long, max_new_tokens=200), text=PROMPT).problems[0]
    assert problem.field == f"methods.{KEY}.pattern"
    assert "0.01 s" in problem.detail


def test_a_pattern_may_name_the_space_and_special_tokens_fit_nothing(data: Path) -> None:
    found = ask(
        data / "models" / "stories260k",
        call("constrained_decoding", pattern=" [a-z]+", draws=6, max_new_tokens=5),
        text="Once upon a",
    ).result
    strips = [strip for strip in found.strips if strip.id.startswith("draw-")]
    assert len(strips) == 6
    for strip in strips:
        assert not any(unit.special for unit in strip.units if unit.segment == "generated")


def test_the_example_of_its_guide() -> None:
    example = worked("constrained_decoding")
    logs = torch.tensor(numbers(example, "p")).log()
    still = torch.zeros_like(logs)
    drawn = draw_allowed(logs, lambda id: id > 0, (still, still), most=10)
    assert (drawn.id, drawn.rejections) == (1, 1)
    assert drawn.weight == as_shown(example.result)
