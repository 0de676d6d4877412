"""Units of the contract from pieces, and texts from generated ids."""

import base64
import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.tokenizing_checks import HARD, check, check_lossless, texts
from workers.contract import Unit
from workers.models.tokenizing import (
    Piece,
    TextTokenizer,
    builtin_keys,
    continue_text,
    load_tokenizer,
    units,
)

BYTES = load_tokenizer("bytes")


def _tokens(made: list[Unit]) -> list[tuple[str | None, str | None, int | None]]:
    return [(unit.text, unit.surface, unit.group) for unit in made]


def test_a_character_belongs_to_its_first_byte() -> None:
    made = units(BYTES, "é!", BYTES.encode("é!"))
    assert [unit.text for unit in made] == ["é", "", "!"]
    assert [(unit.byte_start, unit.byte_end) for unit in made] == [(0, 1), (1, 2), (2, 3)]
    assert [(unit.char_start, unit.char_end) for unit in made] == [(0, 1), (1, 1), (1, 2)]
    assert [unit.group for unit in made] == [0, 0, 1]
    assert [base64.b64decode(unit.bytes or "") for unit in made] == [b"\xc3", b"\xa9", b"!"]
    assert {unit.kind for unit in made} == {"byte"}


def test_what_no_piece_covers_is_a_gap() -> None:
    made = units(BYTES, "a  b ", [Piece(97, 0, 1), Piece(98, 3, 4)])
    assert [(unit.kind, unit.text, unit.id) for unit in made] == [
        ("byte", "a", 97),
        ("gap", "  ", None),
        ("byte", "b", 98),
        ("gap", " ", None),
    ]


def test_added_specials_are_no_text_and_typed_ones_are() -> None:
    mistral = load_tokenizer("mistral-v3")
    assert mistral.prefix == (mistral.bos_id,)
    opening = [Piece(id, 0, 0, mistral.token_string(id), special=True) for id in mistral.prefix]
    made = units(mistral, "a</s>", [*opening, *mistral.encode("a</s>", special_text="parse")])
    assert [(unit.id, unit.text, unit.special, unit.surface) for unit in made] == [
        (1, "", True, "<s>"),
        (made[1].id, "a", False, "▁a"),
        (2, "</s>", False, None),
    ]
    assert all(piece.id != 2 for piece in mistral.encode("a</s>", special_text="escape"))


def test_an_unfinished_character_is_no_text_until_it_is_finished() -> None:
    face = list("😀".encode())
    cut = continue_text(BYTES, "a", BYTES.encode("a"), face[:2])
    assert (cut.text, cut.continuation) == ("a", "")
    assert [(piece.start, piece.end, piece.surface) for piece in cut.pieces] == [(1, 1, "<0xF0>"), (1, 1, "<0x9F>")]
    whole = continue_text(BYTES, "a", BYTES.encode("a"), face)
    assert whole.continuation == "😀"
    made = units(BYTES, whole.text, [*BYTES.encode("a"), *whole.pieces], generated_from=1)
    assert _tokens(made) == [("a", None, 0), ("😀", None, 1), ("", None, 1), ("", None, 1), ("", None, 1)]
    assert [unit.segment for unit in made] == ["prompt", *["generated"] * 4]


def test_bytes_out_of_place_are_kept_as_bytes_and_invent_no_sign() -> None:
    cut = continue_text(BYTES, "", [], [0x41, 0xE4, 0x42, 0x80, 0x00])
    assert cut.continuation == "AB"
    made = units(BYTES, cut.text, cut.pieces, generated_from=0)
    assert [unit.text for unit in made] == ["A", "", "B", "", ""]
    assert [unit.surface for unit in made] == [None, "<0xE4>", None, "<0x80>", "<0x00>"]
    assert b"".join(base64.b64decode(unit.bytes or "") for unit in made) == b"A\xe4B\x80\x00"


def test_a_generated_accent_shares_the_group_of_the_prompts_last_letter() -> None:
    cut = continue_text(BYTES, "e", BYTES.encode("e"), list("\u0301".encode()))
    made = units(BYTES, cut.text, [*BYTES.encode("e"), *cut.pieces], generated_from=1)
    assert [unit.group for unit in made] == [0, 0, 0]


