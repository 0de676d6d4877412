"""The page that asks: what it refuses, what it keeps, how it looks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pictures
from tests.e2e.site import CUT, UNSURE, Ask, overflows
from tests.e2e.stack import LIMITS

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
NewPage = Callable[..., Page]


def test_nothing_to_look_at_is_said_before_anything_is_sent(page: Page) -> None:
    ask = Ask(page).open()
    ask.run_button.click()
    expect(ask.problem).to_contain_text("Nothing to look at yet")
    assert page.url.endswith("/")


def test_a_text_over_the_limit_is_refused_with_both_numbers_kept_and_can_be_cut(new_page: NewPage) -> None:
    page = new_page(refusals=True)
    ask = Ask(page).open()
    text = "The cat sat on the mat. " * 300
    ask.text.fill(text)
    ask.question(CUT)
    ask.run_button.click()
    expect(ask.problem).to_contain_text("7200")
    expect(ask.problem).to_contain_text("6000")
    expect(ask.text).to_have_value(text)
    page.get_by_role("button", name="Cut the text").click()
    kept = ask.text.input_value()
    assert text.startswith(kept)
    assert 5000 < len(kept) <= int(LIMITS["TESSERA_LIMIT_TEXT_CHARACTERS"])
    assert ask.run().id


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("half.jpg", pictures.truncated(), ""),
        ("drawing.svg", pictures.SVG, "SVG"),
        ("huge.png", pictures.huge_header(), "50"),
        ("notes.png", b"\x89PNG not a picture at all", ""),
    ],
)
def test_a_bad_picture_is_refused_readably_and_the_text_stays(
    new_page: NewPage, name: str, content: bytes, words: str
) -> None:
    page = new_page(refusals=True)
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.drop(name, content, "image/png")
    expect(ask.problem).to_contain_text(words)
    expect(ask.problem).not_to_be_empty()
    expect(ask.text).to_have_value(STORY)


def test_a_picture_is_previewed_and_can_be_removed(page: Page) -> None:
    ask = Ask(page).open()
    ask.drop("scene.png", pictures.encoded(pictures.scene(200)), "image/png")
    preview = page.get_by_alt_text("The picture you chose")
    expect(preview).to_be_visible()
    expect(page.get_by_text("200 × 200")).to_be_visible()
    assert preview.evaluate("image => image.complete && image.naturalWidth") == 200
    page.get_by_role("button", name="Remove").click()
    expect(preview).to_have_count(0)


def test_what_was_typed_survives_a_reload(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    page.reload()
    expect(ask.text).to_have_value(STORY)


def test_only_models_that_fit_are_offered(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    names = {model["key"]: model["name"] for model in page.request.get("/api/models").json()}
    offered = page.locator("tessera-ask-models").get_by_role("checkbox")
    expect(offered.first).to_be_visible()
    labels = [box.evaluate("box => box.closest('label').innerText") for box in offered.all()]
    assert any(names["demo-lm"] in label for label in labels)
    assert not any(names["demo-vit"] in label for label in labels)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_systems_colours_and_the_choice(new_page: NewPage, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    Ask(page).open()
    assert (_lightness(page) > 0.5) == (scheme == "light")
    page.get_by_label("Colours of the page").select_option("Dark" if scheme == "light" else "Light")
    assert (_lightness(page) > 0.5) == (scheme == "dark")
    page.reload()
    assert (_lightness(page) > 0.5) == (scheme == "dark")


def _lightness(page: Page) -> float:
    """How light the paper is, from 0 to 1."""
    return float(
        page.evaluate(
            """() => {
                const context = document.createElement("canvas").getContext("2d");
                context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
                context.fillRect(0, 0, 1, 1);
                const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
                return (red + green + blue) / 765;
            }"""
        )
    )


@pytest.mark.parametrize("width", [360, 412])
def test_a_phone_has_no_sideways_scroll(new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 780})
    ask = Ask(page).open()
    ask.text.fill("a" * 400 + STORY)
    ask.question(UNSURE)
    assert overflows(page) == 0


def test_the_page_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.focus()
    page.keyboard.type(STORY)
    ask.question(CUT)
    ask.text.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/runs/**")
