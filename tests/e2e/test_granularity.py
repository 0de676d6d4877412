"""By what numbers are shown, bytes to lines and expressions, and what stands below tokens: by pointer, by key."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import DONE_MS, ask_in, card, result_of, tiles

TEXT = "Mia put the red ball in the box.\nTom took\u00a0it. aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"
QUESTION = {"text": TEXT, "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
SLOW = r"(a+)+\.$"


@pytest.fixture
def answer(page: Page) -> Locator:
    """The answer of surprisal about a text of two lines, with its tiles."""
    ask_in(page, **QUESTION)
    found = card(page, "Surprisal")
    expect(tiles(found).first).to_be_visible(timeout=DONE_MS)
    return found


def _numbers(page: Page) -> tuple[list[dict[str, Any]], list[float | None]]:
    result = result_of(page, "surprisal")
    return result["strips"][0]["units"], result["panels"][0]["tracks"][0]["values"]


def _at(units: list[dict[str, Any]], word: str) -> int:
    """The unit that holds the first letter of a word of the text."""
    place = TEXT.index(word)
    held = ((index, unit.get("char_start", -1), unit.get("char_end", -1)) for index, unit in enumerate(units))
    return next(index for index, start, end in held if start <= place < end)


def _said(tile: Locator) -> float:
    """The number that a screen reader hears."""
    found = re.search(r"Surprisal ([\d.]+)\snat", tile.get_attribute("aria-label") or "")
    assert found is not None, tile.get_attribute("aria-label")
    return float(found[1])


def test_numbers_by_line_expression_and_byte(page: Page, answer: Locator) -> None:
    units, values = _numbers(page)
    own = tiles(answer)
    grain = answer.get_by_label("What one number is shown for").first
    second = _at(units, "Tom")

    grain.select_option("lines")
    expect(own.last).to_have_attribute("aria-label", re.compile("line of"))
    assert _said(own.last) == pytest.approx(sum(value or 0 for value in values[second:]), rel=0.01)

    grain.select_option("pattern")
    field = answer.get_by_role("textbox", name="Regular expression")
    field.fill("ball|box")
    expect(answer.get_by_text("2 matches", exact=True)).to_be_visible()
    ball = _at(units, "ball")
    expect(own.nth(ball)).to_have_attribute("aria-label", re.compile("match of 1 token"))
    assert _said(own.nth(ball)) == pytest.approx(values[ball] or 0, rel=0.01)

    field.fill("ball|(box")
    expect(answer.get_by_text("Not a regular expression: Unterminated group")).to_be_visible()
    expect(field).to_have_value("ball|(box")
    expect(own.nth(ball)).to_have_attribute("aria-label", re.compile("match of 1 token"))

    field.fill(SLOW)
    expect(answer.get_by_text("takes longer than a second")).to_be_visible()
    assert page.evaluate("1 + 1") == 2  # the page goes on meanwhile

    grain.select_option("bytes")
    cells = own.nth(ball).locator(".cell")
    assert [bytes.fromhex(text).decode() for text in cells.all_inner_texts()] == list(units[ball]["text"])
    expect(answer.get_by_text("Each byte shows the number of its token")).to_be_visible()


def test_ids_bytes_and_special_tokens_by_pointer(page: Page, answer: Locator) -> None:
    units, _ = _numbers(page)
    own = tiles(answer)
    answer.get_by_role("button", name=re.compile("^show")).first.click()
    shown = answer.get_by_role("group", name="What is drawn of the tokens").first
    shown.get_by_role("checkbox", name=re.compile("^Ids")).check()
    below = [one.get_attribute("data-below") or "" for one in answer.locator(".noted").all()]
    assert " · ".join(below).split(" · ") == [str(unit["id"]) for unit in units]
    special = sum(bool(unit.get("special")) for unit in units)
    assert special > 0
    shown.get_by_role("checkbox", name=re.compile("^Special")).uncheck()
    expect(own).to_have_count(len(units) - special)
    shown.get_by_role("checkbox", name=re.compile("^Spaces")).check()
    expect(answer.locator(".paragraph").filter(has_text="⍽").first).to_be_visible()
    page.keyboard.press("Escape")
    own.nth(_at(units, "\u00a0") - special).hover()
    expect(page.locator("tessera-popup")).to_contain_text("U+00A0 NO-BREAK SPACE")


def test_all_of_it_by_the_keyboard_alone(page: Page, answer: Locator) -> None:
    units, values = _numbers(page)
    own = tiles(answer)
    keys = page.keyboard
    keys.press("i")
    expect(own.nth(1)).to_have_attribute("data-below", str(units[1]["id"]))
    keys.press("b")
    expect(own.nth(1)).to_have_attribute("data-below", re.compile(r"^\d+\n[0-9a-f]{2}( [0-9a-f]{2})*$"))
    keys.press("i")
    keys.press("b")
    keys.press("s")
    expect(own).to_have_count(sum(not unit.get("special") for unit in units))
    keys.press("s")
    expect(own).to_have_count(len(units))

    strongest = max((index for index, value in enumerate(values) if value is not None), key=lambda at: values[at] or 0)
    keys.press("n")
    expect(own.nth(strongest)).to_be_focused()
    keys.press("g")
    keys.type("3")
    keys.press("Enter")
    expect(own.nth(3)).to_be_focused()
    keys.press("/")
    keys.type("Tom took")
    keys.press("Enter")
    expect(own.nth(_at(units, "Tom"))).to_be_focused()

    grain = answer.get_by_label("What one number is shown for").first
    for _ in range(40):
        if grain.evaluate("node => node.getRootNode().activeElement === node"):
            break
        keys.press("Shift+Tab")
    expect(grain).to_be_focused()
    keys.type("a reg")
    expect(grain).to_have_value("pattern")
    keys.press("Tab")
    keys.type("red")
    expect(answer.get_by_text("1 match", exact=True)).to_be_visible()
    expect(own.nth(_at(units, "red"))).to_have_attribute("aria-label", re.compile("match of"))
