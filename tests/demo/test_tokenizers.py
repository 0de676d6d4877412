"""The tokenizers that come along: words of stories are one token, bytes come back, every one loads by itself."""

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from workers.demo.paths import WEIGHTS
from workers.demo.world import END, MARKER, VOCABULARY, story

TEXTS = [
    "Story: Mia put the red ball in the box.",
    "  two  spaces\tand\nlines \n\n",
    "naïve café Überfüllung 春天来了 العربية हिन्दी",
    "👨‍👩‍👧‍👦 👋🏽 🇩🇪 Z\u0351\u036b\u0343 e\u0301",
    "".join(map(chr, range(1, 256))),
]


@pytest.fixture(scope="module", params=["demo-lm", "demo-lm-small"])
def bpe(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS / request.param)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return tokenizer


def test_every_word_of_a_story_is_one_token(bpe: PreTrainedTokenizerFast) -> None:
    assert len(bpe) == 2048
    assert {word: len(bpe.encode(word, add_special_tokens=False)) for word in VOCABULARY} == dict.fromkeys(
        VOCABULARY, 1
    )


def test_a_story_is_cut_at_its_words(bpe: PreTrainedTokenizerFast) -> None:
    opening = bpe.encode(MARKER, add_special_tokens=False)
    for seed in range(50):
        drawn = story(seed)
        expected = [bpe.encode(word, add_special_tokens=False)[0] for word in drawn.words[:-1]]
        assert bpe.encode(drawn.text) == [bpe.bos_token_id, *opening, *expected]


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_come_back(bpe: PreTrainedTokenizerFast, text: str) -> None:
    ids = bpe.encode(text)
    assert ids[0] == bpe.bos_token_id
    assert bpe.decode(ids[1:]) == text


def test_special_tokens(bpe: PreTrainedTokenizerFast) -> None:
    assert (bpe.pad_token, bpe.bos_token, bpe.eos_token) == ("<pad>", "<s>", END)
    assert bpe.model_max_length == 512


@pytest.mark.parametrize("name", ["demo-unigram", "demo-wordpiece"])
def test_the_other_two_load_and_cut_differently(name: str) -> None:
    other = AutoTokenizer.from_pretrained(WEIGHTS / name)
    text = "The lighthouse keeper counted the ships."
    pieces = other.tokenize(text)
    assert 1000 < len(other) <= 2048
    assert pieces != AutoTokenizer.from_pretrained(WEIGHTS / "demo-lm").tokenize(text)
    again = str(other.decode(other.encode(text, add_special_tokens=False)))
    assert again.lower().replace(" ", "") == text.lower().replace(" ", "")
