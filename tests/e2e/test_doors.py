"""Markup as text, in a real browser: on the page, behind a link, in the admin, in a file on one's own disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import Person
from tests.e2e.stack import Stack

HOSTILE = "<img src=x onerror=\"window.ran='img'\"><script>window.ran='script'</script> </textarea></tessera-run> tail"
HELD = """
() => {
  const found = [];
  const walk = root => root.querySelectorAll("*").forEach(node => {
    if (node.matches("img[src=x], [onerror], [onload]")) {
      found.push(node.outerHTML.slice(0, 200));
    }
    if (node.shadowRoot) walk(node.shadowRoot);
  });
  walk(document);
  return {ran: window.ran ?? null, found};
}
"""
"""What of the markup became part of a page, its shadow trees included."""


@pytest.fixture
def asked(stack: Stack) -> Iterator[tuple[Person, str]]:
    """Somebody who asked about markup, and the finished run."""
    with Person(stack) as person:
        run = person.ask(
            text=HOSTILE, models=["demo-lm"], methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}]
        )
        person.wait(run["id"])
        yield person, run["id"]


def shared(person: Person, run: str) -> str:
    """The address of a link whose note is markup."""
    made = person.http.post(f"/api/runs/{run}/share", json={"note": HOSTILE})
    return str(made.raise_for_status().json()["url"])


def test_behind_a_link_markup_is_text(new_page: Callable[..., Page], asked: tuple[Person, str]) -> None:
    person, run = asked
    page = new_page()
    page.goto(shared(person, run))
    expect(page.locator("tessera-token-strip").first).to_contain_text("onerror", timeout=60_000)
    page.wait_for_timeout(500)
    assert page.evaluate(HELD) == {"ran": None, "found": []}


def test_in_the_admin_markup_is_text(new_page: Callable[..., Page], stack: Stack, asked: tuple[Person, str]) -> None:
    person, run = asked
    shared(person, run)
    page = new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    seen = 0
    for path in ("runs/run/", f"runs/run/{run}/change/", "runs/job/", "sharing/share/", "queues/queueswitch/live/", ""):
        page.goto(f"/admin/{path}")
        page.wait_for_timeout(300)
        assert page.evaluate(HELD) == {"ran": None, "found": []}, path
        seen += "onerror" in page.content()
    assert seen >= 2


def test_a_download_is_a_file_and_in_it_markup_is_text(
    browser: Browser, asked: tuple[Person, str], tmp_path: Path
) -> None:
    person, run = asked
    state = person.state(run)
    for result in state["results"]:
        for form in ("html", "svg"):
            answer = person.http.get(f"/api/runs/{run}/results/{result['id']}.{form}").raise_for_status()
            assert answer.headers["content-disposition"].startswith("attachment")
            file = tmp_path / f"{result['id']}.{form}"
            file.write_bytes(answer.content)
            context = browser.new_context()
            page = context.new_page()
            page.goto(file.as_uri())
            page.wait_for_timeout(300)
            assert page.evaluate(HELD) == {"ran": None, "found": []}
            assert page.locator("img[src=x]").count() == 0
            context.close()


def test_the_policy_stops_what_would_get_through(browser: Browser, stack: Stack) -> None:
    """Were markup ever to become part of a page: no script of it runs, nothing of it calls home."""
    context = browser.new_context(base_url=stack.address)
    page = context.new_page()
    page.goto("/")
    page.evaluate(
        """() => {
          const box = document.createElement("div");
          box.innerHTML = `<img src="data:," onerror="window.ran='attribute'">` +
            `<iframe srcdoc="<script>parent.ran='frame'</script>">`;
          document.body.append(box);
          const script = document.createElement("script");
          script.textContent = "window.ran = 'inline'";
          document.body.append(script);
          const far = document.createElement("script");
          far.src = "data:text/javascript,window.ran='data'";
          document.body.append(far);
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran ?? null") is None
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)") == "TypeError"
    context.close()
