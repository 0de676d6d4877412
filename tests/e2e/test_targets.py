"""Targets: what is explained is chosen at the tokens, asked once, held against something else, and given up."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import DONE_MS, Run, ask_in, asked_by, card

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
CALLS = [{"key": "entropy"}, {"key": "gradient_x_input"}, {"key": "occlusion"}]
WHY_NOT = "Why not something else instead"
QUANTITY = "The number that is explained"


def story(page: Page) -> tuple[Run, Locator]:
    """A run that goes on by four tokens, and its occlusion."""
    generate = {"max_new_tokens": 4}
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=CALLS, generate=generate)
    answer = card(page, "Occlusion")
    expect(answer.locator("tessera-targets")).to_be_visible(timeout=DONE_MS)
    expect(card(page, "Entropy").locator("tessera-token-strip")).to_be_visible(timeout=DONE_MS)
    return run, answer


def explained(answer: Locator) -> Locator:
    """The line that says what is explained."""
    return answer.locator("tessera-targets p")


def answers(line: Locator, text: str) -> None:
    """Wait until what is explained is just this, not only asked."""
    expect(line).to_have_text(re.compile(rf"^\s*Explains.*{re.escape(text)}"), timeout=DONE_MS)


def chosen(answer: Locator) -> list[int]:
    """The units that are marked as explained."""
    marked = answer.locator("tessera-token-strip").first.locator(".tile.chosen[role=option]")
    return [int(unit.get_attribute("data-unit") or -1) for unit in marked.all()]


def test_targets_are_chosen_with_the_pointer_and_asked_once(page: Page) -> None:
    asked = asked_by(page)
    _, answer = story(page)
    line, strip = explained(answer), answer.locator("tessera-token-strip").first
    default = line.inner_text()
    first = int(strip.locator(".tile.generated[role=option]").first.get_attribute("data-unit") or -1)
    tile = strip.locator(f"[role=option][data-unit='{first}']")
    tile.click()
    answers(line, "kitchen”")
    assert chosen(answer) == [first]
    assert asked == [{"strip": "main", "from": first, "to": first + 1}]

    # Why A and not B: from what could have stood there, in the pop-up.
    page.locator("tessera-popup").get_by_role("button", name="Why not").first.click()
    answers(line, "apart")
    assert asked[1]["contrast"]["ids"]
    against = answer.get_by_label(WHY_NOT).evaluate("e => e.selectedOptions[0].text").partition("”")[0]
    assert f"rather than {against}”" in line.inner_text()

    # What is known is there at once, without a further question.
    answer.get_by_label(WHY_NOT).select_option("none")
    expect(line).not_to_contain_text("rather")
    strip.locator(f"[role=option][data-unit='{first + 1}']").click()
    answers(line, "kitchen.”")
    assert chosen(answer) == [first, first + 1]
    assert asked[2] == {"strip": "main", "from": first, "to": first + 2}
    assert answer.get_by_label(QUANTITY).locator("option", has_text="probability").last.is_disabled()

    # The first token has nothing before it; a click around the text gives up.
    page.keyboard.press("Escape")
    strip.locator("[role=option][data-unit='0']").click()
    expect(answer.get_by_role("alert")).to_contain_text("Nothing stands before")
    box = strip.bounding_box()
    assert box is not None
    strip.click(position={"x": box["width"] - 4, "y": box["height"] - 4})
    expect(line).to_have_text(default)
    assert len(asked) == 3


def test_targets_are_chosen_with_the_keyboard_alone(page: Page) -> None:
    asked = asked_by(page)
    _, answer = story(page)
    line, strip = explained(answer), answer.locator("tessera-token-strip").first
    default = line.inner_text()
    strip.locator("[tabindex='0']").focus()
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    answers(line, "kitchen”")
    page.keyboard.press("Escape")  # the pop-up of what else could have stood there
    expect(page.locator("tessera-popup.pinned")).to_have_count(0)
    page.keyboard.press("Shift+ArrowRight")
    answers(line, "kitchen.”")
    assert [target["to"] - target["from"] for target in asked] == [1, 2]

    # Another quantity, and a typed text to be held against.
    answer.get_by_label(QUANTITY).focus()
    page.keyboard.press("ArrowDown")
    answers(line, "logit")
    answer.get_by_label(WHY_NOT).focus()
    page.keyboard.press("End")
    page.keyboard.type("garden.")
    page.keyboard.press("Enter")
    answers(line, "rather than “ garden.”")
    assert asked[-1] == {**asked[1], "quantity": "logit", "contrast": {"token": " garden."}}
    strip.locator("[tabindex='0']").focus()
    page.keyboard.press("Escape")
    expect(line).to_have_text(default)
