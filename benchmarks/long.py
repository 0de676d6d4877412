"""Long things in Chromium: 32 768 tokens and 64 × 64 patches with twelve tracks, from the server to the screen.

`python -m benchmarks long`; TESSERA_LONG_TRACES names a folder for Chromium's traces.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import FilePayload

from benchmarks.long_page import Frames, LongPage, chromium, p95
from benchmarks.rows import HEADER, Row, seconds_within
from tests.e2e.pictures import encoded, scene
from tests.e2e.stack import LIMITS, ROOT, Stack, running

RESULTS = Path(__file__).parent / "results" / "long.md"
TRACES = os.environ.get("TESSERA_LONG_TRACES")
MEGABYTE = 1_000_000
TRANSFER = 3 * MEGABYTE
PAINT_MS = 1000.0
FRAME_MS = 17.0
"""A frame at 60 a second, as browsers time it."""
SPEED = 6000
"""Pixels a second: seven screens."""
FARTHEST = 60_000
JSON_TYPE = {"Content-Type": "application/json"}
STRIP = "measured.deep('tessera-token-strip')"
GRID = "measured.deep('tessera-patch-grid')"


def rows() -> Iterator[Row]:
    """The whole stack, with long results in the place of short ones."""
    found: list[Row] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data", **LIMITS) as stack,
        chromium(_executable(), stack.address) as new_page,
    ):
        for measure in (_text, _grid):
            for row in measure(new_page(), stack):
                print(" · ".join(filter(None, row.cells())), file=sys.stderr, flush=True)
                found.append(row)
                yield row
    _write(found)


def _executable() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("TESSERA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise FileNotFoundError("this needs Chromium: `make browser`, or TESSERA_CHROMIUM=path")
    return path


def _asked(page: LongPage, stack: Stack, kind: str, **request: object) -> str:
    """The address of a run whose result is a long one now."""
    http = page.page.request
    page.page.goto("/")
    created = http.post("/api/runs", data=request, headers=JSON_TYPE).json()
    while True:
        results = http.get(f"/api/runs/{created['id']}").json()["results"]
        if all(result["state"] == "done" for result in results):
            break
        page.page.wait_for_timeout(200)
    subprocess.run(
        [sys.executable, "-m", "benchmarks.long_process"],
        input=json.dumps({results[0]["id"]: kind}),
        env={**os.environ, "TESSERA_DATA": str(stack.data)},
        cwd=ROOT,
        text=True,
        check=True,
    )
    return str(created["url"])


def _text(page: LongPage, stack: Stack) -> Iterator[Row]:
    call = {"text": "Mia put the ball in the box.", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    url = _asked(page, stack, "text", **call)
    what = "32,768 tokens, 12 tracks"
    with page.traced(_trace("text-first-paint")):
        painted = page.open(url)
    yield _transfer(what, page)
    yield seconds_within(f"{what}: data to first painted colour", painted / 1000, PAINT_MS / 1000)
    page.settle()
    yield from _switching(what, page, STRIP)
    page.page.evaluate(f"{STRIP}.scrollIntoView()")
    page.settle()
    yield from _moving(what, page, STRIP)
    page.page.evaluate("document.activeElement?.blur()")
    page.page.keyboard.press("i")
    page.settle()
    yield from _moving(f"{what}, ids below them", page, STRIP)
    page.page.keyboard.press("i")
    page.page.get_by_label("What one number is shown for").first.select_option("words")
    page.settle()
    yield from _moving(f"{what}, by words", page, STRIP)
    page.page.get_by_label("What one number is shown for").first.select_option("tokens")
    page.settle()
    yield from _keys(what, page)


def _grid(page: LongPage, stack: Stack) -> Iterator[Row]:
    page.page.goto("/")
    picture: FilePayload = {"name": "scene.png", "mimeType": "image/png", "buffer": encoded(scene(512))}
    source = page.page.request.post("/api/sources", multipart={"file": picture}).json()["id"]
    call = {"source_ids": [source], "models": ["demo-vit"], "methods": [{"key": "gradient_x_input"}]}
    url = _asked(page, stack, "grid", **call)
    what = "64 × 64 patches, 12 tracks"
    with page.traced(_trace("grid-first-paint")):
        painted = page.open(url)
    yield _transfer(what, page)
    yield seconds_within(f"{what}: data to first painted colour", painted / 1000, PAINT_MS / 1000)
    page.settle()
    yield from _switching(what, page, GRID)
    page.page.evaluate(f"{GRID}.scrollIntoView({{block: 'center'}})")
    page.settle()
    yield from _moving(what, page, GRID, scrolls=False)


def _transfer(what: str, page: LongPage) -> Row:
    page.page.wait_for_timeout(300)
    size = page.transferred()
    goal = f"≤ {TRANSFER / MEGABYTE:g} MB"
    return Row(f"{what}: the result on the line, gzip", f"{size / MEGABYTE:.2f} MB", "", "", goal, size <= TRANSFER)


def _switching(what: str, page: LongPage, mark: str) -> Iterator[Row]:
    """Another track: from the press to the frame that shows its colours."""
    place = (
        f"[...{mark}.shadowRoot.querySelectorAll('[data-unit=\"7\"], .fills path')].map((one) => one.outerHTML).join()"
    )
    buttons = "[...measured.deep('tessera-scores').shadowRoot.querySelectorAll('button')]"
    click = f"{buttons}.find((one) => one.textContent.trim() === 'Track 3').click()"
    took = page.act(f"window.before = {place}; {click}", f"{place} !== window.before")
    yield seconds_within(f"{what}: another track shown", took / 1000, 0.1)


def _moving(what: str, page: LongPage, mark: str, scrolls: bool = True) -> Iterator[Row]:
    """Hovering with the pop-up, then scrolling from end to end."""
    box = page.page.evaluate(
        f"(() => {{ const {{left, top, right, bottom}} = {mark}.getBoundingClientRect(); "
        "return [left + 8, Math.max(80, top + 8), right - 8, Math.min(innerHeight - 20, bottom - 8)]; })()"
    )
    name = what.replace(" ", "-").replace(",", "")
    hovering = f"{what}: hovering, pop-up open"
    yield _smooth(page.frames(hovering, lambda: page.hover(tuple(box), 300), _trace(f"{name}-hover")))
    page.page.mouse.move(2, 2)
    if not scrolls:
        return
    height = min(FARTHEST, int(page.page.evaluate("document.documentElement.scrollHeight")))
    scrolling = f"{what}: scrolling {height:,} pixels"
    yield _smooth(page.frames(scrolling, lambda: page.scroll(height, SPEED), _trace(f"{name}-scroll")))
    page.page.evaluate("window.scrollTo(0, 0)")
    page.settle()


def _smooth(frames: Frames) -> Row:
    """Frames a second are those counted over the whole time, so that each late one tells."""
    rate = 1000 * len(frames.times) / sum(frames.times)
    beside = (
        f"median {frames.median:.1f} ms, p95 {p95(frames.times):.1f} ms, worst {frames.worst:.0f} ms, "
        f"{len(frames.times)} frames; the page's thread computes {statistics.median(frames.work):.1f} ms a frame, "
        f"p95 {p95(frames.work):.1f} ms"
    )
    goal = f"p95 ≤ {FRAME_MS:g} ms"
    return Row(frames.name, f"{rate:.0f} frames a second", beside, "", goal, p95(frames.times) <= FRAME_MS)


def _keys(what: str, page: LongPage) -> Iterator[Row]:
    """From a key to the frame that shows where it led."""
    page.page.evaluate("window.scrollTo(0, 0)")
    page.page.evaluate(f"{STRIP}.goTo(5)")
    focused = f"{STRIP}.shadowRoot.activeElement?.dataset.unit"
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowUp", "Home"):
        event = f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, composed: true}})"
        press = f"{STRIP}.shadowRoot.activeElement.dispatchEvent({event})"
        took = page.act(f"window.before = {focused}; {press}", f"{focused} !== window.before")
        yield seconds_within(f"{what}: {key}", took / 1000, 0.1)
    took = page.act(f"window.before = {focused}; {STRIP}.weaker(1)", f"{focused} !== window.before")
    yield seconds_within(f"{what}: to the strongest", took / 1000, 0.1)
    took = page.act(f"{STRIP}.goTo(30000)", f"{focused} === '30000'")
    yield seconds_within(f"{what}: to number 30,000, where nobody has been", took / 1000)


def _trace(name: str) -> Path | None:
    return None if TRACES is None else Path(TRACES) / f"{name}.json"


def _write(found: list[Row]) -> None:
    intro = (
        f"`python -m benchmarks long` on {os.cpu_count()} cores, which the browser shares with the stack; Chromium "
        f"headless, without a graphics processor, 1280 × 900. Load of the machine at the end: {os.getloadavg()[1]:.1f}."
    )
    head = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    lines = [f"| {' | '.join(row.cells())} |" for row in found]
    RESULTS.write_text("\n".join(["# Long things", "", intro, "", *head, *lines]) + "\n", "utf-8")
