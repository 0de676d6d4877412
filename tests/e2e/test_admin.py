"""An operator's day: a queue paused, a job that waits, runs, is cancelled, tried again, purged; all written down."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import Person
from tests.e2e.stack import ROOT, Stack

NAME, PASSWORD = "olga", "an operator's password"
LIVE = "/admin/queues/queueswitch/live/"
MAKE = f"""
from django.contrib.auth.models import Group, User
user = User.objects.create_user({NAME!r}, password={PASSWORD!r}, is_staff=True)
user.groups.add(Group.objects.get(name="operators"))
"""


@pytest.fixture
def operator(stack: Stack, page: Page) -> Page:
    """The browser of an account in the group of operators, logged in."""
    shell = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", MAKE]
    subprocess.run(shell, cwd=ROOT, env={**os.environ, "TESSERA_DATA": str(stack.data)}, check=True)
    page.goto("/admin/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("region", name="Queue gpu")).to_be_visible()
    return page


def press(page: Page, act: str) -> None:
    """A button of the live page that asks before it does anything."""
    page.locator(f'button[value="{act}"]').click()
    page.get_by_role("button", name=act.partition(":")[0].capitalize()).click()


def test_an_operator_sees_and_steers_and_it_is_written_down(operator: Page, stack: Stack) -> None:
    page = operator
    page.goto(LIVE)
    expect(page.get_by_role("status").filter(has_text="Live, as of")).to_be_visible()
    press(page, "pause:gpu")
    expect(page.get_by_text("The queue gpu is paused.").first).to_be_visible()
    waiting = page.get_by_role("region", name="Waiting in gpu")
    with Person(stack) as person:
        first = person.ask(text="The operator waits for this one.", models=["demo-lm"], methods=[{"key": "surprisal"}])
        # No page is loaded anew: what follows arrives over the socket.
        expect(waiting.get_by_role("link", name="The operator waits")).to_be_visible()
        page.locator('button[value="resume:gpu"]').click()
        assert person.result(first["id"], "surprisal")["panels"]
    expect(waiting.get_by_text("None.")).to_be_visible()

    press(page, "pause:gpu")
    with Person(stack) as person:
        second = person.ask(text="This one is cancelled.", models=["demo-lm"], methods=[{"key": "surprisal"}])
        job = second["jobs"][0]
        press(page, f"cancel:{job}")
        expect(page.get_by_text("Cancelled.", exact=True)).to_be_visible()
        page.goto(f"/admin/runs/job/{job}/change/")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("Queued again.")).to_be_visible()
        expect(page.get_by_role("region", name="Steps")).to_contain_text("cancelled → queued: tried again")
        page.goto(LIVE)
        page.locator('button[value="resume:gpu"]').click()
        assert person.result(second["id"], "surprisal")["panels"]

    page.goto("/admin/runs/job/?q=This one is cancelled&state__exact=done")
    page.get_by_role("link", name="Purge what these filters match").click()
    expect(page.get_by_text("ended: deleted, with their results").locator("..")).to_contain_text("1")
    page.get_by_role("button", name="Purge").click()
    expect(page.get_by_text("1 deleted, 0 cancelled.")).to_be_visible()

    page.goto(f"/admin/audit/entry/?name={NAME}")
    table = page.locator("#result_list")
    for verb in ("purge", "retry", "cancel", "resume", "pause", "login"):
        expect(table.get_by_text(verb, exact=True).first).to_be_visible()
    expect(table).to_contain_text("paused: False → True")


def test_without_a_socket_the_page_asks_by_itself(stack: Stack, page: Page) -> None:
    page.route_web_socket("**/ws/admin/queue", lambda socket: socket.close(code=1011))
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Log in").click()
    page.goto(LIVE)
    details = page.get_by_role("region", name="Jobs that ended, last 24 hours").locator("details")
    details.locator("summary").click()
    expect(page.get_by_role("status").filter(has_text="No socket; asked every 5 s, as of")).to_be_visible()
    expect(details).to_have_attribute("open", "")  # what was drawn anew is what changed, nothing else
