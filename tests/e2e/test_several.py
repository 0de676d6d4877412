"""Several methods at once on one strip, layers and heads, thresholds and intensity: by pointer and by keyboard."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.e2e.pictures import encoded, scene
from tests.e2e.site import DONE_MS, ask_in, card, result_of, tiles

TEXT = "Mia put the red ball in the box. Tom took the box to the kitchen. The ball is in the"
MODEL = {"models": ["demo-lm"], "text": TEXT}


def _track(result: dict[str, Any], name: str) -> dict[str, Any]:
    panel = next(panel for panel in result["panels"] if panel["kind"] == "scores")
    track: dict[str, Any] = next(track for track in panel["tracks"] if track["name"] == name)
    return track


def _shown(value: float) -> str:
    """As the interface writes it: three significant digits."""
    return f"{value:.3g}"


def _asked(page: Page) -> Locator:
    """The answer of surprisal, when all answers have come."""
    ask_in(page, **MODEL, methods=[{"key": "surprisal"}, {"key": "entropy"}])
    for name in ("Surprisal", "Entropy"):
        expect(card(page, name).locator("tessera-token-strip").first).to_be_visible(timeout=DONE_MS)
    return card(page, "Surprisal")


def _strips(answer: Locator) -> Locator:
    return answer.locator("tessera-scores tessera-token-strip")


def _lanes(answer: Locator) -> str:
    """How many lines lie below the tiles."""
    strip = _strips(answer).first.locator(".strip")
    return str(strip.evaluate("node => getComputedStyle(node).getPropertyValue('--lanes')")).strip()


def test_tracks_of_other_results_as_lines_and_as_small_multiples(page: Page) -> None:
    answer = _asked(page)
    surprisal, entropy = (_track(result_of(page, method), method)["values"] for method in ("surprisal", "entropy"))
    answer.get_by_role("button", name="compare with").click()
    answer.get_by_role("group", name="Tracks on the same units").get_by_label("Entropy", exact=True).check()
    page.keyboard.press("Escape")
    assert _lanes(answer) == "1"
    lines = answer.get_by_role("list", name="Lines below the text")
    expect(lines).to_contain_text("Entropy")
    tiles(answer).nth(4).hover()
    popup = page.locator("tessera-popup")
    for values in (surprisal, entropy):
        expect(popup).to_contain_text(f"{_shown(values[4])}\u202fnat")

    answer.get_by_role("button", name="small multiples").click()
    expect(_strips(answer)).to_have_count(2)
    page.mouse.move(0, 0)
    _strips(answer).nth(1).get_by_role("option").nth(4).hover()
    expect(_strips(answer).locator(".lit")).to_have_count(2)
    page.reload()
    expect(_strips(answer)).to_have_count(2)
    answer.get_by_role("button", name="Remove Entropy").click()
    expect(_strips(answer)).to_have_count(1)


def test_thresholds_and_one_intensity_say_what_they_do_in_numbers(page: Page) -> None:
    answer = _asked(page)
    track = _track(result_of(page, "surprisal"), "surprisal")
    values = [value for value in track["values"] if value is not None]
    legend = answer.locator("tessera-legend").first
    legend.get_by_text("Intensity and thresholds").click()
    legend.get_by_label("dim below").fill("2")
    legend.get_by_label("dim below").press("Enter")
    left = sum(value >= 2 for value in values)
    expect(legend.get_by_role("status")).to_have_text(f"{left} of {len(values)} shown, {len(values) - left} dimmed")
    expect(answer.locator("tessera-token-strip").first.locator(".tile.dimmed[role]")).to_have_count(len(values) - left)
    handle = legend.get_by_role("slider", name="Dim what lies below")
    box, bar = handle.bounding_box(), legend.locator("tessera-scale-bar").bounding_box()
    assert box is not None
    assert bar is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(bar["x"] + bar["width"] / 2, box["y"] + 10)
    page.mouse.up()
    half = float(handle.get_attribute("aria-valuenow") or "nan")
    assert half == pytest.approx(track["domain"][1] / 2, abs=track["domain"][1] / 50)
    legend.get_by_role("slider", name="Intensity").fill("1")
    expect(legend).to_contain_text(f"full colour from {_shown(track['domain'][1] / 2)}\u202fnat")
    legend.get_by_role("button", name="Reset").click()
    expect(legend.get_by_role("status")).to_be_hidden()


def test_the_same_by_keyboard_alone(page: Page) -> None:
    answer = _asked(page)
    answer.get_by_role("button", name="compare with").focus()
    page.keyboard.press("Enter")
    expect(answer.get_by_label("Probability", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(answer.get_by_role("button", name="compare with")).to_be_focused()
    expect(answer.get_by_role("list", name="Lines below the text")).to_contain_text("Probability")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(_strips(answer)).to_have_count(2)
    handle = answer.locator("tessera-legend").first.get_by_role("slider", name="Dim what lies below")
    handle.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    high = _track(result_of(page, "surprisal"), "surprisal")["domain"][1]
    assert float(handle.get_attribute("aria-valuenow") or "nan") == pytest.approx(0.11 * high, abs=high / 100)
    expect(answer.locator("tessera-legend").first.get_by_role("status")).to_contain_text("dimmed")
    page.keyboard.press("Delete")
    expect(handle).to_have_attribute("aria-valuetext", "nothing is dimmed")


def _pictured(page: Page, heads: str = "each") -> Locator:
    """Class-token attention, with its heads apart or not."""
    page.goto("/")
    file: FilePayload = {"name": "scene.png", "mimeType": "image/png", "buffer": encoded(scene())}
    source = page.request.post("/api/sources", multipart={"file": file}).json()["id"]
    attention = {"key": "cls_attention", "params": {"heads": heads}}
    ask_in(page, source_ids=[source], models=["demo-vit"], methods=[attention, {"key": "occlusion"}])
    answer = card(page, "Class-token attention")
    expect(answer.locator("tessera-patch-grid").first).to_be_visible(timeout=DONE_MS)
    return answer


def _colours(answer: Locator) -> str:
    """What the picture shows: the fill of every colour."""
    fills = answer.locator("tessera-patch-grid").first.locator(".tiles path")
    return str(
        fills.evaluate_all("paths => paths.map(path => path.getAttribute('d') + path.getAttribute('style')).join()")
    )


def _until(holds: Callable[[], bool]) -> None:
    """Waits for what is drawn in the next frames."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_layers_are_previewed_chosen_and_drawn_over_and_heads_are_squares(page: Page) -> None:
    answer = _pictured(page)
    band = answer.locator("tessera-band")
    slots = band.locator(".slot")
    last = _colours(answer)
    slots.nth(1).hover()
    expect(band).to_contain_text("layer 6")
    _until(lambda: _colours(answer) != last)
    page.mouse.move(0, 0)
    _until(lambda: _colours(answer) == last)
    slots.nth(1).click()
    expect(band).to_contain_text("layer 2")
    slots.nth(1).drag_to(slots.nth(3))
    expect(band).to_contain_text("mean of layers 2–4")
    band.get_by_role("button", name="Reset").click()
    expect(band).to_contain_text("layer 6")

    grid = answer.get_by_role("grid")
    chosen = grid.get_by_role("gridcell", selected=True)
    count = grid.get_by_role("columnheader").count() - 1
    expect(chosen).to_have_count(count)
    grid.get_by_role("gridcell", name=re.compile("^layer 2, head 1:")).click()
    expect(chosen).to_have_count(1)
    expect(band).to_contain_text("layer 2")
    grid.get_by_role("gridcell", name=re.compile("^layer 3, head 2:")).click(modifiers=["Shift"])
    expect(chosen).to_have_count(4)
    grid.get_by_role("gridcell", name=re.compile("^layer 5, head 1:")).click(modifiers=["Control"])
    expect(chosen).to_have_count(5)
    only = grid.get_by_role("gridcell", name=re.compile("^layer 4, head 2:"))
    only.dblclick()
    expect(chosen).to_have_count(1)
    only.dblclick()
    expect(chosen).to_have_count(count)

    answer.get_by_role("button", name="compare with").click()
    answer.get_by_role("group", name="Tracks on the same units").get_by_label("Attribution").check()
    expect(answer.locator("tessera-patch-grid")).to_have_count(2)


