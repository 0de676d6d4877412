"""Point 10, explain yourself: worked questions that are opened, changed and rerun; how every method is read."""

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import DONE_MS, Ask, card, overflows, tiles
from tests.e2e.stack import ROOT, Stack
from webapp.supervisor import demo, redis

WORKED = ["where-it-hesitates", "which-patches-a-vit-needs"]


@pytest.fixture(scope="module")
def gallery(stack: Stack) -> str:
    """Two questions are asked as the demo does it; what the command printed."""
    _, url = redis.command(stack.data)
    told = demo.environment(stack.data, "127.0.0.1", url)
    argv = [sys.executable, "manage.py", "gallery", "--only", *WORKED]
    done = subprocess.run(argv, cwd=ROOT, env={**os.environ, **told}, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_worked_question_is_opened_changed_and_rerun(gallery: str, page: Page) -> None:
    assert gallery.count(": made") == 2
    page.goto("/")
    expect(page.get_by_role("heading", name="Worked questions")).to_be_visible()
    page.get_by_role("link", name="Where does it hesitate?").click()
    note = page.get_by_role("complementary", name="Where does it hesitate?")
    expect(note).to_contain_text("The entropy is high before names and things")
    expect(tiles(card(page, "Entropy")).nth(3)).to_be_visible()
    note.get_by_role("button", name="Begin with “Entropy”").click()
    expect(card(page, "Entropy")).to_be_focused()
    page.get_by_role("button", name="Change and rerun").click()
    page.wait_for_url("**/")
    ask = Ask(page)
    expect(ask.text).to_have_value(re.compile("^Story: Mia went to the hall"))
    expect(page.get_by_role("checkbox", name=re.compile("^Rank buckets"))).to_be_checked()
    ask.text.fill("Story: Mia went to the barn.")
    expect(ask.run_button).to_be_enabled(timeout=DONE_MS)
    ask.run()
    expect(tiles(card(page, "Entropy")).nth(3)).to_be_visible(timeout=DONE_MS)


def test_by_keyboard_a_picture_is_copied_and_its_methods_explained(gallery: str, new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 390, "height": 800})
    page.goto("/gallery")
    link = page.get_by_role("link", name=re.compile("^Which patches"))
    expect(link).to_be_visible()
    assert overflows(page) <= 0
    link.focus()
    page.keyboard.press("Enter")
    how = card(page, "Token merging").get_by_text("How to read this")
    expect(how).to_be_visible()
    how.focus()
    page.keyboard.press("Enter")
    example = card(page, "Token merging").get_by_role("list").filter(has_text="(2 · 3 + 1 · 6) / 3")
    expect(example).to_contain_text("= 4")
    assert overflows(page) <= 0
    page.keyboard.press("Shift+C")
    page.wait_for_url("**/")
    expect(page.get_by_role("img", name="The picture you chose")).to_be_visible()
    help_button = page.get_by_role("button", name="How to read Occlusion")
    help_button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Occlusion")
    expect(dialog).to_contain_text("When not to trust it")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(help_button).to_be_focused()


def test_every_method_is_explained_on_one_page(page: Page) -> None:
    page.goto("/guide#surprisal")
    opened = page.locator("details#surprisal")
    expect(opened).to_have_attribute("open", "")
    expect(opened).to_contain_text("−ln(0.5) = 0.693")
    expect(opened.get_by_role("link", name="doi:10.3115/1073336.1073357")).to_be_visible()
    search = page.get_by_role("searchbox")
    search.focus()
    page.keyboard.type("pagerank nonsense")
    expect(page.get_by_role("status")).to_have_text("No method’s card says that.")
    search.fill("bolya")
    expect(page.locator("details")).to_have_count(1)
    page.locator("details summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details#tome")).to_contain_text("Bolya")
