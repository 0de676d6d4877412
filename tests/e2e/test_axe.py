"""axe-core finds nothing serious on any page, light or dark, with dialogs open or shut."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.drawn import FRONTEND, THEMES, VIEWS, drawing, open_drawn, settle
from tests.e2e.site import DONE_MS, ask_in, card, tiles

NewPage = Callable[..., Page]
OPENED = {"palette": "Control+k", "shortcuts": "?", "share": "Shift+S"}
"""Dialogs of a run's page, by the keys that open them."""


@cache
def _axe() -> str:
    return (FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


RUN = """async () => {
  const opened = node => [...node.querySelectorAll('*')].flatMap(one =>
    one.matches('dialog[open]') ? [one] : one.shadowRoot ? opened(one.shadowRoot) : []);
  const [dialog] = opened(document);
  const {violations} = await axe.run(dialog ?? document, {resultTypes: ['violations']});
  const shortened = ({id, nodes}) => id === 'label-content-name-mismatch' &&
    nodes.every(({target}) => JSON.stringify(target).match(/tessera-(tree|braid)/));
  const grave = found => ['serious', 'critical'].includes(found.impact) && !shortened(found);
  return violations.filter(grave).map(({id, nodes}) =>
    `${id} ×${nodes.length}: ${JSON.stringify(nodes[0].target)} ${nodes[0].failureSummary}`);
}"""
"""Rule, how many places, the first of them and why: of the dialog that is open, else of the page.

Trees and braids write shortened texts where they have no room, and say the whole: there a name need not hold what is
written.
"""


def graves(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The pages of the fixtures."""
    with drawing() as started:
        yield started


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_has_nothing_serious(browser: Browser, address: str, view: str) -> None:
    page = open_drawn(browser, address, view, "light")
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        found[theme] = graves(page)
    page.context.close()
    assert found == {theme: [] for theme in THEMES}


def test_dialogs_have_nothing_serious(browser: Browser, address: str) -> None:
    page = open_drawn(browser, address, "text", "light")
    found: dict[str, list[str]] = {}
    for name, keys in OPENED.items():
        page.keyboard.press(keys)
        expect(page.locator("dialog[open]")).to_have_count(1)
        found[name] = graves(page)
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.context.close()
    assert found == {name: [] for name in OPENED}


def test_the_sites_own_pages_have_nothing_serious(new_page: NewPage) -> None:
    page = new_page(refusals=True, reduced_motion="reduce")
    run = ask_in(page, text="The ball is in the box.", models=["demo-lm"], methods=[{"key": "surprisal"}])
    expect(tiles(card(page, "Surprisal")).first).to_be_visible(timeout=DONE_MS)
    shared = page.request.post(f"/api/runs/{run.id}/share", data={"expires_in": 600}).json()["url"]
    found: dict[str, list[str]] = {}
    for path in ("/", "/gallery", "/guide", "/compare", shared, "/login", "/password-reset", "/nothing-here"):
        page.goto(path)
        settle(page)
        if graver := graves(page):
            found[path] = graver
    assert found == {}
