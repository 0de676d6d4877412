"""Phrases and their translations: German as it is, shares that add up, and a model that was trained on them."""

import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import T5ForConditionalGeneration

from workers.demo.recipes import translation as recipe
from workers.demo.world.german import Noun, cardinal, ordinal
from workers.demo.world.translation import TO_A_FRIEND, english_number, phrase

SEEDS = range(3000)


@pytest.mark.parametrize(
    ("number", "german", "english"),
    [
        (0, "null", "zero"),
        (1, "eins", "one"),
        (16, "sechzehn", "sixteen"),
        (17, "siebzehn", "seventeen"),
        (21, "einundzwanzig", "twenty-one"),
        (30, "dreißig", "thirty"),
        (76, "sechsundsiebzig", "seventy-six"),
        (101, "einhunderteins", "one hundred and one"),
        (999, "neunhundertneunundneunzig", "nine hundred and ninety-nine"),
        (1001, "eintausendeins", "one thousand and one"),
        (1200, "eintausendzweihundert", "one thousand two hundred"),
        (9014, "neuntausendvierzehn", "nine thousand and fourteen"),
    ],
)
def test_numbers(number: int, german: str, english: str) -> None:
    assert (cardinal(number), english_number(number)) == (german, english)


def test_ordinals() -> None:
    assert [ordinal(day) for day in (1, 3, 4, 7, 8, 16, 20, 27)] == [
        "erste", "dritte", "vierte", "siebte", "achte", "sechzehnte", "zwanzigste", "siebenundzwanzigste",
    ]  # fmt: skip


def test_articles_endings_and_contractions() -> None:
    key, cup, glass, attic = (
        Noun("Schlüssel", "m"),
        Noun("Tasse", "f"),
        Noun("Glas", "n"),
        Noun("Dachboden", "m", "auf"),
    )
    assert key.the("accusative", "rot") == "den roten Schlüssel"
    assert key.the("nominative", "rot") == "der rote Schlüssel"
    assert cup.the("dative", "grün") == "der grünen Tasse"
    assert cup.the("accusative", "rosa") == "die rosa Tasse"
    assert (glass.into(), glass.within(), key.within()) == ("ins Glas", "im Glas", "im Schlüssel")
    assert (attic.into(), attic.within()) == ("auf den Dachboden", "auf dem Dachboden")


def test_shares_add_up_and_most_phrases_have_one_translation() -> None:
    phrases = [phrase(seed) for seed in SEEDS]
    assert all(math.isclose(sum(one.targets.values()), 1.0) for one in phrases)
    assert 0.6 < sum(one.certain for one in phrases) / len(phrases) < 0.9
    you = next(one for one in phrases if one.source == "Are you in the kitchen?")
    assert you.targets == pytest.approx(
        {"Bist du in der Küche?": TO_A_FRIEND, "Sind Sie in der Küche?": 1 - TO_A_FRIEND}
    )
    pronoun = next(one for one in phrases if one.source.startswith("The pen is"))
    assert {text.split(". ")[1].split()[0] for text in pronoun.targets} == {"Er", "Sie"}


def test_draws_follow_the_shares() -> None:
    one = next(one for one in map(phrase, SEEDS) if one.source.startswith("Are you in the garden"))
    rng = random.Random(0)
    drawn = [one.draw(rng) for _ in range(2000)]
    assert drawn.count("Bist du im Garten?") / 2000 == pytest.approx(TO_A_FRIEND, abs=0.04)


def test_the_recipe_learns_stops_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(recipe, "BUILD", tmp_path / "build")
    monkeypatch.setattr(recipe, "TOKENIZER_PHRASES", 300)
    tiny = replace(recipe.DEMO_SEQ2SEQ, width=32, layers=1, hidden=32, heads=2, batch=4, steps=2)
    recipe.train_translation(tiny)
    state = recipe.train_translation(replace(tiny, steps=4))
    assert (state["step"], state["phrases"]) == (4, 16)
    model = T5ForConditionalGeneration.from_pretrained(tmp_path / "weights" / "demo-seq2seq")
    assert model.dtype == torch.float16
