"""CCP has an oracle in numbers, and a plain loop over pairs of texts gives what the method gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

from tests.guides import as_shown, number, worked
from tests.jobs import Done, ask, call, passes, units_of, values
from tests.judges import NLI_LABELS, classifier
from workers.contract import AlternativesPanel, Generate, Group, GroupsPanel, Result
from workers.core.pair_scores import PairScores
from workers.core.statistics import TokenLogProbability, Top
from workers.methods.uncertainty.claim_conditioned import ClaimConditioned, _Position, combined, product
from workers.models.judges import Pair

ENTAIL, CONTRADICT, NEUTRAL = 0, 1, 2
TEXT = "Lily saw a cat. She did not like the big dog!"


def test_the_papers_numbers() -> None:
    position = _Position(0, None, "a", 0.6, [("b", 0.2), ("c", 0.1), ("d", 0.1)])
    same, otherwise, other = position.masses([ENTAIL, CONTRADICT, NEUTRAL])
    assert same / (same + otherwise) == pytest.approx(0.8 / 0.9)
    assert other == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("forth", "back", "expected"),
    [
        (ENTAIL, ENTAIL, ENTAIL),
        (CONTRADICT, CONTRADICT, CONTRADICT),
        (NEUTRAL, NEUTRAL, NEUTRAL),
        (ENTAIL, NEUTRAL, ENTAIL),
        (NEUTRAL, ENTAIL, ENTAIL),
        (CONTRADICT, NEUTRAL, CONTRADICT),
        (NEUTRAL, CONTRADICT, CONTRADICT),
        (ENTAIL, CONTRADICT, NEUTRAL),
        (CONTRADICT, ENTAIL, NEUTRAL),
    ],
)
def test_both_directions_make_one_class(forth: int, back: int, expected: int) -> None:
    assert combined(forth, back) == expected


def test_a_product_of_many_small_numbers_does_not_vanish_into_nothing() -> None:
    assert product(np.array([0.5, np.nan, 0.5])) == pytest.approx(0.25)
    assert product(np.array([np.nan])) is None


def judged(monkeypatch: pytest.MonkeyPatch, rule: Callable[[str, str], int]) -> list[Pair]:
    """Let this rule of a pair stand for the NLI model; the pairs that it is asked."""
    seen: list[Pair] = []

    def by_rule(self: PairScores, key: str, pairs: Sequence[Pair]) -> Any:
        seen.extend(pairs)
        return np.eye(3, dtype=np.float32)[[rule(*pair) for pair in pairs]].reshape(-1, 3)

    monkeypatch.setattr(PairScores, "entailment", by_rule)
    return seen


def conditioned(data: Path, *further: Path, text: str = TEXT, generate: Generate | None = None, **params: Any) -> Done:
    """The method on stories260k."""
    asked = call("claim_conditioned", **params)
    return ask(data / "models" / "stories260k", asked, text=text, generate=generate, further=further)


def claims(result: Result) -> list[Group]:
    """The claims."""
    return next(panel.groups for panel in result.panels if isinstance(panel, GroupsPanel))


def test_when_all_say_the_same_nothing_is_uncertain(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: ENTAIL)
    found = conditioned(data).result
    ccp = values(found, "ccp")
    np.testing.assert_allclose(ccp[~np.isnan(ccp)], 1)
    assert found.figures["ccp"].value == pytest.approx(1)
    assert [claim.value for claim in claims(found)] == pytest.approx([1, 1])


def test_when_all_contradict_it_is_the_share_of_the_token(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: CONTRADICT)
    found = conditioned(data, stop_words="count", alternatives=5).result
    network: Any = AutoModelForCausalLM.from_pretrained(data / "models" / "stories260k")
    ids = [unit.id for unit in units_of(found)]
    with torch.no_grad():
        p = network(input_ids=torch.tensor([ids])).logits[0].double().softmax(-1)
    for place in range(1, len(ids)):
        own = float(p[place - 1, ids[place]])
        rest = [float(p[place - 1, id]) for id in p[place - 1].topk(5).indices if id != ids[place]][:4]
        assert values(found, "ccp")[place] == pytest.approx(own / (own + sum(rest)), abs=1e-4)


def test_function_words_and_signs_carry_no_claim(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: NEUTRAL)
    skipping = conditioned(data).result
    silent = {
        (unit.text or "").strip().lower()
        for unit, value in zip(units_of(skipping), values(skipping, "ccp"), strict=True)
        if np.isnan(value)
    }
    assert {"a", "the", ".", "!"} <= silent
    assert not {"not", "cat", "dog"} & silent
    counting = conditioned(data, stop_words="count").result
    assert np.isnan(values(counting, "ccp")).sum() == 1  # only the BOS token


def test_claims_are_sentences_or_what_is_marked(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: CONTRADICT)
    found = conditioned(data).result
    assert [claim.label for claim in claims(found)] == ["Lily saw a cat.", "She did not like the big dog!"]
    ccp = values(found, "ccp").astype(float)
    for claim in claims(found):
        (span,) = claim.ranges
        inside = ccp[slice(*span)]
        assert claim.value == pytest.approx(np.nanprod(inside), rel=1e-4)
        assert sum(share.value for share in claim.shares) == pytest.approx(1)
    start, stop = claims(found)[1].ranges[0]
    marked = conditioned(data, spans=[[start, stop]]).result
    assert [claim.label for claim in claims(marked)] == ["She did not like the big dog!"]
    assert np.isnan(values(marked, "ccp")[:start]).all()


@pytest.mark.parametrize("spans", [[[3, 999]], [[2, 5], [4, 6]], [[4, 4]]])
def test_spans_that_make_no_sense_are_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch, spans: list[list[int]]
) -> None:
    judged(monkeypatch, lambda one, two: NEUTRAL)
    problem = conditioned(data, spans=spans).problems[0]
    assert problem.status == 422
    assert problem.type == "/problems/span-invalid"


def test_the_judge_reads_the_claim_so_far_or_the_tokens_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = judged(monkeypatch, lambda one, two: NEUTRAL)
    conditioned(data).result  # noqa: B018
    assert any(one == "Lily saw a cat" and two.startswith("Lily saw a ") for one, two in seen)
    assert all(not one.startswith("Lily saw a cat. She") for one, _ in seen)
    seen.clear()
    conditioned(data, context="no_context").result  # noqa: B018
    assert all(" " not in one for one, _ in seen)
    assert all(text == text.strip(" .!") for pair in seen for text in pair)


def test_agrees_with_a_plain_loop_over_pairs(data: Path, tmp_path: Path) -> None:
    """As lm-polygraph computes it without context, from transformers alone, with a real classifier."""
    judge = classifier(tmp_path / "nli")
    found = conditioned(data, judge, nli="nli", context="no_context", stop_words="count", alternatives=4).result
    folder = data / "models" / "stories260k"
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    units = units_of(found)
    with torch.no_grad():
        p = network(input_ids=torch.tensor([[unit.id for unit in units]])).logits[0].double().softmax(-1)
    panel = next(panel for panel in found.panels if isinstance(panel, AlternativesPanel))
    pieces = {candidate.id: candidate.text for candidate in panel.candidates}
    say = verdicts(judge)
    for place in range(1, len(units)):
        own = stripped(units[place].text or "")
        same, otherwise = float(p[place - 1, units[place].id]), 0.0
        others = [int(id) for id in p[place - 1].topk(4).indices if id != units[place].id and id > 2][:3]
        for id in others:
            other = stripped(pieces[id])
            kinds = {say(own, other), say(other, own)}
            same += float(p[place - 1, id]) if kinds in ({"entailment"}, {"entailment", "neutral"}) else 0.0
            otherwise += float(p[place - 1, id]) if kinds in ({"contradiction"}, {"contradiction", "neutral"}) else 0.0
        assert values(found, "ccp")[place] == pytest.approx(same / (same + otherwise), abs=1e-4), units[place].text


def stripped(text: str) -> str:
    """Without spaces and punctuation at its ends."""
    return text.strip(" \n\t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def verdicts(folder: Path) -> Callable[[str, str], str]:
    """The most probable class of a pair, by transformers itself."""
    network: Any = AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)

    def say(one: str, two: str) -> str:
        with torch.no_grad():
            return NLI_LABELS[int(network(**tokenizer([one], [two], return_tensors="pt")).logits[0].argmax())]

    return say


def test_each_pair_is_judged_once(data: Path, tmp_path: Path) -> None:
    method = ClaimConditioned(nli="nli")
    house = passes(
        data / "models" / "stories260k",
        [TokenLogProbability(), Top(10)],
        text="A dog. A dog.",
        further=[classifier(tmp_path / "nli")],
    )
    method.run(house)
    first = house.counts["pairs"]
    assert first > 0
    method.run(house)
    assert house.counts["pairs"] == first
    assert house.counts["forward"] == 1


def test_only_what_the_model_said_is_claimed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: ENTAIL)
    found = conditioned(data, generate=Generate(max_new_tokens=12)).result
    units = units_of(found)
    for claim in claims(found):
        assert all(unit.segment == "generated" for unit in units[slice(*claim.ranges[0])])
    assert "Variant: fact_pref, stop words: skip." in found.provenance.caveat


def test_without_the_judge_it_says_what_to_add(data: Path) -> None:
    problem = conditioned(data).problems[0]
    assert problem.type == "/problems/named-model-missing"
    assert "cross-encoder/nli-deberta-v3-base" in problem.detail


def test_the_example_of_its_guide() -> None:
    example = worked("claim_conditioned")
    token, *others = (number(example, name) for name in ("token", "same", "otherwise", "else"))
    position = _Position(0, None, "Paris", token, [("other", one) for one in others])
    same, otherwise, _ = position.masses([ENTAIL, CONTRADICT, NEUTRAL])
    assert same == as_shown(example.steps[0].gives)
    assert same / (same + otherwise) == as_shown(example.result)
