"""Two pinned answers against each other: methods, models with other tokenizers, an edited prompt; by keys, too."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from scipy.stats import spearmanr

from tests.e2e.site import DONE_MS, ask_in, card, overflows, result_of, tiles

STORY = "Story: Lea put the green hat on the shelf. Jan took the hat to the garden. Where is the hat?"
METHODS = [{"key": "surprisal"}, {"key": "entropy"}]


def comparison(page: Page) -> Locator:
    """What compares two answers."""
    return page.locator("tessera-compare")


def number(page: Page, label: str) -> str:
    """A number of the table of agreement."""
    row = comparison(page).get_by_role("row", name=re.compile(f"^{re.escape(label)}"))
    return row.get_by_role("cell").inner_text()


def values(page: Page, method: str) -> list[float | None]:
    """The first track of a method, as the interface tells it."""
    found: list[float | None] = result_of(page, method)["panels"][0]["tracks"][0]["values"]
    return found


def pin(page: Page, name: str) -> None:
    """Pin the answer of a method."""
    answer = card(page, name)
    expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
    answer.get_by_role("button", name=re.compile("^Pin ")).click()


def test_two_methods_of_a_run_are_compared_on_one_scale(page: Page) -> None:
    ask_in(page, text=STORY, models=["demo-lm"], methods=METHODS)
    pin(page, "Surprisal")
    tray = page.get_by_role("complementary", name="Pinned to compare")
    expect(tray).to_contain_text("pin another one")
    pin(page, "Entropy")
    surprisal, entropy = values(page, "surprisal"), values(page, "entropy")
    tray.get_by_role("link", name="Compare").click()
    both = comparison(page)
    expect(both.locator("tessera-token-strip")).to_have_count(2)
    expect(both).to_contain_text("One scale for both")
    pairs = [(a, b) for a, b in zip(surprisal, entropy, strict=True) if a is not None and b is not None]
    assert number(page, "Aligned") == str(len(pairs))
    shown = float(number(page, "Spearman").replace("\N{MINUS SIGN}", "-"))
    expected = spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic
    assert abs(shown - expected) < 0.001
    both.get_by_role("button", name="Difference").click()
    expect(both.locator("tessera-token-strip")).to_have_count(1)
    both.get_by_role("button", name=re.compile("^Show .* in the text")).first.click()
    expect(page.locator("tessera-popup")).to_contain_text("B − A")
    both.get_by_label("How many of the highest").fill("3")
    page.keyboard.press("Enter")
    expect(both.get_by_role("row", name=re.compile("^Overlap of the"))).to_contain_text("of 3 (")
    page.get_by_role("link", name="on a page of its own").click()
    page.wait_for_url(re.compile(r"/compare#a=runs/.*view=difference&k=3"))
    page.reload()
    expect(both.get_by_role("button", name="Difference")).to_have_attribute("aria-pressed", "true")
    expect(both.get_by_role("row", name=re.compile("^Overlap of the"))).to_contain_text("of 3 (")
    expect(tray).to_contain_text("Entropy")
    page.set_viewport_size({"width": 390, "height": 800})
    assert overflows(page) <= 0


def test_models_with_other_tokenizers_meet_at_common_cuts(page: Page) -> None:
    ask_in(page, text=STORY, models=["demo-lm", "demo-bytes"], methods=[{"key": "surprisal"}])
    first, second = card(page, "Surprisal").first, card(page, "Surprisal").last
    for answer in (first, second):
        expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
        answer.get_by_role("button", name=re.compile("^Pin ")).click()
    page.keyboard.press("Shift+P")
    both = comparison(page)
    expect(both).to_contain_text("The tokenizers cut differently")
    both.get_by_role("button", name="One under the other").click()
    pair = both.get_by_role("option", name=re.compile("^“ garden”: A "))
    expect(pair).to_be_visible()
    pair.hover()
    expect(page.locator("tessera-popup")).to_contain_text("B: “␣” ")
    expect(page.locator("tessera-popup")).to_contain_text("“g” ")


def test_a_comparison_with_a_run_that_is_not_there_says_so(new_page: Callable[..., Page]) -> None:
    page = new_page(refusals=True)
    page.goto("/compare#a=runs/nothing/x/0/y&b=runs/nothing/x/0/z")
    expect(page.get_by_role("alert").first).to_contain_text("A cannot be read")


def test_an_edited_prompt_stands_beside_the_old_one_by_keys_alone(page: Page) -> None:
    ask_in(page, text=STORY, models=["demo-lm"], methods=METHODS, generate={"max_new_tokens": 3})
    expect(tiles(card(page, "Entropy")).first).to_be_visible(timeout=DONE_MS)
    keys = page.keyboard
    tray = page.get_by_role("complementary", name="Pinned to compare")
    for name in ("Surprisal", "Entropy"):
        tiles(card(page, name)).nth(1).focus()
        keys.press("p")
        expect(tray).to_contain_text(f"{name} · demo-lm")
    keys.press("Shift+P")
    expect(comparison(page).locator("tessera-token-strip")).to_have_count(2)
    keys.press("e")
    box = page.get_by_role("textbox", name="The prompt, edited")
    expect(box).to_be_focused()
    keys.press("Control+A")
    keys.insert_text(STORY.replace("green hat", "red hat"))
    keys.press("Control+Enter")
    page.wait_for_url(re.compile("/compare#.*edited"))
    both = comparison(page)
    expect(both.locator("del")).to_have_text(" green", timeout=DONE_MS)
    expect(both.locator("ins")).to_have_text(" red")
    expect(both.locator("tessera-token-strip")).to_have_count(2)
    both.get_by_label("Answer of A").focus()
    keys.type("Entropy")
    expect(both.get_by_label("Answer of B").locator("option:checked")).to_contain_text("Entropy")
    both.get_by_role("button", name="Difference").focus()
    keys.press("Enter")
    strip = both.get_by_role("listbox", name=re.compile("."))
    strip.get_by_role("option").first.focus()
    keys.press("End")
    expect(page.locator("tessera-popup")).to_be_visible()
    keys.press("Home")
    keys.press("ArrowRight")
    expect(page.locator("tessera-popup")).to_contain_text("B − A")
    both.get_by_role("button", name=re.compile("^Show .* in the text")).first.focus()
    keys.press("Enter")
    expect(both.locator("tessera-token-strip [role=option]:focus")).to_have_count(1)
