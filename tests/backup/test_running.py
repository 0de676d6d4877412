"""A site is saved in the middle of its work and put back elsewhere: whoever had a door opens it there."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.person import FINAL, Person
from tests.e2e.stack import LIMITS, ROOT, Stack, running
from tests.services.postgres import postgres

pytestmark = [pytest.mark.slow, pytest.mark.services]

QUESTION: dict[str, Any] = {"models": ["demo-lm-small"], "methods": [{"key": "surprisal"}]}
MAKE_TOKEN = """
import django; django.setup()
from django.contrib.auth.models import User
from webapp.accounts.scopes import Scope
from webapp.accounts.tokens import token_create
print(token_create(account=User.objects.get(), name="mine", scopes=list(Scope))[1])
"""


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """What a site is told about a new database."""
    with postgres() if kind == "Postgres" else nullcontext("") as url:
        yield {"DATABASE_URL": url} if url else {}


def python(*arguments: str, data: Path, **told: str) -> str:
    """What a command prints that works on the site in this folder."""
    own = {"TESSERA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "webapp.config.settings"}
    environment = {**os.environ, **own, **told}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def save_meanwhile(person: Person, path: Path, data: Path, **told: str) -> list[str]:
    """Back the site up while questions come in; the ids of all runs asked before and during that."""
    runs: list[str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.1) or len(runs) < 5:
            runs.append(person.ask(text=f"Tom counted {len(runs)} boxes.", **QUESTION)["id"])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert "saved the database" in python("-m", "webapp.backup", "save", str(path), data=data, **told)
    finally:
        over.set()
        asking.join()
    return runs


def at(stack: Stack, cookies: httpx.Cookies) -> Person:
    """A person who kept their cookies, at another site."""
    person = Person(stack)
    person.http.cookies.update({cookie.name: cookie.value or "" for cookie in cookies.jar})
    return person


@pytest.mark.parametrize("kind", ["SQLite", "Postgres"])
def test_a_site_saved_at_work_opens_elsewhere(kind: str, tmp_path: Path) -> None:
    saved = tmp_path / "site.tar"
    with database(kind) as told, running(tmp_path / "old", **LIMITS, **told) as stack, Person(stack) as person:
        run = person.ask(text="Mia put the red ball in the box.", **QUESTION)["id"]
        state = person.wait(run)
        result = f"/api/runs/{run}/results/{state['results'][0]['id']}"
        before = person.http.get(result).json()
        link = person.http.post(f"/api/runs/{run}/share", json={}).json()["url"].rpartition("/")[2]
        token = python("-c", MAKE_TOKEN, data=tmp_path / "old", **told).strip()
        asked = save_meanwhile(person, saved, tmp_path / "old", **told)
        cookies = person.http.cookies
    with database(kind) as told:
        assert "put back" in python("-m", "webapp.backup", "restore", str(saved), data=tmp_path / "new", **told)
        with running(tmp_path / "new", **LIMITS, **told) as stack, at(stack, cookies) as person:
            assert person.state(run)["results"] == state["results"]
            assert person.http.get(result).json() == before
            assert person.http.get(f"/api/shares/{link}").json()["id"] == run
            bearer = {"Authorization": f"Bearer {token}"}
            assert httpx.get(f"{stack.address}/api/runs", headers=bearer).status_code == 200
            listed = [entry["id"] for entry in person.http.get("/api/runs").json()]
            kept = [id for id in asked if id in listed]
            assert kept
            for id in kept:  # whatever was queued or running at that moment is computed here
                assert {part["state"] for part in person.wait(id)["results"]} == {"done"} <= FINAL
