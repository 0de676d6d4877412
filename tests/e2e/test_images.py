"""Pictures: classes are explained and held against each other, patches selected by box, brush and keyboard."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e import pictures
from tests.e2e.site import DONE_MS, ask_in, asked_by, card

WIDE, HIGH = 128, 64
DRAWN = "How the values are drawn"
CLASS = "The class that is explained"


def picture(page: Page) -> Locator:
    """A wide picture's occlusion."""
    page.goto("/")
    file: Any = {
        "name": "scene.png",
        "mimeType": "image/png",
        "buffer": pictures.encoded(pictures.scene().resize((WIDE, HIGH))),
    }
    source = page.request.post("/api/sources", multipart={"file": file})
    assert source.status == 201, source.text()
    ask_in(page, source_ids=[source.json()["id"]], models=["demo-vit"], methods=[{"key": "occlusion"}])
    answer = card(page, "Occlusion")
    expect(answer.locator("tessera-patch-grid")).to_be_visible(timeout=DONE_MS)
    return answer


def drag(page: Page, over: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw from one place of an element to another; places are parts of its sides."""
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=6)
    page.mouse.up()


def selected(answer: Locator) -> int:
    """How many patches say that they are selected."""
    return answer.locator("tessera-patch-grid [role=option][aria-selected='true']").count()


def test_a_picture_is_explained_outlined_and_selected_with_the_pointer(page: Page) -> None:
    asked = asked_by(page)
    answer = picture(page)
    line = answer.locator("tessera-targets p")
    over = answer.locator("tessera-patch-grid svg.over")
    over.scroll_into_view_if_needed()

    # Nothing is distorted: the picture and what lies on it are as wide and high as each other, in the file's ratio.
    sizes = [
        answer.locator(f"tessera-patch-grid {part}").first.bounding_box() for part in ("img", "svg.over", ".tiles svg")
    ]
    for size in sizes:
        assert size is not None
        assert sizes[0] is not None
        assert abs(size["width"] / size["height"] - WIDE / HIGH) < 0.02
        assert abs(size["width"] - sizes[0]["width"]) < 1

    # Another class, and one held against another.
    classes = answer.get_by_label(CLASS, exact=True)
    known = classes.evaluate("e => [...e.options].map((option) => option.text)")
    now = classes.evaluate("e => e.selectedIndex")
    other = (now + 1) % len(known)
    classes.select_option(str(other))
    expect(line).to_contain_text(f"Explains {known[other]}", timeout=DONE_MS)
    answer.get_by_label("Why not something else instead").select_option(str(now))
    expect(line).to_contain_text(f"Explains {known[other]} rather than {known[now]}", timeout=DONE_MS)
    assert asked == [
        {"strip": "image", "class": other},
        {"strip": "image", "class": other, "contrast": {"class": now}},
    ]
    answer.get_by_role("button", name="Back").click()
    expect(line).to_contain_text(f"Explains {known[now]}")

    # A click pins the patch's own numbers; outlines say at which numbers they are.
    answer.locator("tessera-patch-grid [role=option]").nth(9).click()
    expect(page.locator("tessera-popup.pinned")).to_be_visible()
    page.keyboard.press("Escape")
    answer.get_by_label(DRAWN).select_option("outline")
    expect(answer.get_by_text(re.compile("Lines around patches beyond"))).to_be_visible()
    assert answer.locator("tessera-patch-grid svg.lines path.line").count() > 0
    answer.get_by_label(DRAWN).select_option("fill")
    answer.get_by_label("How the colours blend with the picture").select_option("multiply")
    expect(answer.locator(".layers.multiply .tiles")).to_have_css("mix-blend-mode", "multiply")

    # A box, then a brush, then one patch less.
    answer.get_by_role("button", name="select", exact=True).click()
    drag(page, over, (0.3, 0.1), (0.45, 0.45))
    boxed = selected(answer)
    assert boxed > 1
    expect(answer.get_by_text(re.compile(rf"^\s*{boxed} patches selected"))).to_be_visible()
    answer.get_by_label("What dragging over patches draws").select_option("brush")
    drag(page, over, (0.7, 0.9), (0.55, 0.9))
    assert selected(answer) > boxed
    before = selected(answer)
    answer.locator("tessera-patch-grid [role=option][aria-selected='true']").first.click()
    assert selected(answer) == before - 1
    answer.get_by_role("button", name="clear").click()
    assert selected(answer) == 0


def test_patches_are_walked_and_selected_with_the_keyboard_alone(page: Page) -> None:
    asked = asked_by(page)
    answer = picture(page)
    line = answer.locator("tessera-targets p")
    classes = answer.get_by_label(CLASS, exact=True)
    now = classes.evaluate("e => e.selectedIndex")
    classes.focus()
    page.keyboard.press("ArrowUp" if now > 0 else "ArrowDown")
    other = now - 1 if now > 0 else now + 1
    expect(line).to_contain_text(f"Explains {classes.evaluate('e => e.selectedOptions[0].text')}", timeout=DONE_MS)
    assert asked == [{"strip": "image", "class": other}]

    answer.get_by_role("button", name="select", exact=True).focus()
    page.keyboard.press("Enter")
    grid = answer.locator("tessera-patch-grid")
    grid.locator("[tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert selected(answer) == 1
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(answer.get_by_text(re.compile(r"^\s*6 patches selected"))).to_be_visible()
    assert selected(answer) == 6
    page.keyboard.press("Space")
    assert selected(answer) == 5
    page.keyboard.press("Escape")
    assert selected(answer) == 0
