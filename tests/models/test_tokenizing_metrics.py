"""Measures with known answers: published values, and cuts by hand."""

import pytest

from workers.models.tokenizing import Piece, TextTokenizer, load_tokenizer
from workers.models.tokenizing import metrics as measure
from workers.models.tokenizing.losses import losses
from workers.models.tokenizing.table import MEASURES, Cut, Ruler, table
from workers.models.tokenizing.words import sample, words

ONE = ["pick", "@@ed", "pick", "@@l", "@@ed", "pick", "@@les"]
TWO = ["pick", "@@e", "@@d", "pick", "@@l", "@@e", "@@d", "pick", "@@l", "@@e", "@@s"]


@pytest.mark.parametrize(
    ("power", "one", "two"),
    [(2.0, 0.853910, 0.931974), (2.5, 0.826506, 0.920484), (3.0, 0.803153, 0.910568)],
)
def test_renyi_efficiency_is_that_of_the_papers_code(power: float, one: float, two: float) -> None:
    assert measure.renyi_efficiency(ONE, power) == pytest.approx(one, abs=1e-6)
    assert measure.renyi_efficiency(TWO, power) == pytest.approx(two, abs=1e-6)


def test_renyi_efficiency_at_its_edges() -> None:
    assert measure.renyi_efficiency(["a", "a", "a", "b"], 1) == pytest.approx(0.811278, abs=1e-6)
    assert measure.renyi_efficiency(["a", "a", "a", "b"], 0) == pytest.approx(1)
    assert measure.renyi_efficiency(["a", "b", "c"], 2.5) == pytest.approx(1)
    assert measure.renyi_efficiency(["a", "a"], 2.5) is None
    assert measure.renyi_efficiency([], 2.5) is None


def test_rates_of_three_words_by_hand() -> None:
    assert measure.continued_rate([1, 2, 3]) == pytest.approx(3 / 6)
    assert measure.split_share([1, 2, 3]) == pytest.approx(2 / 3)
    assert measure.whole_share([1, 2, 3]) == pytest.approx(1 / 3)
    assert measure.continued_rate([]) is None
    assert measure.split_share([]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello, world!\n don't", ["hello,", "world!", "don't"]),
        ("我love你。", ["我", "love", "你", "。"]),
        ("カレーを", ["カ", "レ", "ー", "を"]),
        ("བཀྲ་ཤིས་བདེ", ["བཀྲ", "ཤིས", "བདེ"]),
        ("ไทย ok", ["ไ", "ท", "ย", "ok"]),
        ("e\u0301tat", ["e\u0301tat"]),
        ("  ", []),
    ],
)
def test_words_follow_the_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_samples_are_evenly_spread() -> None:
    items = [str(number) for number in range(10)]
    assert sample(items, 5) == ["0", "2", "4", "6", "8"]
    assert sample(items, 10) == items


def test_words_alone_and_after_a_space() -> None:
    tekken, mistral = load_tokenizer("mistral-tekken"), load_tokenizer("mistral-v3")
    assert measure.tokens_per_word(tekken, ["world"], spaced=True) == [len(tekken.ids(" world"))]
    assert measure.tokens_per_word(tekken, ["world"], spaced=False) == [len(tekken.ids("world"))]
    alone = measure.tokens_per_word(mistral, ["world", "tokenization", "world"], spaced=False)
    assert measure.tokens_per_word(mistral, ["world", "tokenization", "world"], spaced=True) == alone


@pytest.mark.parametrize(("data", "partial"), [(b"a", False), ("é".encode(), False), (b"\xc3", True), (b"\xa9b", True)])
def test_partial_characters(data: bytes, partial: bool) -> None:
    assert measure.is_partial(data) is partial


def test_half_of_all_bytes_are_partial() -> None:
    tokenizer = load_tokenizer("bytes")
    assert measure.partial_tokens(tokenizer) == 128
    assert measure.partial_vocabulary(tokenizer) == 0.5
    assert measure.partial_share(tokenizer, tokenizer.ids("é!")) == pytest.approx(2 / 3)


def test_boundaries_are_shared_where_every_cut_has_one() -> None:
    one = [Piece(0, 0, 2), Piece(0, 2, 5), Piece(0, 5, 6)]
    two = [Piece(0, 0, 2), Piece(0, 3, 5), Piece(0, 5, 5)]
    assert measure.shared_boundaries([one, two], 6) == [0, 2, 5, 6]
    assert measure.shared_boundaries([one], 6) == [0, 2, 5, 6]
    assert measure.shared_boundaries([[], one], 6) == [0, 6]


