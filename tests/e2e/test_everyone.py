"""Everybody can use it: by keyboard, in German, on a phone, at 200 %, with strong contrasts, by ear."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.drawn import VIEWS, drawing, open_drawn, settle
from tests.e2e.site import DONE_MS, Ask, ask_in, card, overflows, tiles

NewPage = Callable[..., Page]
TEXT = "Mia put the red ball in the box. Where is the ball?"
PHONE, ZOOMED = 390, 640
"""Widths in CSS pixels: of a phone, and of a window of 1280 at 200 %."""
FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.getAttribute('aria-label') || node?.textContent?.trim() || node?.tagName || '';
}"""
SMALL = """() => {
  const inside = root => [...root.querySelectorAll('*')].flatMap(node =>
    [node, ...(node.shadowRoot ? inside(node.shadowRoot) : [])]);
  const label = node => node.closest('label') ?? node;
  return inside(document)
    .filter(node => node.matches('button, select, summary, input:not([type=hidden], [type=range])'))
    .map(node => [node, label(node).getBoundingClientRect()])
    .filter(([, {width, height}]) => width > 1 && height > 1 && (width < 24 || height < 24))
    .map(([node, {width, height}]) => `${node.tagName} ${node.textContent.trim().slice(0, 30)} ${width}×${height}`);
}"""
"""What is pressed and smaller than 24 × 24 CSS pixels; links in sentences and units of texts are exempt (WCAG)."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The pages of the fixtures."""
    with drawing() as started:
        yield started


def choose(page: Page, words: str) -> None:
    """An action of the palette, by a few letters."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="What to do")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="What to do")).to_be_hidden()


def tab_to(page: Page, name: str, steps: int) -> None:
    """By the tab key alone to what is called so, in at most so many steps."""
    seen: list[str] = []
    while name not in seen:
        assert len(seen) < steps, seen
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))


def test_all_of_a_page_by_keyboard_from_the_palette(page: Page) -> None:
    methods = [{"key": key} for key in ("surprisal", "entropy", "rank_buckets")]
    ask_in(page, text=TEXT, models=["demo-lm"], methods=methods)
    for name in ("Surprisal", "Entropy"):
        expect(tiles(card(page, name)).first).to_be_visible(timeout=DONE_MS)
    choose(page, "entropy")
    expect(page.locator("tessera-result-card:focus")).to_contain_text("How undecided the model was")
    choose(page, "effective choices")
    shown = card(page, "Entropy").get_by_role("button", name="Effective choices", exact=True)
    expect(shown).to_have_attribute("aria-pressed", "true")
    choose(page, "token by its number 5")
    assert "token 5" in page.evaluate(FOCUS)
    assert re.search(r"rank \d+ of \d+", page.evaluate(FOCUS))
    page.keyboard.press("ArrowRight")
    assert "token 6" in page.evaluate(FOCUS)
    page.keyboard.press("m")
    expect(page.locator("tessera-token-strip .strip.marked").first).to_be_visible()
    choose(page, "single letters off")
    page.keyboard.press("m")
    expect(page.locator("tessera-token-strip .strip.marked").first).to_be_visible()
    choose(page, "colours dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    choose(page, "list of shortcuts")
    expect(page.get_by_role("heading", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    choose(page, "share")
    expect(page.get_by_role("heading", name="Share this run")).to_be_visible()


def test_the_page_that_asks_has_a_way_past_its_head_and_no_trap(page: Page) -> None:
    Ask(page).open()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "Text", 5)
    page.keyboard.type(TEXT)
    tab_to(page, "Run", 80)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/"), timeout=DONE_MS)


def test_german_is_spoken_on_both_pages_and_kept(new_page: NewPage) -> None:
    page = new_page(locale="en-US")
    Ask(page).open()
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was macht jedes Token mit dem Modell?")
    assert page.evaluate("document.documentElement.lang") == "de"
    for words in ("Wo war das Modell unsicher?", "Los", "Oder mit einem von diesen beginnen"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    ask_in(page, text=TEXT, models=["demo-lm"], methods=[{"key": "surprisal"}])
    answer = card(page, "Surprisal")
    expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
    expect(answer).to_contain_text("Wie unerwartet jedes Token für das Modell war")
    for words in ("Teilen", "Ändern und neu starten"):
        expect(page.get_by_role("button", name=words, exact=True)).to_be_visible()
    page.goto("/login")
    expect(page.get_by_role("button", name="Anmelden")).to_be_visible()


def test_no_page_scrolls_sideways_on_a_phone_or_at_200_percent(browser: Browser, address: str) -> None:
    wide: dict[str, int] = {}
    small: dict[str, list[str]] = {}
    for view in VIEWS:
        page = open_drawn(browser, address, view, "light", width=ZOOMED, height=800)
        for width in (ZOOMED, PHONE):
            page.set_viewport_size({"width": width, "height": 800})
            settle(page)
            if over := overflows(page):
                wide[f"{view} at {width}"] = over
        if found := page.evaluate(SMALL):
            small[view] = found
        page.context.close()
    assert (wide, small) == ({}, {})


def test_whoever_needs_strong_contrasts_gets_marks(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, forced_colors="active", contrast="more")
    page = context.new_page()
    page.goto(VIEWS["text"])
    settle(page)
    strip = page.locator("tessera-token-strip .strip").first
    expect(strip).to_have_class(re.compile("marked"))
    shadow = strip.locator(".tile:not(.missing)").nth(12).evaluate("node => getComputedStyle(node).boxShadow")
    assert "inset" in shadow
    context.close()