def test_layers_and_heads_by_keyboard_alone(page: Page) -> None:
    answer = _pictured(page)
    band = answer.get_by_role("slider", name="layer")
    band.focus()
    page.keyboard.press("ArrowLeft")
    expect(band).to_have_attribute("aria-valuetext", "layer 5")
    page.keyboard.press("Shift+ArrowLeft")
    expect(band).to_have_attribute("aria-valuetext", "mean of layers 4–5")
    page.keyboard.press("Home")
    expect(band).to_have_attribute("aria-valuetext", "layer 1")
    page.keyboard.press("Shift+End")
    expect(band).to_have_attribute("aria-valuetext", "mean of all 6 layers")
    grid = answer.get_by_role("grid")
    chosen = grid.get_by_role("gridcell", selected=True)
    grid.get_by_role("gridcell").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_attribute("aria-label", re.compile("^layer 2, head 2:"))
    page.keyboard.press("Shift+ArrowDown")
    expect(chosen).to_have_count(2)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(grid.get_by_role("columnheader").count() - 1)


def _with_a_sink(route: Route) -> None:
    """Attention of which patch 9 has most in every layer, as of a model that keeps notes in a patch of background."""
    answer = route.fetch(url=route.request.url.partition("?")[0])
    result = answer.json()
    if result["method"] == "cls_attention":
        track = _track(result, "attention")
        track["domain"] = [0, 0.9]
        track["values"] = [[0.9 if unit == 9 else 0.01 for unit, _ in enumerate(row)] for row in track["values"]]
    route.fulfill(response=answer, json=result)


def test_sinks_are_kept_off_the_scale_until_a_person_wants_them_there(page: Page) -> None:
    page.route(re.compile(r"/api/runs/[^/]+/results/[^/.]+(\?.*)?$"), _with_a_sink)
    answer = _pictured(page, "mean")
    note = answer.get_by_text("1 sink kept off the scale: Patch, row 2, column 1: 0.9")
    expect(note).to_be_visible()
    legend = answer.locator("tessera-legend").first
    expect(legend).to_contain_text("full colour from 0.01")
    include = answer.get_by_role("button", name="include it")
    include.focus()
    page.keyboard.press("Enter")
    expect(answer.get_by_text("1 sink is on the scale")).to_be_visible()
    expect(legend).to_contain_text("full colour from 0.9")
