"""A page of a run in Chromium: what arrives, when it is painted, and how long its frames take."""

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.timing import Timing
from tests.e2e.conftest import FLAGS

TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "cc", "benchmark", "blink.user_timing"]

WATCH = """
(() => {
  const inner = (root, selector) => [...root.querySelectorAll(selector)];
  const deep = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const part of inner(root, 'tessera-run, tessera-result-card, tessera-scores, tessera-token-strip, '
        + 'tessera-patch-grid, tessera-popup')) {
      const own = part.shadowRoot && deep(selector, part.shadowRoot);
      if (own) return own;
    }
    return null;
  };
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const frames = { times: [], on: false };
  const tick = (now) => { if (frames.on) { frames.times.push(now); requestAnimationFrame(tick); } };
  window.measured = {
    deep,
    painted,
    firstPaint: null,
    start() { frames.times = []; frames.on = true; requestAnimationFrame(tick); },
    stop() { frames.on = false; return frames.times.slice(1).map((at, index) => at - frames.times[index]); },
    async until(ready, act = () => undefined) {
      const began = performance.now();
      act();
      while (!ready()) await new Promise((done) => requestAnimationFrame(done));
      await painted();
      return performance.now() - began;
    },
  };
  const first = async () => {
    const selector = 'tessera-token-strip, tessera-patch-grid';
    while (!deep('[data-unit][aria-label]')) await new Promise((done) => setTimeout(done, 4));
    await painted();
    window.measured.firstPaint = performance.now();
  };
  void first();
})();
"""


@dataclass(frozen=True)
class Frames:
    """What the frames of one movement take, in milliseconds: from one to the next, and of the page's own thread."""

    name: str
    times: tuple[float, ...]
    work: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.times)

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.times)


def p95(times: tuple[float, ...]) -> float:
    """What 95 % of them do not exceed."""
    return Timing(times).percentile(0.95)


def main_frames(events: list[dict[str, Any]]) -> tuple[float, ...]:
    """Of each frame in a trace, the milliseconds that the page's thread computed; waiting for the processor is none."""
    frames = [event for event in events if event.get("name") == "ProxyMain::BeginMainFrame" and "tdur" in event]
    threads = Counter((event["pid"], event["tid"]) for event in frames)
    [(page, _)] = threads.most_common(1)
    return tuple(event["tdur"] / 1000 for event in frames if (event["pid"], event["tid"]) == page)


class LongPage:
    """One page of a run, and what is measured of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.received: dict[str, int] = {}
        self._asked: dict[str, str] = {}
        self.cdp.send("Network.enable")
        self.cdp.on("Network.requestWillBeSent", self._on_request)
        self.cdp.on("Network.loadingFinished", self._on_finished)
        page.add_init_script(WATCH)

    def _on_request(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = event["request"]["url"]

    def _on_finished(self, event: dict[str, Any]) -> None:
        self.received[self._asked.get(event["requestId"], "")] = int(event["encodedDataLength"])

    def open(self, url: str) -> float:
        """Milliseconds from the end of the result's transfer to the first painted colour."""
        self.page.goto(url)
        self.page.evaluate("measured.until(() => measured.firstPaint !== null)")
        return float(
            self.page.evaluate(
                "window.measured.firstPaint - Math.max(...performance.getEntriesByType('resource')"
                ".filter(({name}) => name.includes('/results/')).map(({responseEnd}) => responseEnd))"
            )
        )

    def transferred(self) -> int:
        """Bytes of the result on the line, headers included."""
        return max(size for url, size in self.received.items() if "/results/" in url)

    def act(self, action: str, ready: str) -> float:
        """Milliseconds from an action, as JavaScript, to the frame after its effect."""
        return float(self.page.evaluate(f"measured.until(() => {ready}, () => {{ {action}; }})"))

    def settle(self) -> None:
        """Until the page has had nothing to do for a moment."""
        self.page.evaluate("new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")
        self.page.wait_for_timeout(400)

    def frames(self, name: str, movement: Callable[[], object], trace: Path | None) -> Frames:
        """How long the frames take while something moves; `trace` is the file for Chromium's own record of it."""
        with self.traced(trace) as events:
            self.page.evaluate("measured.start()")
            movement()
            times = tuple(self.page.evaluate("measured.stop()"))
        return Frames(name, times, main_frames(events))

    def scroll(self, pixels: int, speed: int) -> None:
        """As a finger or a wheel does."""
        self.cdp.send(
            "Input.synthesizeScrollGesture",
            {"x": 500, "y": 400, "yDistance": -pixels, "speed": speed, "gestureSourceType": "mouse"},
        )

    def hover(self, box: tuple[float, float, float, float], moves: int) -> None:
        """Line by line over a part of the window, a step about every frame."""
        left, top, right, bottom = box
        for move in range(moves):
            share = move / moves
            across = (share * 12) % 1
            self.page.mouse.move(left + across * (right - left), top + share * (bottom - top))
            time.sleep(0.012)

    @contextmanager
    def traced(self, path: Path | None) -> Iterator[list[dict[str, Any]]]:
        """The events of Chromium's trace, whole at the end; as a file for its performance panel, too."""
        events: list[dict[str, Any]] = []
        ended: list[bool] = []

        def collect(event: dict[str, Any]) -> None:
            events.extend(event["value"])

        self.cdp.on("Tracing.dataCollected", collect)
        self.cdp.once("Tracing.tracingComplete", lambda _event: ended.append(True))
        self.cdp.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": TRACED}})
        yield events
        self.cdp.send("Tracing.end")
        while not ended:
            self.page.wait_for_timeout(50)
        self.cdp.remove_listener("Tracing.dataCollected", collect)
        if path is not None:
            path.write_text(json.dumps({"traceEvents": events}))


@contextmanager
def chromium(executable: str, address: str) -> Iterator[Callable[[], LongPage]]:
    """Opens pages of one profile, 1280 × 900."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=FLAGS)
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        yield lambda: LongPage(context.new_page())
        browser.close()
