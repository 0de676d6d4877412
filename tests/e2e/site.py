"""The site as a person sees it: by what things are called, not by how they are built."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, Request, expect

MATTERED = "Which tokens mattered?"
UNSURE = "Where was the model unsure?"
CUT = "How would others cut this?"
PRUNED = "What could be pruned?"

JSON = {"Content-Type": "application/json"}
DONE_MS = 240_000  # a slow machine that does other things, too


@dataclass
class Ask:
    """The page that asks."""

    page: Page

    def open(self) -> "Ask":
        """Go there, and wait until a worker is up."""
        self.page.goto("/")
        expect(self.run_button).to_be_enabled(timeout=DONE_MS)
        return self

    @property
    def text(self) -> Locator:
        """The box for the text."""
        return self.page.get_by_role("textbox", name="Text", exact=True)

    @property
    def run_button(self) -> Locator:
        """Run."""
        return self.page.get_by_role("button", name="Run", exact=True)

    @property
    def problem(self) -> Locator:
        """What the page says is wrong."""
        return self.page.get_by_role("alert")

    def drop(self, name: str, content: bytes, kind: str) -> None:
        """Choose a picture."""
        file: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
        self.page.locator("input[type=file]").set_input_files(file)

    def question(self, title: str) -> None:
        """Choose this question and no other."""
        group = self.page.get_by_role("group", name="Questions")
        wanted = re.compile(re.escape(title))
        for button in group.get_by_role("button", pressed=True).all():
            if not wanted.search(button.inner_text()):
                button.click()
        button = group.get_by_role("button", name=wanted)
        if button.get_attribute("aria-pressed") != "true":
            button.click()

    def method(self, name: str, on: bool = True) -> None:
        """Choose a method (or leave it) of a question that is chosen."""
        self.page.get_by_role("checkbox", name=re.compile(f"^{re.escape(name)}")).set_checked(on)

    def continue_greedily(self, tokens: int) -> None:
        """Let the model go on with the text."""
        self.page.get_by_label("Let the model go on with the text").check()
        self.page.get_by_label(re.compile("max.*new.*tokens", re.IGNORECASE)).fill(str(tokens))

    def run(self) -> "Run":
        """Press the button and arrive at the run."""
        self.run_button.click()
        self.page.wait_for_url(re.compile("/runs/"), timeout=DONE_MS)
        return Run(self.page)


@dataclass
class Run:
    """The page of a run."""

    page: Page

    @property
    def strip(self) -> Locator:
        """The first coloured text."""
        return self.page.locator("tessera-token-strip").first

    @property
    def tiles(self) -> Locator:
        """The units of the first coloured text."""
        return self.strip.get_by_role("option")

    @property
    def popup(self) -> Locator:
        """The numbers of one unit."""
        return self.page.locator("tessera-popup")

    @property
    def id(self) -> str:
        """The run's id."""
        return self.page.url.rstrip("/").rsplit("/", 1)[1].partition("?")[0].partition("#")[0]

    def coloured(self, unit: int) -> str:
        """The colour behind a unit of the first coloured text."""
        tile = self.tiles.nth(unit)
        return str(tile.evaluate("node => getComputedStyle(node).backgroundColor"))


def ask_in(page: Page, **request: object) -> Run:
    """A run asked for by the browser's own profile, without the form."""
    page.goto("/")
    answer = page.request.post("/api/runs", data=request, headers=JSON)
    assert answer.status == 201, answer.text()
    page.goto(answer.json()["url"])
    return Run(page)


def result_of(page: Page, method: str) -> dict[str, Any]:
    """The result behind a page, as the interface tells it."""
    run = Run(page).id
    state = page.request.get(f"/api/runs/{run}").json()
    rid = next(result["id"] for result in state["results"] if result["method"]["key"] == method)
    result: dict[str, Any] = page.request.get(f"/api/runs/{run}/results/{rid}").json()
    return result


def asked_by(page: Page) -> list[dict[str, Any]]:
    """The targets that the page asks for from now on."""
    targets: list[dict[str, Any]] = []

    def listen(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/jobs"):
            targets.extend(json.loads(request.post_data or "{}")["targets"])

    page.on("request", listen)
    return targets


def card(page: Page, name: str) -> Locator:
    """The answer of one method."""
    heading = page.get_by_role("heading", name=re.compile(f"^{re.escape(name)}"))
    return page.locator("tessera-result-card").filter(has=heading)


def tiles(answer: Locator) -> Locator:
    """The units of an answer's first coloured text."""
    return answer.locator("tessera-token-strip").first.get_by_role("option")


def overflows(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
