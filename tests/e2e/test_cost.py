"""What a question costs is told before it is asked, and afterwards when its turn comes."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.site import JSON, UNSURE, Ask

STORY = "Story: Eva put the blue cup on the table. Max took the cup to the hall. Where is the cup?"


def test_the_cost_follows_the_form_and_what_was_computed_is_known(page: Page) -> None:
    ask = Ask(page).open()
    told = page.locator("tessera-ask-estimate")
    expect(told).to_be_empty()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    expect(told).to_contain_text(re.compile(r"method.* 1 pass · .*MiB · "))
    page.get_by_role("checkbox", name="Let the model go on with the text").check()
    expect(told).to_contain_text("21 passes")
    run = ask.run()
    expect(run.strip).to_be_visible()
    Ask(page).open()
    expect(ask.text).to_have_value(STORY)
    expect(told).to_contain_text("computed before")


def test_a_job_that_waits_has_a_place_and_one_that_runs_an_end(new_page: Callable[..., Page]) -> None:
    page = new_page()
    body = {"models": ["demo-lm"], "methods": [{"key": "fidelity"}]}
    page.request.post("/api/runs", data={"text": STORY, "models": ["demo-lm"], "methods": [{"key": "surprisal"}]})
    runs = []
    for place in range(4):
        made = page.request.post("/api/runs", data={**body, "text": f"{STORY} {place}"})
        assert made.ok, made.text()
        runs.append(made.json())
    page.goto(runs[-1]["url"])
    status = page.locator("tessera-result-card").get_by_role("status").first
    expect(status).to_contain_text(re.compile(r"Place \d of \d"))
    page.goto("/")
    page.get_by_role("textbox", name="Text", exact=True).fill(f"{STORY} Now?")
    expect(page.locator("tessera-ask-estimate")).to_contain_text(re.compile("ahead of you|begins in"))
    for run in runs:
        assert page.request.delete(f"/api/runs/{run['id']}", headers=JSON).status == 204
