"""tokenSAR has closed forms at the ends, and in between a plain loop over deleted tokens gives the same numbers."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, Done, ask, call, passes, tracks, units_of, values
from tests.judges import encoder
from tests.scripted import MODEL, probabilities, scored
from workers.contract import Generate, Result
from workers.core.pair_scores import PairScores
from workers.methods.uncertainty.relevance_weighted import sentence_sar
from workers.models.judges import Pair

TEXT = "One day, a cat"


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A sentence encoder."""
    return encoder(tmp_path / "vectors")


def weighted(data: Path, judge: Path | None = None, text: str = TEXT, **params: Any) -> Done:
    """The method on stories260k after eight tokens of continuation."""
    generate = params.pop("generate", Generate(max_new_tokens=8))
    asked = call("relevance_weighted", **({"similarity": judge.name} if judge else {}), **params)
    model = data / "models" / "stories260k"
    return ask(model, asked, text=text, generate=generate, further=[judge] if judge else [])


def judged(monkeypatch: pytest.MonkeyPatch, similarity: Any) -> None:
    """Let this rule of a pair stand for the similarity model."""

    def by_rule(self: PairScores, key: str, pairs: Sequence[Pair]) -> Any:
        return np.array([similarity(*pair) for pair in pairs], np.float32)

    monkeypatch.setattr(PairScores, "similarity", by_rule)


def said(result: Result, track: str) -> Any:
    """The values of the generated tokens."""
    inside = [unit.segment == "generated" and unit.kind == "token" for unit in units_of(result)]
    return values(result, track, "main")[inside].astype(float)


def test_equal_relevance_gives_the_mean_surprisal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda whole, rest: 0.25)
    found = weighted(data).result
    assert found.figures["token_sar"].value == pytest.approx(found.figures["mean_nll"].value, rel=1e-6)
    np.testing.assert_allclose(said(found, "relevance"), 0.75)
    np.testing.assert_allclose(said(found, "token_sar"), said(found, "surprisal") / 8, rtol=1e-5)


def test_one_relevant_token_gives_its_surprisal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = weighted(data, generate=Generate(max_new_tokens=8))
    text = first.continuation.text
    units = [unit for unit in units_of(first.result) if unit.segment == "generated"]
    start, offset = (units[3].byte_start or 0), (units[0].byte_start or 0)
    without = (text.encode()[: start - offset] + text.encode()[(units[3].byte_end or 0) - offset :]).decode()
    judged(monkeypatch, lambda whole, rest: 0.3 if rest.endswith(without) else 1.0)
    found = weighted(data).result
    assert (said(found, "relevance") > 0.5).sum() == 1
    assert found.figures["token_sar"].value == pytest.approx(float(said(found, "surprisal")[3]), rel=1e-5)


def test_no_relevance_at_all_has_no_value(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda whole, rest: 1.0)
    found = weighted(data).result
    assert found.figures["token_sar"].value is None
    assert np.isnan(said(found, "token_sar")).all()


def test_agrees_with_a_plain_loop_over_deleted_tokens(data: Path, vectors: Path) -> None:
    """tokenSAR as lm-polygraph computes it, from transformers alone: delete one token id, decode, compare."""
    done = weighted(data, vectors)
    folder = data / "models" / "stories260k"
    units = [unit for unit in units_of(done.result) if unit.id is not None]
    ids = [unit.id or 0 for unit in units]
    answer = done.continuation.ids
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        logs = network(input_ids=torch.tensor([ids])).logits[0].double().log_softmax(-1)
    start = len(ids) - len(answer)
    surprisal = np.array([-float(logs[start + place - 1, id]) for place, id in enumerate(answer)])
    whole = f"{TEXT} {done.continuation.text}"
    pieces = [unit.text or "" for unit in units[start:]]
    rests = [f"{TEXT} {''.join(pieces[:place] + pieces[place + 1 :])}" for place in range(len(pieces))]
    relevance = np.array([1 - cosine(vectors, whole, rest) for rest in rests])
    np.testing.assert_allclose(said(done.result, "relevance"), relevance, atol=1e-5)
    expected = surprisal * relevance / relevance.sum()
    np.testing.assert_allclose(said(done.result, "token_sar"), expected, atol=1e-4)
    assert done.result.figures["token_sar"].value == pytest.approx(expected.sum(), rel=1e-4)


def cosine(folder: Path, one: str, two: str) -> float:
    """The clipped cosine of two mean-pooled texts of one text each."""
    network: Any = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    vectors = []
    for text in (one, two):
        given = tokenizer(text, truncation=True, max_length=60, return_tensors="pt")
        with torch.no_grad():
            vectors.append(network(**given).last_hidden_state[0].mean(0))
    return max(0.0, float(torch.nn.functional.cosine_similarity(vectors[0], vectors[1], dim=0)))


