"""No edit changes nothing; without chance the counterfactual is greedy; noise that is not known explains the text."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, call, language, passes, tracks, units_of, values
from workers.contract import BranchesPanel, Generate, Result
from workers.core.generation import chosen

KEY = "counterfactual_tokens"
PROMPT = "Once upon a time, there was a little"
DRAWN = Generate(max_new_tokens=16, do_sample=True, temperature=1.2, top_p=0.9, seed=5)


def asked(folder: Path, generate: Generate | None = DRAWN, text: str = PROMPT, **params: Any) -> Result:
    return ask(folder, call(KEY, **params), text=text, generate=generate).result


def ids(result: Result, strip: str) -> list[int]:
    return [unit.id for unit in units_of(result, strip) if unit.id is not None]


def place(result: Result, strip: str, count: int) -> tuple[int, str]:
    """The unit of the strip's generated token of this number, and the token's text."""
    said = [
        (at, unit.text or "")
        for at, unit in enumerate(units_of(result, strip))
        if unit.id is not None and unit.segment == "generated"
    ]
    return said[count]


def replayed(result: Result) -> int:
    """How many factual tokens the seed's own noise explained."""
    return int(result.provenance.caveat.partition("explained ")[2].split()[0])


def inferred(result: Result) -> int:
    return int(result.provenance.caveat.partition("drawn to explain ")[2].rstrip(".").split()[0].rstrip("."))


@pytest.mark.parametrize("generate", [DRAWN, Generate(max_new_tokens=16), None])
def test_no_edit_changes_nothing(stories: Path, generate: Generate | None) -> None:
    """Whether the noise is the seed's own, or drawn to explain a greedy or a pasted text."""
    text = PROMPT if generate else SENTENCES["stories260k"]
    factual = ask(stories, "surprisal", text=text, generate=generate).result
    units = units_of(factual, "main")
    at = place(factual, "main", 3)[0] if generate else 6
    found = asked(stories, generate, text, position=at, replacement=units[at].text, max_new_tokens=12)
    after = [unit.id for unit in units[at:] if unit.id is not None]
    made = ids(found, "counterfactual")
    shared = min(len(made), len(after))
    assert shared > 5
    assert made[:shared] == after[:shared]
    stable = values(found, "stable", "counterfactual")[1:shared]
    assert (stable == 1).all()
    assert (replayed(found) == 12) == (generate == DRAWN)
    assert (inferred(found) > 0) == (generate != DRAWN)


def test_noise_of_another_seed_is_drawn_to_explain_the_text(stories: Path) -> None:
    made = ask(stories, "surprisal", text=PROMPT, generate=DRAWN)
    claimed = made.continuation.model_copy(update={"generate": DRAWN.model_copy(update={"seed": 6})})
    at, text = place(made.result, "main", 3)
    found = ask(stories, call(KEY, position=at, replacement=text), text=PROMPT, continuation=claimed).result
    assert ids(found, "counterfactual")[:12] == ids(found, "main")[-13:-1]
    assert inferred(found) > 3


def test_without_chance_the_counterfactual_is_greedy(stories: Path) -> None:
    greedy = Generate(max_new_tokens=16)
    found = asked(stories, greedy, temperature=0, max_new_tokens=16)
    prompt = len(passes(stories, text=PROMPT).text.prompt.ids)
    factual, made = ids(found, "main"), ids(found, "counterfactual")
    edited = next(at for at, one in enumerate(values(found, "stable", "main")) if one == 0)
    begin = factual[prompt:edited] + made[:1]
    again = ask(stories, "surprisal", text=PROMPT, generate=Generate(max_new_tokens=16, begin=begin)).continuation
    assert again.ids[len(begin) - 1 :] == made
    assert ids(found, "fresh") == made
    with_scores = language(stories)
    assert with_scores.vocabulary == 512


@pytest.mark.parametrize("variant", ["as_drawn", "vocabulary", "top_p", "top_k"])
def test_the_edit_of_its_own_choice_is_likely_and_another(stories: Path, variant: str) -> None:
    found = asked(stories, variant=variant)
    edited = int(np.flatnonzero(values(found, "stable", "main") == 0)[0])
    assert units_of(found, "main")[edited].segment == "generated"
    assert units_of(found, "counterfactual")[0].id != units_of(found, "main")[edited].id
    assert ids(found, "counterfactual")[0] == ids(found, "fresh")[0]
    assert variant.replace("_", " ") in found.provenance.caveat
    assert ids(asked(stories, variant=variant), "counterfactual") == ids(found, "counterfactual")


