"""Samples of one meaning have no semantic entropy; the figures are those of both published codes, written anew."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from tests.guides import as_shown, numbers, worked
from tests.jobs import Done, ask, call, passes, units_of
from tests.judges import NLI_LABELS, classifier, encoder
from workers.contract import Ability, BranchesPanel, GroupsPanel, Result
from workers.core.pair_scores import PairScores
from workers.methods.uncertainty.semantic_entropy import SemanticEntropy, _Meanings, loosely_same, strictly_same
from workers.models.judges import Pair

ENTAIL, CONTRADICT, NEUTRAL = 0, 1, 2
TEXT = "Once upon a time, there was a"


def judged(monkeypatch: pytest.MonkeyPatch, rule: Callable[[str, str], int]) -> list[Pair]:
    """Let this rule stand for a model of natural language inference; the pairs that it is asked."""
    seen: list[Pair] = []

    def by_rule(self: PairScores, key: str, pairs: Sequence[Pair]) -> Any:
        seen.extend(pairs)
        return np.eye(3, dtype=np.float32)[[rule(*pair) for pair in pairs]].reshape(-1, 3)

    monkeypatch.setattr(PairScores, "entailment", by_rule)
    monkeypatch.setattr(PairScores, "judges_by", lambda self, key: Ability.NLI)
    return seen


def meaning(data: Path, *further: Path, **params: Any) -> Done:
    """The method on stories260k."""
    asked = call("semantic_entropy", **{"samples": 6, "max_new_tokens": 5} | params)
    return ask(data / "models" / "stories260k", asked, text=TEXT, further=further)


def clusters(result: Result) -> list[int]:
    """The meaning of each sample, in the order in which they were drawn."""
    panel = next(panel for panel in result.panels if isinstance(panel, BranchesPanel))
    return [int(node.cluster or 0) for node in sorted(panel.nodes, key=lambda node: int(node.id.split("-")[1]))]


def texts(result: Result) -> list[str]:
    """The samples in the order in which they were drawn."""
    panel = next(panel for panel in result.panels if isinstance(panel, BranchesPanel))
    units = units_of(result, "samples")
    nodes = sorted(panel.nodes, key=lambda node: int(node.id.split("-")[1]))
    return ["".join(unit.text or "" for unit in units[slice(*(node.range or (0, 0)))]) for node in nodes]


def test_one_meaning_has_no_entropy(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: ENTAIL)
    found = meaning(data).result
    assert len(set(texts(found))) > 1
    assert found.figures["semantic_entropy"].value == pytest.approx(0, abs=1e-9)
    assert found.figures["discrete_entropy"].value == 0
    assert found.figures["meanings"].value == 1
    assert set(clusters(found)) == {1}


def test_as_many_meanings_as_samples_have_the_entropy_of_their_number(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(monkeypatch, lambda one, two: CONTRADICT)
    found = meaning(data, temperature=3.0).result
    assert len(set(texts(found))) == 6
    assert found.figures["discrete_entropy"].value == pytest.approx(math.log(6))
    assert found.figures["meanings"].value == 6
    groups = next(panel for panel in found.panels if isinstance(panel, GroupsPanel)).groups
    values = [group.value or 0.0 for group in groups]
    assert sum(values) == pytest.approx(1)
    assert values == sorted(values, reverse=True)
    assert found.figures["semantic_entropy"].value == pytest.approx(-sum(p * math.log(p) for p in values), rel=1e-6)


def test_a_sample_is_compared_with_the_first_of_each_meaning(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: NEUTRAL)
    drawn = texts(meaning(data, temperature=3.0).result)
    order = {text.strip(): index for index, text in enumerate(drawn)}
    near = judged(monkeypatch, lambda one, two: ENTAIL if abs(order[one] - order[two]) <= 1 else NEUTRAL)
    assert clusters(meaning(data, temperature=3.0).result) == [1, 1, 2, 2, 3, 3]
    assert len(near) == 2 * (1 + 1 + 2 + 2 + 3)


@pytest.mark.parametrize(
    ("forth", "back", "strict", "loose"),
    [
        (ENTAIL, ENTAIL, True, True),
        (ENTAIL, NEUTRAL, False, True),
        (NEUTRAL, ENTAIL, False, True),
        (NEUTRAL, NEUTRAL, False, False),
        (ENTAIL, CONTRADICT, False, False),
        (CONTRADICT, NEUTRAL, False, False),
    ],
)
def test_strict_and_loose(forth: int, back: int, strict: bool, loose: bool) -> None:
    assert strictly_same(forth, back) is strict
    assert loosely_same(forth, back) is loose


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_the_published_codes(seed: int) -> None:
    """Nature's: exp of normalised log-likelihoods summed per cluster; lm-polygraph's: mean of −ln of the sums."""
    draw = np.random.default_rng(seed)
    ids = np.unique(draw.integers(0, 4, 10), return_inverse=True)[1]
    logs = -draw.gamma(2, 3, 10)
    found = _Meanings(ids, logs)
    weights = np.exp(logs) / np.exp(logs).sum()
    per = [sum(weight for weight, one in zip(weights, ids, strict=True) if one == id) for id in sorted(set(ids))]
    assert found.rao() == pytest.approx(-sum(p * math.log(p) for p in per))
    sums = {id: sum(math.exp(log) for log, one in zip(logs, ids, strict=True) if one == id) for id in set(ids)}
    assert found.monte_carlo() == pytest.approx(sum(-math.log(sums[id]) for id in ids) / 10)
    counts = [list(ids).count(id) / 10 for id in sorted(set(ids))]
    assert found.discrete() == pytest.approx(-sum(p * math.log(p) for p in counts))


@pytest.mark.parametrize("variant", ["nature", "lm_polygraph"])
def test_likelihoods_are_means_or_sums_with_the_end(data: Path, monkeypatch: pytest.MonkeyPatch, variant: str) -> None:
    judged(monkeypatch, lambda one, two: NEUTRAL)
    found = meaning(data, variant=variant, max_new_tokens=20).result
    drawn = passes(data / "models" / "stories260k", text=TEXT).text.samples(
        6, SemanticEntropy(samples=6, max_new_tokens=20, variant=variant).settings(0)
    )
    assert [one.text for one in drawn] == texts(found)
    panel = next(panel for panel in found.panels if isinstance(panel, BranchesPanel))
    sums = np.array([float(sample.log_probabilities.astype(float).sum()) for sample in drawn])
    ends = np.array([sample.end_log_probability or 0.0 for sample in drawn])
    logs = sums / [len(sample.ids) for sample in drawn] if variant == "nature" else sums + ends
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    groups = clusters(found)
    for node in panel.nodes:
        index = int(node.id.split("-")[1]) - 1
        assert node.log_probability == pytest.approx(sums[index], rel=1e-5)
        share = sum(weight for weight, one in zip(weights, groups, strict=True) if one == node.cluster)
        assert node.value == pytest.approx(share, rel=1e-4)
    assert f"Variant: {variant}" in found.provenance.caveat


def test_a_real_classifier_sorts_as_a_plain_loop_does(data: Path, tmp_path: Path) -> None:
    judge = classifier(tmp_path / "nli", seed=3)
    found = meaning(data, judge, judge="nli", equivalence="loose", temperature=2.0).result
    network: Any = AutoModelForSequenceClassification.from_pretrained(judge)
    tokenizer = AutoTokenizer.from_pretrained(judge)

    def say(one: str, two: str) -> str:
        with torch.no_grad():
            return NLI_LABELS[int(network(**tokenizer([one], [two], return_tensors="pt")).logits[0].argmax())]

    firsts: list[str] = []
    expected = []
    for text in (text.strip() for text in texts(found)):
        for index, first in enumerate(firsts):
            both = [say(first, text), say(text, first)]
            if text == first or ("contradiction" not in both and both != ["neutral", "neutral"]):
                expected.append(index + 1)
                break
        else:
            firsts.append(text)
            expected.append(len(firsts))
    assert clusters(found) == expected
    assert [use.role for use in found.provenance.models] == ["main", "judge"]


@pytest.mark.parametrize(("threshold", "count"), [(0.0, 1), (1.0, None)])
def test_similarity_may_judge_too(data: Path, tmp_path: Path, threshold: float, count: int | None) -> None:
    judge = encoder(tmp_path / "vectors")
    found = meaning(data, judge, judge="vectors", threshold=threshold, temperature=3.0).result
    assert found.figures["meanings"].value == (count or len({text.strip() for text in texts(found)}))
    assert f"similarity ≥ {threshold:g}" in found.provenance.caveat


def test_the_prompt_is_read_only_where_it_is_wanted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = judged(monkeypatch, lambda one, two: NEUTRAL)
    meaning(data).result  # noqa: B018
    assert not any(TEXT in one for one, _ in seen)
    seen.clear()
    meaning(data, with_prompt=True).result  # noqa: B018
    assert all(one.startswith(TEXT) and two.startswith(TEXT) for one, two in seen)


@pytest.mark.parametrize(("until", "ended"), [("sentence", True), ("end", False)])
def test_a_sample_ends_with_its_first_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch, until: str, ended: bool
) -> None:
    judged(monkeypatch, lambda one, two: NEUTRAL)
    drawn = texts(meaning(data, until=until, max_new_tokens=60).result)
    assert all(sum(text.count(mark) for mark in ".!?") <= 1 for text in drawn) is ended
    assert any(text.rstrip()[-1:] in {".", "!", "?"} for text in drawn) or not ended


def test_the_example_of_its_guide() -> None:
    example = worked("semantic_entropy")
    groups = np.array(numbers(example, "group"), np.int64)
    found = _Meanings(groups, np.zeros(len(groups)))
    assert found.probabilities().tolist() == [as_shown(step.gives) for step in example.steps[:2]]
    assert found.rao() == as_shown(example.result)
