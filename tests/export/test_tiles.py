"""Units to tiles: whole graphemes, no unit lost; and where they go on lines."""

from itertools import pairwise

import pytest
import regex

from tests.export.examples import byte_strip, grid_strip, scripts, text_strip
from workers.contract import Strip, Unit
from workers.export.flow import flow
from workers.export.layers import chosen
from workers.export.metrics import text_width
from workers.export.numbers import amount, number
from workers.export.tiles import Tile, direction, is_grid, is_thin, pieces, tiles


def texts(strip: Strip) -> list[tuple[str, int]]:
    return [(tile.text, len(tile.units)) for tile in tiles(strip)]


def test_words_are_tiles_of_their_own() -> None:
    assert texts(text_strip(["The", " cat", "s"])) == [("The", 1), (" cat", 1), ("s", 1)]


def test_a_character_of_three_bytes_is_one_tile_of_three_units() -> None:
    assert texts(byte_strip("a東b")) == [("a", 1), ("東", 3), ("b", 1)]


def test_groups_are_not_needed_to_find_them() -> None:
    strip = byte_strip("é!")
    bare = strip.model_copy(update={"units": [unit.model_copy(update={"group": None}) for unit in strip.units]})
    assert texts(bare) == [("é", 2), ("!", 1)]


def test_units_inside_one_grapheme_are_put_together() -> None:
    assert texts(text_strip(["cafe", "\u0301", " 👩", "\u200d", "💻"])) == [("cafe\u0301", 2), (" 👩\u200d💻", 3)]


def test_a_unit_without_text_of_its_own_stays_visible() -> None:
    start = Unit(kind="token", id=5, text="", byte_start=0, byte_end=0)
    strip = Strip(id="s", role="text", label="", units=[start, Unit(kind="token", text="a", byte_start=0, byte_end=1)])
    assert texts(strip) == [("", 1), ("a", 1)]
    assert is_thin(tiles(strip)[0].text)


def test_specials_have_their_name() -> None:
    first = tiles(text_strip(["a"], bos=True))[0]
    assert first == Tile((0,), "<s>", named=True)


def test_no_unit_is_lost_and_the_text_is_whole() -> None:
    for strip in scripts().strips:
        found = tiles(strip)
        assert [unit for tile in found for unit in tile.units] == list(range(len(strip.units)))
        assert "".join(tile.text for tile in found) == strip.text()


def test_line_breaks_and_tabs_are_marks() -> None:
    shown = [(piece.shown, piece.kind) for piece in pieces("a\tb\r\nc\n")]
    assert shown == [("a", "text"), ("⇥", "mark"), ("b", "text"), ("␍↵", "break"), ("c", "text"), ("↵", "break")]


def test_images_are_grids_and_texts_are_not() -> None:
    assert is_grid(grid_strip(2, 2))
    assert not is_grid(text_strip(["a"]))


def test_direction_is_that_of_the_first_strong_character() -> None:
    found = [direction(text) for text in ("12 abc", "(שלום) a", "، 3 ك", "…")]
    assert found == ["ltr", "rtl", "rtl", None]


def test_lines_hold_all_tiles_and_no_line_is_too_wide() -> None:
    strip = scripts().strips[0]
    placed, lines = flow(tiles(strip), 300, 14)
    assert {unit for item in placed for unit in item.chunk.tile.units} == set(range(len(strip.units)))
    assert all(item.x >= -0.01 and item.x + item.chunk.width <= 300.01 for item in placed)
    assert lines == max(item.line for item in placed) + 1


def test_tiles_on_a_line_do_not_overlap() -> None:
    placed, lines = flow(tiles(scripts().strips[0]), 300, 14)
    for line in range(lines):
        row = sorted((item for item in placed if item.line == line), key=lambda item: item.x)
        edges = [(one.x + one.chunk.width, other.x) for one, other in pairwise(row)]
        assert all(abs(right - left) < 0.01 for right, left in edges)


def test_a_right_to_left_line_starts_at_the_right_and_keeps_latin_in_order() -> None:
    words = ["שלום", " and", " Latin", " עולם"]
    placed, _ = flow(tiles(text_strip(words)), 400, 14)
    order = [item.chunk.text for item in sorted(placed, key=lambda item: item.x)]
    assert order == [" עולם", " and", " Latin", "שלום"]
    assert max(item.x + item.chunk.width for item in placed) == 400


def test_letters_that_join_keep_their_shape_across_tiles() -> None:
    placed, _ = flow(tiles(text_strip(["علي", "كم", "او", "ن"])), 400, 14)
    placed.sort(key=lambda item: item.chunk.tile.units)
    assert [(item.before, item.after) for item in placed] == [
        (False, True),
        (True, True),
        (True, False),
        (False, False),
    ]


def test_a_word_wider_than_the_line_is_cut_between_graphemes() -> None:
    placed, lines = flow(tiles(text_strip(["👩‍💻" * 40])), 200, 14)
    assert lines > 2
    assert "".join(item.chunk.text for item in placed) == "👩‍💻" * 40
    assert all(len(regex.findall(r"\X", item.chunk.text)) * 3 == len(item.chunk.text) for item in placed)


def test_widths_are_those_of_helvetica_and_double_for_cjk() -> None:
    assert text_width("Hello", 10) == pytest.approx(7.22 + 5.56 + 2.22 + 2.22 + 5.56)
    assert text_width("東京", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("\u200d", 10) == 0


def test_of_many_slices_the_first_and_the_last_are_kept() -> None:
    assert chosen(range(10), 4) == [0, 3, 6, 9]
    assert chosen(range(3), 4) == [0, 1, 2]
    assert chosen(range(10), 1) == chosen(range(10), 0) == [9]


def test_numbers_as_a_person_reads_them() -> None:
    said = {0.123456: "0.1235", -12: "−12", 0: "0", 2.5e-7: "2.5·10⁻⁷", 1234.5: "1234", 1e9: "1·10⁹", -0.5: "−0.5"}
    assert {value: number(value) for value in said} == said
    assert number(None) == number(float("nan")) == "–"
    assert amount(3.1, "nat") == "3.1 nat"
    assert amount(None, "nat") == "–"
