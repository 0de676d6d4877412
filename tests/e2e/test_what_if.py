"""What if: units are selected, an edit is tried, and the real change stands beside the predicted one."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import DONE_MS, ask_in, card, tiles

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
METHODS = [{"key": "gradient_x_input"}, {"key": "occlusion"}]
NUMBER = re.compile(r"([+−]?\d[\d.,]*(?:e[−+]?\d+)?)")


def ready(page: Page, name: str = "Occlusion") -> Locator:
    """A run about a story with an answer of one token, and the card of a method."""
    ask_in(page, text=STORY, models=["demo-lm"], methods=METHODS, generate={"max_new_tokens": 1})
    answer = card(page, name)
    expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
    return answer


def tile(answer: Locator, word: str) -> Locator:
    """The unit that holds a word."""
    return tiles(answer).filter(has_text=word).first


def change(panel: Locator, what: str) -> Locator:
    """A row of the latest try's changes."""
    bars = panel.get_by_role("list", name="The real and the predicted change").first
    return bars.get_by_role("listitem").filter(has_text=what)


def numbers(row: Locator) -> float:
    """The number at the end of a row of changes."""
    found = NUMBER.findall(row.locator(".number").inner_text())
    return float(found[0].replace("−", "-").replace("+", ""))


def tries(page: Page) -> list[dict[str, Any]]:
    """The results of what was tried, as the interface tells them."""
    run = page.url.rstrip("/").rsplit("/", 1)[1].partition("#")[0]
    state = page.request.get(f"/api/runs/{run}").json()
    wanted = [one["id"] for one in state["results"] if one["method"]["key"] == "what_if"]
    return [page.request.get(f"/api/runs/{run}/results/{id}").json() for id in wanted]


def test_selected_tokens_are_replaced_and_the_answer_follows(page: Page) -> None:
    answer = ready(page)
    answer.get_by_role("button", name="select", exact=True).click()
    tile(answer, "kitchen").click()
    panel = answer.get_by_role("region", name="What if …")
    expect(panel).to_contain_text("Predicted change")
    panel.get_by_role("button", name="Try it").click()
    really = change(panel, "Really")
    expect(really).to_be_visible(timeout=DONE_MS)
    (result,) = tries(page)
    assert result["provenance"]["parameters"]["edits"][0]["action"] == "remove"
    assert numbers(really) == pytest.approx(result["figures"]["change"]["value"], rel=0.01)
    assert numbers(really) < -1, "the answer hangs on the kitchen"
    expect(change(panel, "Occlusion predicted")).to_be_visible()
    expect(panel.locator(".tries del").first).to_have_text(" kitchen")

    panel.get_by_role("radio", name="Replace them").check()
    panel.get_by_role("textbox").fill("garden")
    page.keyboard.press("Enter")
    first = panel.get_by_role("list", name="What was tried").locator("> li").first
    expect(first.locator("ins")).to_have_text(" garden", timeout=DONE_MS)
    after = first.get_by_role("region", name="The answer, before and after")
    expect(after.locator("mark").last).to_have_text(" garden")

    page.reload()
    again = page.get_by_role("list", name="What was tried").first
    expect(again.locator("> li")).to_have_count(2, timeout=DONE_MS)
    expect(again).to_contain_text("replaced")


def press_to(page: Page, wanted: Locator, key: str = "Tab", most: int = 80) -> None:
    """Press a key until something has the focus."""
    for _ in range(most):
        if wanted.evaluate("node => node.matches(':focus')"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not lead there")


def test_by_keyboard_alone_a_token_is_masked(page: Page) -> None:
    answer = ready(page)
    heading = answer.get_by_role("heading", name="Occlusion")
    heading.evaluate("node => { node.tabIndex = -1; node.focus() }")
    press_to(page, answer.get_by_role("button", name="select", exact=True))
    page.keyboard.press("Enter")
    press_to(page, answer.locator("tessera-token-strip").first.locator("[role=option][tabindex='0']"))
    wanted = tile(answer, "kitchen")
    press_to(page, wanted, "ArrowRight")
    page.keyboard.press("Enter")
    panel = answer.get_by_role("region", name="What if …")
    expect(panel).to_be_visible()
    press_to(page, panel.get_by_role("radio", name="Remove them"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("radio", name="Mask them")).to_be_checked()
    press_to(page, panel.get_by_role("button", name="Try it"))
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status").first).to_contain_text("really changed", timeout=DONE_MS)
    really = change(panel, "Really")
    predicted = change(panel, "Occlusion predicted")
    assert numbers(really) == pytest.approx(numbers(predicted), rel=0.02), "masking one unit is what occlusion does"


def test_what_is_explained_cannot_be_changed(page: Page) -> None:
    answer = ready(page)
    answer.get_by_role("button", name="select", exact=True).click()
    tiles(answer).last.click()
    panel = answer.get_by_role("region", name="What if …")
    expect(panel).to_contain_text("only units before the target can be changed")
    expect(panel.get_by_role("button", name="Try it")).to_be_disabled()
