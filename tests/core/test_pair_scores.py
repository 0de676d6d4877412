"""Pairs are asked in batches, each once, and what a judge could not read to its end is said."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.jobs import MODELS, passes
from tests.judges import classifier, encoder
from workers.contract import Ability, AnalysisRequest, ModelSpec, Refusal
from workers.core.passes import Passes
from workers.models.judges import PairClassifier

PAIRS = [(f"a cat number {index}", "a dog" + " ran" * (index % 7)) for index in range(70)]


@pytest.fixture
def house(tmp_path: Path) -> Passes:
    """Passes of a job without a model, in whose house two judges and an encoder are allowed."""
    folders = {
        "nli": classifier(tmp_path / "nli"),
        "sts": classifier(tmp_path / "sts", ("score",)),
        "vectors": encoder(tmp_path / "vectors"),
        "hub": "owner/nothing",
    }
    specs: dict[str, Any] = {key: ModelSpec(location=str(folder)) for key, folder in folders.items()}
    told: list[Any] = []
    request = AnalysisRequest(model=None, specs=specs, sources=[], methods=[])
    return Passes(request, MODELS, (), lambda message, fraction: told.append((message, fraction)))


def test_scores_are_those_of_single_pairs_in_the_order_asked(house: Passes) -> None:
    found = house.pair_scores.entailment("nli", PAIRS)
    judge = house.named("nli", "nli")
    assert isinstance(judge, PairClassifier)
    single = np.concatenate([judge.entailment([pair]).values.numpy() for pair in PAIRS])
    np.testing.assert_allclose(found, single, atol=1e-5)
    np.testing.assert_allclose(found.sum(-1), 1, atol=1e-5)


def test_each_pair_is_asked_once(house: Passes) -> None:
    first = house.pair_scores.similarity("sts", [*PAIRS, *PAIRS])
    assert house.counts["pairs"] == len(PAIRS)
    assert house.counts["pair_scores"] == 3
    again = house.pair_scores.similarity("sts", [PAIRS[3], ("new", "pair")])
    assert house.counts["pairs"] == len(PAIRS) + 1
    assert again[0] == first[3] == first[73]


def test_an_encoder_reads_each_sentence_once(house: Passes) -> None:
    found = house.pair_scores.similarity("vectors", [("a cat", "a dog"), ("a dog", "a cat"), ("a cat", "a cat")])
    assert house.counts["sentences"] == 2
    assert found[0] == found[1]
    assert found[2] == pytest.approx(1, abs=1e-6)
    assert found.min() >= 0
    assert found.max() <= 1


def test_what_was_cut_is_said(house: Passes) -> None:
    assert house.pair_scores.caveat("nli") == ""
    house.pair_scores.entailment("nli", [("a " * 99, "b"), ("a", "b")])
    cut = "1 of the texts were longer than the judge reads: their beginnings were cut."
    assert house.pair_scores.caveat("nli") == cut
    assert house.pair_scores.caveat("sts") == ""


def test_no_pairs_need_no_judge_to_be_asked(house: Passes) -> None:
    assert house.pair_scores.entailment("nli", []).shape == (0, 3)
    assert house.pair_scores.similarity("vectors", []).shape == (0,)
    assert house.counts["pair_scores"] == 0


@pytest.mark.parametrize("key", ["sts", "vectors"])
def test_a_model_of_similarity_judges_no_entailment(house: Passes, key: str) -> None:
    with pytest.raises(Refusal, match="natural language inference"):
        house.pair_scores.entailment(key, PAIRS)
    with pytest.raises(Refusal, match="no model of similarity"):
        house.pair_scores.similarity("nli", PAIRS)
    assert house.pair_scores.judges_by(key) is Ability.SIMILARITY
    assert house.pair_scores.judges_by("nli") is Ability.NLI


@pytest.mark.parametrize("key", ["hub", "nobody"])
def test_a_judge_that_is_not_here_says_what_to_add(house: Passes, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        house.pair_scores.entailment(key, PAIRS)
    assert refused.value.id == "named-model-missing"
    assert f"“{key}”" in refused.value.detail
    assert "cross-encoder/nli-deberta-v3-base" in refused.value.detail


def test_a_language_model_judges_nothing() -> None:
    house = passes("demo-lm", text="A ball.")
    with pytest.raises(Refusal, match="judges neither"):
        house.pair_scores.judges_by("demo-lm")