def test_the_authors_delete_every_occurrence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Pair] = []

    def similarity(whole: str, rest: str) -> float:
        asked.append((whole, rest))
        return 0.5

    judged(monkeypatch, similarity)
    weighted(data, text="A big dog and a big cat", generate=None, variant="authors").result  # noqa: B018
    assert ("A big dog and a big cat", "A  dog and a  cat") in asked
    asked.clear()
    weighted(data, text="A big dog and a big cat", generate=None).result  # noqa: B018
    assert ("A big dog and a big cat", "A dog and a big cat") in asked
    assert all(rest != "A  dog and a  cat" for _, rest in asked)


def test_one_sample_alone_is_its_surprisal() -> None:
    assert sentence_sar(np.array([-3.25]), np.ones((1, 1))) == pytest.approx(3.25)
    assert sentence_sar(np.array([-5000.0]), np.ones((1, 1))) == pytest.approx(5000)


def test_sentence_sar_of_two_samples_by_hand() -> None:
    p, similar = np.array([0.2, 0.05]), np.array([[1.0, 0.5], [0.25, 1.0]])
    by_hand = (-math.log(0.2 + 0.5 * 0.05 / 0.001) - math.log(0.05 + 0.25 * 0.2 / 0.001)) / 2
    assert sentence_sar(np.log(p), similar) == pytest.approx(by_hand, rel=1e-9)


def test_samples_that_resemble_nothing_keep_their_surprisal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, lambda one, two: 0.0)
    found = weighted(data, samples=3, max_new_tokens=6).result  # too short for an end
    strips = [strip.id for strip in found.strips if strip.role == "sample"]
    assert strips == ["sample-1", "sample-2", "sample-3"]
    nll = [np.nansum(tracks(found, strip)["surprisal"].values) for strip in strips]
    sar = [np.nansum(tracks(found, strip)["token_sar"].values) for strip in strips]
    assert found.figures["sentence_sar"].value == pytest.approx(np.mean(nll), rel=1e-5)
    assert found.figures["sar"].value == pytest.approx(np.mean(sar), rel=1e-5)


@pytest.mark.parametrize("variant", ["lm_polygraph", "authors"])
def test_the_end_of_a_sample_counts_as_in_each_code(data: Path, monkeypatch: pytest.MonkeyPatch, variant: str) -> None:
    judged(monkeypatch, lambda one, two: 0.0)
    model, text = data / "models" / "arabic-transliteration", SENTENCES["arabic-transliteration"]
    params = {"variant": variant, "samples": 4, "max_new_tokens": 40, "temperature": 1.2}
    found = ask(model, call("relevance_weighted", **params), text=text).result
    settings = Generate(max_new_tokens=40, do_sample=True, temperature=1.2)
    drawn = passes(model, text=text).text.samples(4, settings)
    assert any(one.end_log_probability for one in drawn)
    ends = [one.end_log_probability or 0.0 if variant == "lm_polygraph" else 0.0 for one in drawn]
    nll = [-float(one.log_probabilities.sum()) - end for end, one in zip(ends, drawn, strict=True)]
    assert found.figures["sentence_sar"].value == pytest.approx(np.mean(nll), rel=1e-5)


def test_a_text_by_itself_is_weighed_as_a_whole(data: Path, vectors: Path) -> None:
    found = weighted(data, vectors, text=SENTENCES["stories260k"], generate=None).result
    sar, surprisal = values(found, "token_sar"), values(found, "surprisal")
    units = units_of(found)
    known = [index for index, unit in enumerate(units) if unit.kind == "token" and not unit.special]
    assert not np.isnan(sar[known]).any()
    assert np.nansum(sar) <= np.nanmax(surprisal)
    assert [use.role for use in found.provenance.models] == ["main", "similarity"]
    assert "Variant: lm_polygraph." in found.provenance.caveat


def test_a_text_of_too_many_tokens_is_refused(data: Path, vectors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.methods.uncertainty.relevance_weighted._MOST_TOKENS", 4)
    problem = weighted(data, vectors).problems[0]
    assert problem.status == 422
    assert (problem.limit, problem.value) == (4, 8)


def test_the_example_of_its_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    example = worked("relevance_weighted")
    probabilities(monkeypatch, *np.exp(-np.array(numbers(example, "surprisal"))))
    similar = iter([1 - one for one in numbers(example, "relevance")])
    judged(monkeypatch, lambda one, other: next(similar))
    found = ask(MODEL, "relevance_weighted", text="the red ball").result
    shares = [step.gives for step in example.steps[1:4]]
    assert scored(found, "token_sar")[1].tolist() == pytest.approx(shares, abs=1e-3)
    assert found.figures["token_sar"].value == as_shown(example.result)
