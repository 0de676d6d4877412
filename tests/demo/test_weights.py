"""The shipped weights reach what their cards say, the cards say all, and together they stay small."""

import json

import pytest
import torch

from workers.demo.cards import GOALS, falls_short, load_card
from workers.demo.making import load_language, load_translation, load_vision
from workers.demo.paths import WEIGHTS
from workers.demo.truth import (
    scene_scores,
    spelled_story_scores,
    story_scores,
    translation_logs,
    translation_scores,
)
from workers.demo.world import LABELS, read_story
from workers.demo.world.translation import phrase

MODELS = ("demo-lm", "demo-lm-small", "demo-bytes", "demo-seq2seq", "demo-vit")
READERS = ("demo-lm", "demo-lm-small", "demo-bytes")
SAMPLE = range(200)


def test_all_weights_together_stay_under_forty_megabytes() -> None:
    sizes = [path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()]
    assert sum(sizes) <= 40e6
    assert not [path for path in WEIGHTS.rglob("*") if path.suffix in (".bin", ".pt", ".pkl", ".pth")]


@pytest.mark.parametrize("name", MODELS)
def test_cards_are_complete(name: str) -> None:
    card = load_card(name)
    for key in (
        "name",
        "title",
        "architecture",
        "parameters",
        "data",
        "licence",
        "recipe",
        "seed",
        "training",
        "scores",
    ):
        assert card[key], key
    readme = (WEIGHTS / name / "README.md").read_text(encoding="utf-8")
    assert all(line in readme for line in card["short"])
    assert card["short"] == falls_short(name, card["scores"])
    assert all(goal.score in card["scores"] for goal in GOALS.get(name, ()))
    if name in READERS:
        assert len(card["prose"]) > 100
        training = card["training"]
        share = 0.27 if name == "demo-bytes" else 0.25
        assert training["prose_tokens"] <= share * (training["prose_tokens"] + training["story_tokens"])


@pytest.mark.parametrize("name", ["demo-lm", "demo-lm-small"])
def test_language_models_reach_their_cards(name: str) -> None:
    model, tokenizer = load_language(name)
    card = load_card(name)
    assert model.num_parameters() == card["parameters"]
    measured, told = story_scores(model, tokenizer, SAMPLE), card["scores"]
    for key in ("one_hop_short", "two_hop_short"):
        assert measured[key] == pytest.approx(told[key], abs=0.06)
    for key in ("kl_free", "kl_story", "impossible"):
        assert measured[key] == pytest.approx(told[key], rel=0.4, abs=0.01)


def test_the_small_model_is_at_most_a_quarter_and_clearly_worse() -> None:
    large, small = load_card("demo-lm"), load_card("demo-lm-small")
    assert small["parameters"] <= large["parameters"] / 4
    assert small["scores"]["counting_short"] < large["scores"]["counting_short"] - 0.2
    assert small["scores"]["kl_story"] > 2 * large["scores"]["kl_story"]
    assert small["scores"]["prose_bits_per_byte"] > large["scores"]["prose_bits_per_byte"] + 0.2


def test_the_vision_model_reaches_its_card() -> None:
    model, card = load_vision(), load_card("demo-vit")
    assert model.config.id2label == dict(enumerate(LABELS))
    assert scene_scores(model, SAMPLE)["accuracy"] == pytest.approx(card["scores"]["accuracy"], abs=0.03)


def test_the_model_of_bytes_reaches_its_card() -> None:
    model, tokenizer = load_language("demo-bytes")
    card = load_card("demo-bytes")
    assert len(tokenizer) == 256 + 3
    measured, told = spelled_story_scores(model, tokenizer, SAMPLE), card["scores"]
    assert measured["two_hop_short"] == pytest.approx(told["two_hop_short"], abs=0.1)
    assert measured["kl_free"] == pytest.approx(told["kl_free"], rel=0.4, abs=0.05)


def test_the_translator_reaches_its_card_and_knows_how_sure_to_be() -> None:
    model, tokenizer = load_translation()
    card = load_card("demo-seq2seq")
    measured, told = translation_scores(model, tokenizer, SAMPLE), card["scores"]
    assert told["exact"] >= 0.95
    assert measured["exact"] == pytest.approx(told["exact"], abs=0.03)
    assert measured["kl_ambiguous"] == pytest.approx(told["kl_ambiguous"], abs=0.1)
    you = next(one for one in map(phrase, range(1000)) if one.source == "Are you in the kitchen?")
    with torch.no_grad():
        chances = translation_logs(model, tokenizer, you).exp()
    assert chances.tolist() == pytest.approx(list(you.targets.values()), abs=0.15)


def test_samples_are_answered_rightly() -> None:
    model, tokenizer = load_language("demo-lm")
    samples = json.loads((WEIGHTS.parent / "samples.json").read_text(encoding="utf-8"))
    asked = [sample for sample in samples if "answer" in sample["truth"]]
    assert len(asked) >= 5
    for sample in asked:
        ids = torch.tensor([tokenizer.encode(sample["text"])])
        with torch.no_grad():
            answer = str(tokenizer.decode([int(model(input_ids=ids).logits[0, -1].argmax())]))
        assert answer.strip() == sample["truth"]["answer"] == read_story(sample["text"]).questions[-1].answer