def test_unknown_text_is_counted_in_characters() -> None:
    pieces = [Piece(5, 0, 1), Piece(9, 1, 7), Piece(9, 7, 11, special=True)]
    assert measure.unknown_characters("a你好</s>", pieces, 9) == 2
    assert measure.unknown_characters("a你好</s>", pieces, None) == 0


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("demo-lm", "Any  thing e\u0301 \r\n你", []),
        ("mistral-v3", "A box.", []),
        ("demo-unigram", "caf\u0065\u0301", ["the composition of characters (NFC)"]),
        ("demo-unigram", "你", ["characters that it does not know"]),
        ("demo-wordpiece", "the  ball", ["spaces"]),
        ("demo-wordpiece", "Mia", ["capital letters"]),
        ("demo-wordpiece", "mía", ["accents"]),
        ("demo-wordpiece", "The Mía.", ["spaces", "capital letters", "accents"]),
        ("demo-wordpiece", "the\u00adball", ["control characters"]),
    ],
)
def test_what_decoding_loses(key: str, text: str, expected: list[str]) -> None:
    tokenizer = load_tokenizer(key)
    assert losses(tokenizer, text, tokenizer.encode(text)) == expected


def test_typed_specials_are_no_loss() -> None:
    tokenizer = load_tokenizer("demo-lm")
    text = f"a{tokenizer.token_string(tokenizer.eos_id or 0)}b"
    assert losses(tokenizer, text, tokenizer.encode(text, special_text="parse")) == []


def test_losses_without_a_name_are_said_to_be_more() -> None:
    class Garbling(type(load_tokenizer("bytes"))):  # type: ignore[misc]
        def token_bytes(self, id: int) -> bytes:
            return b"?"

    tokenizer: TextTokenizer = Garbling()
    pieces = [Piece(97, 0, 1, "?"), Piece(98, 1, 2, "?")]
    assert losses(tokenizer, "ab", pieces) == ["more than spaces, letter case, accents and Unicode forms"]


def _values(key: str, text: str, **options: float) -> dict[str, float | None]:
    tokenizer = load_tokenizer(key)
    cut = Cut(key, tokenizer, tokenizer.encode(text))
    ruler = Ruler(text, cut, **options)  # type: ignore[arg-type]
    return {metric.name: metric.values[0] for metric in table([cut], ruler)}


def test_every_measure_of_five_bytes_by_hand() -> None:
    values = _values("bytes", "aé a")  # 61 C3 A9 20 61: five tokens, four characters, two words
    assert values == {
        "tokens": 5,
        "bytes_per_token": 1,
        "characters_per_token": 0.8,
        "tokens_per_character": 1.25,
        "graphemes_per_token": 0.8,
        "fertility": 2.5,
        "compression": 1,
        "continued_tokens": pytest.approx(100 * 2 / 4),
        "continued_tokens_spaced": pytest.approx(100 * 4 / 6),
        "split_words": 50,
        "split_words_spaced": 100,
        "single_token_types": 50,
        "renyi_efficiency": pytest.approx(measure.renyi_efficiency("acbda", 2.5)),
        "type_token_ratio": 0.8,
        "vocabulary_use": pytest.approx(100 * 4 / 256),
        "unknown_tokens": 0,
        "unknown_characters": 0,
        "partial_tokens": pytest.approx(40),
        "partial_vocabulary": 50,
        "vocabulary": 256,
    }


def test_unknown_rates_of_a_word_that_is_not_in_the_vocabulary() -> None:
    values = _values("demo-wordpiece", "the 你")
    assert values["tokens"] == 2
    assert values["unknown_tokens"] == 50
    assert values["unknown_characters"] == pytest.approx(100 / 5)


def test_nothing_is_divided_by_zero() -> None:
    values = _values("demo-wordpiece", "  ")
    assert values["tokens"] == 0
    assert values["bytes_per_token"] is None
    assert values["fertility"] is None
    assert values["tokens_per_character"] == 0


def test_cost_is_shown_only_with_a_price() -> None:
    assert "cost" not in _values("bytes", "ab")
    assert _values("bytes", "ab", price=3.0)["cost"] == pytest.approx(6e-6)


def test_every_measure_has_a_name_of_its_own_and_a_sentence() -> None:
    assert len({row.name for row in MEASURES}) == len(MEASURES)
    assert all(row.meaning.endswith(".") for row in MEASURES)
