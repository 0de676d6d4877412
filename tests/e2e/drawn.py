"""Pages drawn from the results in `frontend/fixtures`: the same numbers every time, and no site behind them."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.e2e.stack import ROOT, free_port

FRONTEND = ROOT / "frontend"
START_SECONDS = 60

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
VIEWS = {
    "ask": "/",
    "text": "/runs/text",
    "image": "/runs/image",
    "panels": "/runs/panels",
    "waiting": "/runs/busy",
}
"""Addresses of the pages, by what is on them."""

STILL = """
:root { --sans: "DejaVu Sans", sans-serif !important; --mono: "DejaVu Sans Mono", monospace !important; }
* { caret-color: transparent !important; }
"""


def node() -> str:
    """Node: the project's own, or the system's. FileNotFoundError without either."""
    own = ROOT / ".node" / "bin" / "node"
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise FileNotFoundError("the pages of the fixtures need Node: `make frontend`")
    return found


@contextmanager
def drawing() -> Iterator[str]:
    """The address of a server of these pages."""
    port = free_port()
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    command = [node(), str(vite), "--port", str(port), "--strictPort", "--host", "127.0.0.1", "--logLevel", "error"]
    told = {key: value for key, value in os.environ.items() if key != "TESSERA_SERVER"} | {"TESSERA_STILL": "1"}
    process = subprocess.Popen(command, cwd=FRONTEND, env=told)
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _await(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(address, timeout=5).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the server of the fixtures did not start")


def open_drawn(browser: Browser, address: str, view: str, theme: Theme, width: int = 1100, height: int = 1250) -> Page:
    """A page that is drawn and moves no more, in the fonts that every picture is made with."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    page = context.new_page()
    page.goto(VIEWS[view])
    page.add_style_tag(content=STILL)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Until everything that was asked for is drawn."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Loading …")).to_have_count(0)
    expect(page.get_by_text("Fetching …")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150))))"
    )