def test_words_of_a_sentencepiece_model_bring_their_space_except_the_first() -> None:
    mistral = load_tokenizer("mistral-v3")
    hello, world = mistral.encode("Hello"), mistral.ids("world")
    assert continue_text(mistral, "", [], [hello[0].id, *world]).continuation == "Hello world"
    after = continue_text(mistral, "Hello", hello, world)
    assert after.text == "Hello world"
    assert [(piece.start, piece.end, piece.surface) for piece in after.pieces] == [(5, 11, None)]
    assert continue_text(mistral, "", [], world).pieces[0].surface is not None


def test_words_of_a_tokenizer_that_drops_spaces_are_separated_by_a_gap() -> None:
    words = load_tokenizer("demo-wordpiece")
    prompt = words.encode("the red")
    ids = words.ids("ball")
    cut = continue_text(words, "the red", prompt, ids)
    assert cut.text == "the red ball"
    made = units(words, cut.text, [*prompt, *cut.pieces], generated_from=7)
    assert [(unit.kind, unit.text, unit.segment) for unit in made][-2:] == [
        ("gap", " ", "generated"),
        ("token", "ball", "generated"),
    ]
    assert continue_text(words, "the red ", words.encode("the red "), ids).text == "the red ball"


def test_generated_specials_are_special_units_without_text() -> None:
    demo = load_tokenizer("demo-lm")
    assert demo.eos_id is not None
    cut = continue_text(demo, "Hi", demo.encode("Hi"), [demo.eos_id])
    made = units(demo, cut.text, [*demo.encode("Hi"), *cut.pieces], generated_from=2)
    assert (made[-1].special, made[-1].text, made[-1].surface) == (True, "", demo.token_string(demo.eos_id))
    assert made[-1].segment == "generated"


@given(st.lists(st.integers(0, 2047), max_size=30), st.sampled_from(["", "Mia", "the "]))
@settings(max_examples=60, deadline=None)
def test_more_ids_only_append_text(ids: list[int], prompt: str) -> None:
    for key in ("demo-lm", "demo-unigram", "demo-wordpiece", "mistral-v3"):
        tokenizer = load_tokenizer(key)
        pieces = tokenizer.encode(prompt)
        grown = [continue_text(tokenizer, prompt, pieces, ids[:count]).text for count in range(len(ids) + 1)]
        assert grown[0] == prompt
        assert all(later.startswith(earlier) for earlier, later in pairwise(grown))
        last = continue_text(tokenizer, prompt, pieces, ids)
        made = units(tokenizer, last.text, [*pieces, *last.pieces], generated_from=len(prompt.encode()))
        assert "".join(unit.text or "" for unit in made if not unit.special) == last.text
        assert [unit.id for unit in made if unit.id is not None] == [piece.id for piece in pieces] + ids


def _all() -> list[TextTokenizer]:
    return [load_tokenizer(key) for key in builtin_keys()]


def test_hard_texts_survive_every_built_in_tokenizer() -> None:
    for tokenizer in _all():
        for text in HARD:
            check(tokenizer, text, "escape")
            check(tokenizer, text, "parse")


@given(texts)
@settings(max_examples=60, deadline=None)
def test_any_text_survives_every_built_in_tokenizer(text: str) -> None:
    for tokenizer in _all():
        check(tokenizer, text)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_byte_level_tokenizers_change_nothing(text: str) -> None:
    for key in ("bytes", "demo-lm", "mistral-tekken"):
        check_lossless(load_tokenizer(key), text)


def test_a_hundred_thousand_characters_take_well_under_a_second() -> None:
    text = "Mia put the red ball in the box. Où est-il ? " * 2200
    tokenizer = load_tokenizer("demo-lm")
    tokenizer.encode("warm")
    start = time.process_time()
    assert len(units(tokenizer, text, tokenizer.encode(text))) > 10_000
    assert time.process_time() - start < 1.5
