"""Words and sentences are found in the text of a strip, whatever its tokens are."""

import pytest

from workers.contract import Strip, Unit
from workers.core.wording import is_stop_word, sentences_of, words_of


def strip(*pieces: str) -> Strip:
    """A strip of these pieces after a special token."""
    bos = Unit(kind="token", id=0, text="<s>", special=True)
    units = [bos, *(Unit(kind="token", id=1, text=piece) for piece in pieces)]
    return Strip(id="main", role="text", label="Text", units=units)


def test_a_token_belongs_to_the_word_that_it_is_part_of() -> None:
    found = words_of(strip("Th", "e", " dogs", "-house", ".", " ", "It", "'s", " 3"))
    assert found == [None, "the", "the", "dogs-house", "dogs-house", None, None, "it's", "it's", "3"]


@pytest.mark.parametrize(
    ("word", "silent"), [("the", True), ("it’s", True), ("not", False), ("cat", False), (None, True)]
)
def test_function_words_say_nothing_and_negations_do(word: str | None, silent: bool) -> None:
    assert is_stop_word(word) is silent


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["A", " cat", ".", " It", " ran", "!"], [(1, 4), (4, 7)]),
        (["He", " said", " “no", ".”", " Then", " left"], [(1, 5), (5, 7)]),
        (["Pi", " is", " 3", ".", "14", "."], [(1, 7)]),
        (["One", "\n", "two"], [(1, 2), (2, 4)]),
        (["猫。", "犬。"], [(1, 2), (2, 3)]),
        (["no", " end"], [(1, 3)]),
        ([".", "."], [(1, 3)]),
        ([" ", " "], [(1, 3)]),
    ],
)
def test_sentences_end_at_their_marks_and_at_line_ends(pieces: list[str], expected: list[tuple[int, int]]) -> None:
    found = strip(*pieces)
    assert sentences_of(found, 1, len(found.units)) == expected
