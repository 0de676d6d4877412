"""Long things, in the place of short ones that the stack computed: 32 768 tokens and 64 × 64 patches, 12 tracks."""

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Response, expect

from tests.e2e.pictures import encoded, scene
from tests.e2e.site import DONE_MS, JSON, Run, overflows
from tests.e2e.stack import ROOT, Stack

TRANSFER = 3_000_000
TOKENS = 32_768


def lengthened(page: Page, stack: Stack, kind: str, **request: object) -> tuple[Run, int]:
    """A run whose answer is a long one now, opened; and how many bytes the answer had on the line."""
    page.goto("/")
    created = page.request.post("/api/runs", data=request, headers=JSON).json()
    result = finished(page, created["id"])
    subprocess.run(
        [sys.executable, "-m", "benchmarks.long_process"],
        input=json.dumps({result["id"]: kind}),
        env={**os.environ, "TESSERA_DATA": str(stack.data)},
        cwd=ROOT,
        text=True,
        check=True,
    )

    def whole(answer: Response) -> bool:
        return f"/results/{result['id']}" in answer.url

    with page.expect_response(whole) as answered:
        page.goto(created["url"])
    answered.value.finished()
    return Run(page), answered.value.request.sizes()["responseBodySize"]


def finished(page: Page, run: str) -> dict[str, Any]:
    """The only result of a run, once it is done."""
    until = time.monotonic() + DONE_MS / 1000
    while time.monotonic() < until:
        (result,) = page.request.get(f"/api/runs/{run}").json()["results"]
        if result["state"] == "done":
            return dict(result)
        page.wait_for_timeout(200)
    raise TimeoutError(f"run {run} is not done after {DONE_MS} ms")


def test_a_long_text_is_gone_through_by_pointer_and_keys(page: Page, stack: Stack) -> None:
    call = {"text": "Mia put the ball in a long box.", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    run, size = lengthened(page, stack, "text", **call)
    assert 100_000 < size <= TRANSFER
    expect(run.tiles.first).to_be_visible()
    assert run.strip.evaluate("strip => strip.strip.units.length") == TOKENS
    run.tiles.nth(4).hover()
    expect(run.popup).to_be_visible()
    before = run.coloured(4)
    page.get_by_role("button", name="Track 3", exact=True).click()
    expect(page.get_by_role("button", name="Track 3", exact=True)).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        "([strip, colour]) => getComputedStyle(strip.tileOf(4)).backgroundColor !== colour",
        arg=[run.strip.element_handle(), before],
    )
    run.tiles.first.focus()
    page.keyboard.press("End")
    focused = "strip => Number(strip.shadowRoot.activeElement?.dataset.unit)"
    page.wait_for_function(f"strip => ({focused})(strip) === {TOKENS - 1}", arg=run.strip.element_handle())
    expect(run.popup).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert run.strip.evaluate(focused) == TOKENS - 2
    page.keyboard.press("Home")
    page.wait_for_function(f"strip => ({focused})(strip) === 0", arg=run.strip.element_handle())
    assert overflows(page) == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_four_thousand_patches_have_their_numbers(page: Page, stack: Stack, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    picture: FilePayload = {"name": "scene.png", "mimeType": "image/png", "buffer": encoded(scene(512))}
    source = page.request.post("/api/sources", multipart={"file": picture}).json()["id"]
    call = {"source_ids": [source], "models": ["demo-vit"], "methods": [{"key": "gradient_x_input"}]}
    run, size = lengthened(page, stack, "grid", **call)
    assert 10_000 < size <= TRANSFER
    grid = page.locator("tessera-patch-grid").first
    expect(grid).to_be_visible()
    assert grid.evaluate("grid => grid.strip.units.filter(unit => unit.box).length") == 64 * 64
    grid.evaluate("grid => grid.scrollIntoView({ block: 'center' })")
    box = grid.locator("svg").first.bounding_box()
    assert box is not None
    assert abs(box["width"] - box["height"]) < 1
    for step in (3.0, 2.9):  # into it, and on
        page.mouse.move(box["x"] + box["width"] / step, box["y"] + box["height"] / step)
    expect(run.popup).to_be_visible()
    expect(run.popup).to_contain_text("Track 1")
    assert overflows(page) == 0
