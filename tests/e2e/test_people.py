"""Somebody with an account: logs in, takes their runs along, makes a token, forgets the password."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.site import ask_in
from tests.e2e.stack import ROOT, Stack

NAME, ADDRESS = "ada", "ada@example.org"
FIRST, SECOND = "tall green lamps", "warm blue stones"
MAKE = f"from django.contrib.auth.models import User; User.objects.create_user({NAME!r}, {ADDRESS!r}, {FIRST!r})"


def make_account(stack: Stack) -> None:
    """An account, as an administrator makes it."""
    told = {**os.environ, "TESSERA_DATA": str(stack.data), "DJANGO_SETTINGS_MODULE": "webapp.config.settings"}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", MAKE]
    subprocess.run(command, cwd=ROOT, env=told, check=True, timeout=120)


def log_in(page: Page, password: str) -> None:
    """Name and password."""
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def mailed_link(stack: Stack, letters: int) -> str:
    """The link of the mail that the demo says it wrote after the first `letters` ones."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [line.removeprefix("mail: ") for line in list(stack.printed) if line.startswith("mail: ")]
        if len(found) > letters and (link := re.search(r"http://\S+/password-reset/\S+", Path(found[-1]).read_text())):
            return link[0]
        time.sleep(0.1)
    raise AssertionError("the demo named no mail")


def token_from(page: Page) -> str:
    """A token that reads, made on its page."""
    page.goto("/account/tokens")
    page.get_by_label("What it is for").fill("laptop")
    page.get_by_role("button", name="Make the token").click()
    return page.locator(".secret code").inner_text()


def test_an_account_from_its_first_run_to_a_new_password(stack: Stack, new_page: Callable[..., Page]) -> None:
    make_account(stack)
    page = new_page(refusals=True)
    run = ask_in(page, text="kept by ada", models=[], methods=[{"key": "compare_tokenizers"}]).id
    address = page.url
    page.get_by_role("link", name="Log in").click()
    log_in(page, "not this one")
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    log_in(page, FIRST)
    page.get_by_role("button", name="Take it into my account").click()
    page.wait_for_url(address)
    expect(page.get_by_role("link", name=NAME)).to_be_visible()
    page.get_by_role("link", name="My runs").click()
    expect(page.get_by_role("link", name="kept by ada")).to_be_visible()

    secret = token_from(page)
    with httpx.Client(base_url=stack.address, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert [line["label"] for line in program.get("/api/runs").json()] == ["kept by ada"]
        made = program.post("/api/runs", json={"text": "by program", "methods": [{"key": "compare_tokenizers"}]})
        assert made.status_code == 201
        assert program.post(f"/api/runs/{run}/share", json={}).status_code == 403
        assert not program.cookies

        page.goto(address)
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("link", name="Log in")).to_be_visible()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404

        reset_password(page, stack)
        page.goto("/login")
        log_in(page, SECOND)
        page.goto("/account/runs")
        expect(page.get_by_role("link", name="by program")).to_be_visible()

        assert program.get("/api/runs").status_code == 200
        page.goto("/account/tokens")
        page.get_by_role("button", name="Revoke laptop").click()
        expect(page.get_by_text("is revoked")).to_be_visible()
        assert program.get("/api/runs").status_code == 401


def reset_password(page: Page, stack: Stack) -> None:
    """By the mail that the demo writes into a file."""
    letters = sum(line.startswith("mail: ") for line in stack.printed)
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    page.goto(mailed_link(stack, letters))
    page.get_by_label("New password", exact=True).fill(SECOND)
    page.get_by_label("New password confirmation").fill(SECOND)
    page.get_by_role("button", name="Set this password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()


def test_the_header_offers_to_log_in_and_says_who_did(stack: Stack, page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Log in").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="admin")).to_be_visible()
    page.get_by_role("link", name="admin").click()
    expect(page.get_by_role("link", name="API tokens")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
