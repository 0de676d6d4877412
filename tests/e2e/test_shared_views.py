"""A shared view is found as it was left, in Tessera and in a page of another site."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.site import DONE_MS, ask_in, card

NewPage = Callable[..., Page]
STORY = "Mia put the red ball in the box. Tom took the box to the kitchen. The ball is in the"
WINDOW: ViewportSize = {"width": 900, "height": 500}
SELECTED = ("red", "Tom")
READ = 60  # px of the first answer that lie above the window where its reader stopped
NOTE = "See “kitchen” <img src=x onerror=\"document.title='broken'\">"


class Elsewhere:
    """Another site: pages that hold what somebody pasted into them."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path)
                self.send_response(204 if body is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((body or "").encode())

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, code: str) -> str:
        """The address of a page that holds this code."""
        path = f"/{len(self.pages)}"
        self.pages[path] = f"<!doctype html><title>A blog</title><h1>A blog</h1>{code}"
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A site that is not ours."""
    site = Elsewhere()
    yield site
    site.server.shutdown()
    site.server.server_close()


def by_words(answer: Locator) -> None:
    """The answer shows what it was left with: words in stronger colours, two of them selected and another pinned."""
    expect(answer.get_by_label("What one number is shown for")).to_have_value("words")
    pins = answer.get_by_role("list", name="Pinned")
    expect(pins.get_by_role("listitem")).to_have_count(1)
    expect(pins).to_contain_text("kitchen")
    expect(pins).to_contain_text("Surprisal")
    for word in SELECTED:
        expect(answer.get_by_role("option", name=word).first).to_have_attribute("aria-selected", "true")
    expect(answer.get_by_text("2 tokens selected")).to_be_visible()
    answer.get_by_text("Intensity and thresholds").click()
    expect(answer.get_by_label("Intensity", exact=True)).to_have_value("2")
    answer.get_by_text("Intensity and thresholds").click()


def top(answer: Locator) -> float:
    """How far its top is below that of the window, px."""
    return float(answer.evaluate("node => node.getBoundingClientRect().top"))


def keys_taken(page: Page) -> list[str]:
    """Of the keys that mean something to us, those that do not reach the page around a view."""
    page.evaluate(
        "window.taken = []; addEventListener('keydown', (event) => event.defaultPrevented && taken.push(event.key))"
    )
    for key in ("g", "/", "m", "t", "n", "p"):
        page.keyboard.press(key)
    return list(page.evaluate("taken"))


def test_a_shared_view_is_found_as_it_was_left(new_page: NewPage, browser: Browser, elsewhere: Elsewhere) -> None:
    page = new_page(viewport=WINDOW)
    methods = [{"key": "surprisal"}, {"key": "entropy"}]
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=methods)
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    surprisal = card(page, "Surprisal")
    surprisal.get_by_label("What one number is shown for").select_option("words")
    surprisal.get_by_role("button", name="pin", exact=True).click()
    surprisal.get_by_role("option", name="kitchen").first.click()
    surprisal.get_by_role("button", name="select", exact=True).click()
    for word in SELECTED:
        surprisal.get_by_role("option", name=word).first.click()
    surprisal.get_by_text("Intensity and thresholds").click()
    surprisal.get_by_label("Intensity", exact=True).fill("2")
    surprisal.get_by_text("Intensity and thresholds").click()
    by_words(surprisal)
    page.reload()
    by_words(card(page, "Surprisal"))
    surprisal.evaluate("(node, above) => scrollBy(0, node.getBoundingClientRect().top + above)", READ)
    assert top(surprisal) == pytest.approx(-READ, abs=2)
    page.keyboard.press("Shift+S")
    page.get_by_label("A note to go with it").fill(NOTE)
    page.get_by_label("Pages of other sites may show it").check()
    page.get_by_label("There they show").select_option(label="Surprisal · demo-lm")
    page.get_by_role("button", name="Make a link").click()
    link, element, frame = (
        page.get_by_label(name, exact=True).input_value()
        for name in ("The link", "For a web page", "For a page that allows no scripts")
    )
    stranger = new_page(refusals=True, viewport=WINDOW)
    stranger.goto(link)
    expect(card(stranger, "Surprisal").get_by_text("2 tokens selected")).to_be_attached()
    expect(stranger.get_by_role("heading", level=1)).not_to_be_in_viewport()
    assert stranger.evaluate("scrollY") > 0
    assert top(card(stranger, "Surprisal")) == pytest.approx(-READ, abs=2)
    by_words(card(stranger, "Surprisal"))
    expect(card(stranger, "Entropy")).to_be_visible()
    expect(stranger.get_by_text(NOTE)).to_be_visible()
    blog = new_page(refusals=True, viewport=WINDOW)
    address = elsewhere.show(element)
    blog.goto(address)
    expect(card(blog, "Surprisal").get_by_text("2 tokens selected")).to_be_attached()
    assert [blog.evaluate("scrollY"), blog.url, keys_taken(blog)] == [0, address, []]
    by_words(card(blog, "Surprisal"))
    expect(card(blog, "Entropy")).to_have_count(0)
    expect(blog.get_by_text(NOTE)).to_be_visible()
    expect(blog).to_have_title("A blog")
    blog.goto(elsewhere.show(element.replace("<tessera-view", '<tessera-view card="entropy"')))
    expect(card(blog, "Entropy")).to_be_visible()
    expect(card(blog, "Surprisal")).to_have_count(0)
    blog.goto(elsewhere.show(frame))
    inside = blog.frame_locator("iframe")
    expect(inside.locator("tessera-result-card")).to_have_count(1)
    expect(inside.get_by_role("list", name="Pinned")).to_contain_text("kitchen")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
    after = browser.new_page()  # whose log may say that our site no longer answers it
    after.goto(elsewhere.show(element))
    expect(after.get_by_text("This view is no longer shared, or not with other sites.")).to_be_visible()
    expect(after.locator("tessera-token-strip")).to_have_count(0)
    after.close()
