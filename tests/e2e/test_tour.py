"""Point 10, explain yourself: the guided first run waits for a real answer and points at what it speaks of."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import DONE_MS, Ask


def box(page: Page, title: str) -> Locator:
    """The box of a step."""
    return page.get_by_role("dialog", name=title, exact=True)


def points_at(page: Page, selector: str) -> None:
    """The ring lies around this element."""
    expect(page.locator(selector).first).to_be_visible()
    page.wait_for_function(
        """([ring, at]) => {
          const one = ring.getBoundingClientRect(), other = at.getBoundingClientRect();
          return Math.abs(one.left + 4 - other.left) < 2 && Math.abs(one.top + 4 - other.top) < 2;
        }""",
        arg=[page.locator("tessera-tour .ring").element_handle(), page.locator(selector).first.element_handle()],
    )


def test_a_newcomer_is_shown_around(page: Page) -> None:
    Ask(page).open()
    page.get_by_role("button", name="Show me around").click()
    points_at(page, "tessera-ask-input")
    page.get_by_role("button", name="Run the story").click()
    page.wait_for_url(re.compile("/runs/"))
    story = box(page, "The story, coloured")
    expect(story.get_by_role("button", name="Next")).to_be_enabled(timeout=DONE_MS)
    points_at(page, "tessera-result-card tessera-token-strip")
    story.get_by_role("button", name="Next").click()
    points_at(page, "tessera-result-card tessera-legend")
    for title, selector in (
        ("Ask about another token", "tessera-result-card tessera-token-strip"),
        ("Should I believe it?", "tessera-result-card tessera-badge"),
        ("How to read on", "tessera-result-card tessera-how-to-read"),
    ):
        page.get_by_role("button", name="Next").click()
        expect(box(page, title)).to_be_visible()
        points_at(page, selector)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/")
    expect(Ask(page).run_button).to_be_visible()
    expect(page.get_by_role("button", name="Show me around")).to_have_count(0)


def test_by_keyboard_it_is_left_and_begun_again(page: Page) -> None:
    Ask(page).open()
    page.get_by_role("button", name="Show me around").focus()
    page.keyboard.press("Enter")
    first = box(page, "A text or a picture")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("Show me around")
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(first.get_by_role("button", name="Run the story")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/"))
    second = box(page, "The story, coloured")
    expect(second).to_be_focused()
    expect(second.get_by_role("button", name="Next")).to_be_enabled(timeout=DONE_MS)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    third = box(page, "Ask about another token")
    expect(third).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tessera-result-card tessera-token-strip").first.get_by_role("option").nth(0)).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "TESSERA-RUN"
    page.keyboard.press("Escape")
    expect(third).to_be_hidden()
