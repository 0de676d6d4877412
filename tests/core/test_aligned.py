"""Two cuts of one text: spans begin where both tokenizers begin a token, and sums lose nothing."""

import numpy as np
import pytest

from workers.contract import Segment, Strip, Unit
from workers.core.aligned import Aligned, counterparts
from workers.core.reading import Tokens


def tokens(*parts: str | bytes, before: int = 0, generated_from: int | None = None) -> Tokens:
    """A strip of these tokens; a part in brackets is a gap, one of bytes a piece of a character; `before` specials."""
    units = [Unit(kind="token", id=1, text="", special=True) for _ in range(before)]
    byte = 0
    for part in parts:
        gap = isinstance(part, str) and part.startswith("[")
        data = part if isinstance(part, bytes) else part.strip("[]").encode()
        segment: Segment = "prompt" if generated_from is None or byte < generated_from else "generated"
        text = data.decode() if not isinstance(part, bytes) else _first_of_character(data)
        place = {"byte_start": byte, "byte_end": byte + len(data)}
        units.append(Unit(kind="gap" if gap else "token", id=None if gap else 7, text=text, segment=segment, **place))
        byte += len(data)
    strip = Strip(id="main", role="text", label="Text", source="s", units=units)
    places = [at for at, unit in enumerate(units) if unit.id is not None]
    return Tokens(strip, [7] * len(places), places)


def _first_of_character(data: bytes) -> str:
    """A character of three bytes belongs to the token of its first one."""
    return "東" if data[:1] == "東".encode()[:1] else ""


def spans(first: Tokens, second: Tokens) -> list[str | None]:
    """The texts of the spans; both strips have to give the same text."""
    strip = Aligned(first, second).strip("spans", "Spans")
    assert strip.text() == first.strip.text()
    return [unit.text for unit in strip.units]


def test_spans_begin_where_both_begin_a_token() -> None:
    assert spans(tokens("The", " cat", " sat", "."), tokens("Th", "e", " ca", "t sat", ".")) == ["The", " cat sat", "."]
    assert spans(tokens("a", "b"), tokens("ab")) == ["ab"]


def test_what_a_tokenizer_skips_belongs_to_the_token_after_it() -> None:
    words = tokens("The", "[ ]", "cat", "[ ]", "sat", "[\n]")
    assert spans(words, tokens("The", " cat", " sat\n")) == ["The", " cat", " sat\n"]
    assert spans(words, tokens("The ", "cat", " sat\n")) == ["The cat", " sat\n"]


def test_no_span_begins_inside_a_character() -> None:
    data = "東".encode()
    bytewise = tokens("a", data[:1], data[1:2], data[2:], "b")
    assert spans(bytewise, tokens("a", data[:1], data[1:], "b")) == ["a", "東", "b"]


def test_sums_add_up_all_tokens_of_a_span() -> None:
    first, second = tokens("The", " cat", " sat", before=1), tokens("The", " c", "at sat", before=1)
    aligned = Aligned(first, second)
    assert spans(first, second) == ["The", " cat sat"]
    np.testing.assert_array_equal(aligned.sums(first, np.array([9, 1, 2, 4], np.float32)), [1, 6])
    np.testing.assert_array_equal(aligned.sums(second, np.array([9, 1, 2, 4], np.float32)), [1, 6])


def test_a_span_has_no_value_where_a_token_has_none() -> None:
    first, second = tokens("The", " cat", " sat"), tokens("The", " cat sat")
    found = Aligned(first, second).sums(first, np.array([np.nan, 2, 4], np.float32))
    np.testing.assert_array_equal(found, [np.nan, 6])


def test_segments_are_those_of_the_first_strip() -> None:
    first, second = tokens("a", " b", " c", generated_from=3), tokens("a", " b", " c", before=1)
    strip = Aligned(first, second).strip("spans", "Spans")
    assert [unit.segment for unit in strip.units] == ["prompt", "prompt", "generated"]
    assert [(unit.char_start, unit.char_end) for unit in strip.units] == [(0, 1), (1, 3), (3, 5)]


@pytest.mark.parametrize("before", [0, 1])
def test_counterparts_begin_at_the_same_byte(before: int) -> None:
    first, second = tokens("The", " cat", " sat"), tokens("Th", "e", "[ ]", "cat sat", before=before)
    assert counterparts(first, second).tolist() == [before, before + 3, -1]


def test_every_span_of_a_text_that_one_tokenizer_cannot_cut_is_the_text() -> None:
    assert spans(tokens("a", "b", "c"), tokens("[abc]")) == ["abc"]
    aligned = Aligned(tokens("a", "b", "c"), tokens("[abc]"))
    np.testing.assert_array_equal(aligned.sums(aligned.second, np.array([0], np.float32)), [np.nan])
