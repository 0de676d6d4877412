"""Faithfulness: every map of importance says whether to believe it, and a table which one."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.site import DONE_MS, MATTERED, Ask, ask_in, card
from tests.e2e.test_what_if import press_to

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
SCENE = Path(__file__).parents[2] / "workers" / "demo" / "samples" / "scene-11.png"
VERDICT = re.compile(r"(better|worse) than random|no better than random|says nothing here")


def test_a_question_about_importance_is_measured_with_it(page: Page) -> None:
    asking = Ask(page).open()
    asking.text.fill(STORY)
    asking.question(MATTERED)
    asking.method("Occlusion")
    asking.run()
    badges = page.locator("tessera-badge")
    expect(badges).to_have_count(2, timeout=DONE_MS)
    for index in range(2):
        expect(badges.nth(index)).to_contain_text(VERDICT, timeout=DONE_MS)
    table = page.get_by_role("region", name="Which map to believe")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table).to_contain_text("★ best")
    expect(page.get_by_role("heading", name="Faithfulness")).to_have_count(0)

    opener = badges.first.get_by_role("button", name=VERDICT)
    page.locator("tessera-result-card").first.evaluate("node => node.focus()")
    press_to(page, opener)
    page.keyboard.press("Enter")
    opened = badges.first.get_by_role("region", name="How faithful this map is")
    expect(opened.locator("tessera-chart").first).to_be_visible()
    expect(opened).to_contain_text("20 random orders")

    best = table.get_by_role("row").nth(1).get_by_role("rowheader").inner_text().splitlines()[0]
    page.reload()
    expect(page.get_by_role("button", name="Most faithful first")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("tessera-result-card h3").first).to_contain_text(best)


def test_a_picture_is_measured_when_it_is_asked_for(page: Page) -> None:
    page.goto("/")
    file = {"name": "scene.png", "mimeType": "image/png", "buffer": SCENE.read_bytes()}
    source = page.request.post("/api/sources", multipart={"file": file}).json()["id"]  # type: ignore[dict-item]
    methods = [{"key": "cls_attention"}, {"key": "gradient_x_input"}]
    ask_in(page, source_ids=[source], models=["demo-vit"], methods=methods)
    answer = card(page, "Gradient × input")
    offer = answer.get_by_role("button", name=re.compile(r"not measured yet – measure \(≈ [\d ]+ passes"))
    expect(offer).to_be_visible(timeout=DONE_MS)
    offer.click()
    for name in ("Gradient × input", "Class-token attention"):
        expect(card(page, name).locator("tessera-badge")).to_contain_text(VERDICT, timeout=DONE_MS)
    expect(page.get_by_role("region", name="Which map to believe").get_by_role("row")).to_have_count(3)