def test_the_fresh_text_has_other_noise(stories: Path) -> None:
    found = asked(stories, max_new_tokens=30)
    assert ids(found, "fresh") != ids(found, "counterfactual")


def test_an_edit_in_the_prompt_leaves_the_rest_of_it(stories: Path) -> None:
    units = units_of(asked(stories), "main")
    at = next(index for index, unit in enumerate(units) if unit.text == " time")
    found = asked(stories, position=at, replacement=" day")
    made = units_of(found, "counterfactual")
    prompt = "".join(unit.text or "" for unit in made if unit.segment == "prompt")
    assert prompt == " day, there was a little"
    stable = values(found, "stable", "counterfactual")
    kept = [unit.segment == "prompt" for unit in made]
    edited = int((stable == 0).sum())
    assert np.isnan(stable[edited : sum(kept)]).all()
    assert replayed(found) == 16
    whole = tracks(found, "main")["stable"].values
    assert np.isfinite(whole[at])


def test_an_output_of_an_encoder_decoder(names: Path) -> None:
    found = ask(names, call(KEY, position=2, replacement="o"), text="آتزمون").result
    assert [strip.id for strip in found.strips] == ["input", "output", "counterfactual", "fresh"]
    assert units_of(found, "counterfactual")[0].text == "o"
    same = ask(names, call(KEY, position=2, replacement="z"), text="آتزمون").result
    assert ids(same, "counterfactual")[:4] == ids(same, "output")[2:]


def test_texts_are_shown_side_by_side(stories: Path) -> None:
    found = asked(stories)
    (panel,) = [panel for panel in found.panels if isinstance(panel, BranchesPanel)]
    assert panel.layout == "columns"
    assert {node.id: node.parent for node in panel.nodes} == {
        "before": None,
        "factual": "before",
        "counterfactual": "before",
        "fresh": "before",
    }
    before, factual = panel.nodes[0].range, panel.nodes[1].range
    assert before is not None
    assert factual == (before[1], len(units_of(found, "main")))
    share = found.figures["stable"].value
    forced_behind = values(found, "stable", "counterfactual")[1:]
    assert share == pytest.approx(float((forced_behind[~np.isnan(forced_behind)] == 1).mean()))


@pytest.mark.parametrize(
    ("params", "field"),
    [({"position": 500}, "position"), ({"position": 10**40}, "position"), ({"position": 0}, "replacement")],
)
def test_what_cannot_be_replaced_is_refused(stories: Path, params: dict[str, Any], field: str) -> None:
    problem = ask(stories, call(KEY, **params), text="Once upon").problems[0]
    assert problem.status == 422
    assert problem.field == f"methods.{KEY}.{field}"


def test_stopping_ends_it_at_once_and_leaves_other_methods_alone(stories: Path) -> None:
    asked_for = [0]

    def control() -> Any:
        asked_for[0] += 1
        return "stop" if asked_for[0] > 12 else "go"

    done = ask(stories, call(KEY, max_new_tokens=400), "surprisal", text=PROMPT, control=control)
    assert done.problems[0].type == "/problems/stopped"
    assert list(done.results) == [1]
    assert asked_for[0] < 25


def test_the_stop_that_ended_the_continuation_is_not_for_methods(stories: Path) -> None:
    done = ask(
        stories, call(KEY, max_new_tokens=4), text=PROMPT, generate=Generate(max_new_tokens=50), control=lambda: "stop"
    )
    assert done.continuation.finish == "stopped"
    assert list(done.results) == [0]


def test_the_example_of_its_guide() -> None:
    example = worked("counterfactual_tokens")
    noise = torch.tensor(numbers(example, "noise"))
    before, after = (torch.tensor(numbers(example, name)).log() for name in ("before", "after"))
    assert (chosen(before, noise), chosen(after, noise)) == (1, 0)
    assert float((before + noise)[1]) == as_shown(example.steps[1].gives)
    assert float((after + noise)[0]) == as_shown(example.result)
