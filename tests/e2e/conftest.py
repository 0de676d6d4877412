"""A browser, the stack that it talks to, and pages that may not complain."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.e2e.stack import LIMITS, Stack, running

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REFUSED = "Failed to load resource"

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is end to end."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, started once."""
    with running(tmp_path_factory.mktemp("stack") / "data", **LIMITS) as started:
        yield started


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """One headless Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("TESSERA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise FileNotFoundError("the browser tests need Chromium: `make browser`, or TESSERA_CHROMIUM=path")
    launched = _playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def new_page(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """Opens pages of fresh profiles; `refusals=True` allows answers that the browser reports as failed loads.

    At the end of the test no page may have logged an error or a warning, or thrown.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page, refusals: bool) -> None:
        def on_console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not (refusals and message.text.startswith(REFUSED)):
                complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))

    def open_page(refusals: bool = False, **options: object) -> Page:
        context = browser.new_context(base_url=stack.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        listen(page, refusals)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a fresh profile that may not complain."""
    return new_page()
