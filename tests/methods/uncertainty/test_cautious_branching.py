"""N follows its formula, trials end at punctuation, and the one of lowest perplexity is kept."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.guides import as_shown, number, worked
from tests.jobs import SENTENCES, ask, call, language, passes, tracks, units_of, values
from workers.contract import BranchesPanel, BranchNode, Generate, Result
from workers.methods.uncertainty.cautious_branching import CautiousBranching, ends_clause

KEY = "cautious_branching"
PROMPT = "Once upon a time, there was a"


def asked(folder: Path, text: str = PROMPT, **params: Any) -> Result:
    return ask(folder, call(KEY, **params), text=text).result


def nodes(result: Result) -> list[BranchNode]:
    (panel,) = [panel for panel in result.panels if isinstance(panel, BranchesPanel)]
    assert panel.layout == "braid"
    return panel.nodes


def ids(result: Result, strip: str, where: tuple[int, int] | None = None) -> list[int]:
    units = units_of(result, strip)
    return [unit.id for unit in (units if where is None else units[where[0] : where[1]]) if unit.id is not None]


@pytest.mark.parametrize(
    ("entropy", "trials"),
    [(0, 1), (0.01, 1), (0.17, 1), (0.1755, 1), (0.1756, 2), (0.18, 2), (0.755, 5), (1.499, 9), (1.5, 10), (5, 10)],
)
def test_n_by_the_formula(entropy: float, trials: int) -> None:
    assert CautiousBranching().trials(entropy) == trials


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.6, 1.0), (1.2, 0.9)])
def test_the_strip_is_n_of_the_entropy_of_what_is_drawn_from(data: Path, temperature: float, top_p: float) -> None:
    folder = data / "models" / "stories260k"
    found = asked(folder, SENTENCES["stories260k"], temperature=temperature, top_p=top_p, live=False)
    assert [strip.id for strip in found.strips] == ["main"]
    read = ids(found, "main")
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        rows = (network(input_ids=torch.tensor([read])).logits[0, :-1].double() / temperature).softmax(-1)
    expected: list[float] = []
    for row in rows.tolist():
        kept: list[float] = []
        mass = 0.0
        for p in sorted(row, reverse=True):
            if mass >= top_p:
                break
            kept.append(p)
            mass += p
        expected.append(-sum(p / mass * math.log(p / mass) for p in kept if p > 0))
    np.testing.assert_allclose(values(found, "drawn_entropy", "main")[1:], expected, atol=1e-5)
    trials = [CautiousBranching().trials(one) for one in expected]
    assert values(found, "trials", "main")[1:].tolist() == trials
    assert found.figures["branching"].value == pytest.approx(np.mean(np.array(trials) > 1))


def test_the_trial_of_lowest_perplexity_is_kept(stories: Path) -> None:
    found = asked(stories, max_new_tokens=24, max_trials=5)
    line, *tried = nodes(found)
    prompt = passes(stories, text=PROMPT).text.prompt.ids
    kept = ids(found, line.strip)
    model = language(stories)
    network: Any = model.network
    branchings: dict[int, list[BranchNode]] = {}
    for node in tried:
        assert node.parent == line.id
        assert node.at is not None
        branchings.setdefault(node.at, []).append(node)
    assert branchings
    places = [index for index, unit in enumerate(units_of(found, line.strip)) if unit.id is not None]
    for at, trials in branchings.items():
        before = prompt + kept[: places.index(at)]
        with torch.no_grad():
            row = network(input_ids=torch.tensor([before])).logits[0, -1].double().log_softmax(-1)
        entropy = float(-(row.exp() * row).sum())
        assert len(trials) == CautiousBranching(max_trials=5).trials(entropy) > 1
        best = min(trials, key=lambda node: node.value or math.inf)
        assert [node for node in trials if node.kept] == [best]
        assert best.strip == line.strip
        for node in trials:
            said = ids(found, node.strip, node.range)
            with torch.no_grad():
                logits = network(input_ids=torch.tensor([before + said])).logits[0, len(before) - 1 :]
            logs = logits.double().log_softmax(-1)
            total = [float(logs[place, id]) for place, id in enumerate(said)]
            if "end" in node.label:
                total.append(float(logs[len(said), next(iter(model.end_ids))]))
            assert node.value == pytest.approx(math.exp(-sum(total) / len(total)), rel=1e-3)
            assert node.log_probability == pytest.approx(sum(total), abs=1e-2)
            assert not any(ends_clause(model.tokenizer, id) for id in said[:-1])
            over = len(kept[: places.index(at)]) + len(said) == 24
            assert over or "end" in node.label or ends_clause(model.tokenizer, said[-1])


def test_counts_over_the_kept_text_are_those_of_the_braid(stories: Path) -> None:
    found = asked(stories, max_new_tokens=24)
    counts = tracks(found, "branched")["trials"].values
    starts = {node.at for node in nodes(found)[1:]}
    for at in starts:
        assert counts[at] == sum(node.at == at for node in nodes(found)[1:])
    assert set(np.flatnonzero(counts > 1).tolist()) == starts
    drawn = found.figures["cost"].value
    assert drawn is not None
    assert drawn > 1


def test_without_doubt_it_writes_what_is_drawn_anyway(stories: Path) -> None:
    """Nowhere undecided: one trial each, and at a low temperature the greedy text."""
    calm = asked(stories, low=19, high=20, max_new_tokens=20)
    assert len(nodes(calm)) == 1
    assert calm.figures["cost"].value == 1
    cold = asked(stories, temperature=1e-4, max_new_tokens=20)
    greedy = ask(stories, "surprisal", text=PROMPT, generate=Generate(max_new_tokens=20)).continuation
    assert ids(cold, "branched") == greedy.ids


def test_the_seed_reproduces(stories: Path) -> None:
    drawn = [
        ask(stories, call(KEY), text=PROMPT, seed=seed).result.model_dump(exclude={"provenance"}) for seed in (1, 1, 2)
    ]
    assert drawn[0]["strips"] == drawn[1]["strips"]
    assert drawn[0]["strips"] != drawn[2]["strips"]


def test_trials_may_be_short(stories: Path) -> None:
    found = asked(stories, trial_tokens=3)
    assert all(len(ids(found, node.strip, node.range)) <= 3 for node in nodes(found)[1:])


def test_an_encoder_decoder_is_continued_from_its_start(names: Path) -> None:
    found = ask(names, call(KEY, temperature=1.5), text="آتزمون").result
    assert [strip.id for strip in found.strips][:3] == ["input", "output", "branched"]
    assert nodes(found)


@pytest.mark.parametrize("name", ["stories260k", "babyllama105", "news-lm"])
def test_punctuation_is_known_by_the_token_s_text(data: Path, name: str) -> None:
    tokenizer = language(data / "models" / name).tokenizer
    inside = tokenizer.ids("it ended . he said , yes" if name == "news-lm" else "It ended. He said, yes")
    marks = [tokenizer.token_text(id) for id in inside if ends_clause(tokenizer, id)]
    assert [mark.strip()[-1] for mark in marks] == [".", ","]
    for id in tokenizer.special_ids:
        assert not ends_clause(tokenizer, id)


def test_limits_in_the_wrong_order_are_refused(stories: Path) -> None:
    problem = ask(stories, call(KEY, low=2.0), text=PROMPT).problems[0]
    assert problem.field == f"methods.{KEY}.low"
    assert "2.0 and 1.5" in problem.detail


def test_the_example_of_its_guide() -> None:
    example = worked("cautious_branching")
    low, high, most = (number(example, name) for name in ("low", "high", "most"))
    method = CautiousBranching(low=low, high=high, max_trials=int(most))
    assert method.trials(number(example, "entropy")) == as_shown(example.result)
