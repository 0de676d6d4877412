"""Laying tokens on the bytes of a text, case by case."""

import unicodedata
from collections.abc import Callable

import pytest

from workers.models.tokenizing.align import absorb, byte_positions, fitted, grapheme_starts, spelled


def test_byte_positions_count_utf8() -> None:
    assert byte_positions("aé你😀").tolist() == [0, 1, 3, 6, 10]
    assert byte_positions("abc").tolist() == [0, 1, 2, 3]
    assert byte_positions("").tolist() == [0]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("abc", [0, 1, 2, 3]),
        ("a\r\nb", [0, 1, 3, 4]),
        ("e\u0301x", [0, 2, 3]),
        ("👨‍👩‍👧!", [0, 5, 6]),
        ("🇹🇷🇩🇪", [0, 2, 4]),
        ("\u1112\u1161\u11ab", [0, 3]),
        ("", [0]),
    ],
)
def test_graphemes_begin_where_a_reader_sees_a_new_sign(text: str, starts: list[int]) -> None:
    assert grapheme_starts(text).tolist() == starts


def test_tokens_that_spell_the_text_are_cut_by_their_lengths() -> None:
    assert spelled("héy".encode(), [b"h", b"\xc3", b"\xa9y"]) == [(0, 1), (1, 2), (2, 4)]


def test_a_dummy_space_covers_nothing() -> None:
    assert spelled(b"the cat", [b" the", b" cat"]) == [(0, 3), (3, 7)]
    assert spelled(b"cat", [b" ", b"cat"]) == [(0, 0), (0, 3)]


def test_other_spellings_are_left_to_the_offsets() -> None:
    assert spelled(b"The", [b"the"]) is None
    assert spelled(b"the", [b"  the"]) is None


def test_empty_text_and_no_tokens() -> None:
    assert spelled(b"", []) == []
    assert fitted(b"  ", [], []) == []


def test_tokens_of_one_character_share_its_range_in_offsets_but_not_here() -> None:
    source = "x😀".encode()
    ranges = fitted(source, [b"y", b"\xf0\x9f", b"\x98", b"\x80"], [(0, 1), (1, 5), (1, 5), (1, 5)])
    assert ranges == [(0, 1), (1, 3), (3, 4), (4, 5)]


def test_a_dummy_space_that_borrowed_the_next_letter_takes_the_space_before_it() -> None:
    ranges = fitted(b"A cd", [b"a", b" ", b"cd"], [(0, 1), (2, 3), (2, 4)])
    assert ranges == [(0, 1), (1, 2), (2, 4)]


def test_a_dummy_space_without_a_space_before_it_is_empty() -> None:
    assert fitted(b"A", [b" ", b"a"], [(0, 1), (0, 1)]) == [(0, 0), (0, 1)]


def test_a_word_takes_one_space_before_it_and_leaves_the_others() -> None:
    assert fitted(b"A  the", [b" a", b" the"], [(0, 1), (3, 6)]) == [(0, 1), (2, 6)]


def test_a_normalised_word_takes_its_space_too() -> None:
    source = "x ﬁn".encode()
    assert fitted(source, [b"X", b" fin"], [(0, 1), (2, 6)]) == [(0, 1), (1, 6)]


def test_what_two_tokens_made_of_one_character_belongs_to_the_first() -> None:
    source = "İb".encode()
    assert fitted(source, [b"i", "\u0307".encode(), b"b"], [(0, 2), (0, 2), (2, 3)]) == [(0, 2), (2, 2), (2, 3)]


def test_unknown_tokens_take_their_whole_place() -> None:
    assert fitted("你好 a".encode(), [b"", b"a"], [(0, 6), (7, 8)]) == [(0, 6), (7, 8)]


def test_a_typed_underscore_block_is_not_a_dummy_space() -> None:
    source = "a ▁x".encode()
    assert fitted(source, [b"a", b" ", b" ", b"x"], [(0, 1), (1, 2), (2, 5), (5, 6)]) == [
        (0, 1),
        (1, 2),
        (2, 5),
        (5, 6),
    ]


def test_offsets_that_go_back_never_make_ranges_that_do() -> None:
    assert fitted(b"abcd", [b"", b"", b""], [(2, 4), (0, 1), (1, 3)]) == [(2, 4), (4, 4), (4, 4)]


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _strip(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


@pytest.mark.parametrize(("normalise", "end"), [(_compose, 3), (_strip, 1)])
def test_composed_marks_are_kept_and_stripped_marks_are_skipped(normalise: Callable[[str], str], end: int) -> None:
    assert absorb("e\u0301x", [(0, 1), (3, 4)], normalise) == [(0, end), (3, 4)]


def test_absorbing_stops_at_the_next_token_and_at_the_grapheme() -> None:
    assert absorb("e\u0301\u0327 x", [(0, 1), (3, 5)], _compose) == [(0, 3), (3, 5)]
    assert absorb("a  b", [(0, 1), (3, 4)], _compose) == [(0, 1), (3, 4)]
