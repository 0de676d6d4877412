"""Any text at all goes through the form, a real worker and back: its strips join to it exactly."""

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import DATA
from tests.hostile.house import TIMES, House
from tests.hostile.texts import KNOWN, texts

SETTINGS = settings(max_examples=8 * TIMES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
THEIRS = ["gpt2", "llama3.tiktoken", "bert-uncased", "t5-small", "rwkv-world", "kl3m-char-4k"]
MOST = 12
"""How many tokenizers one comparison takes."""
METHODS = [{"key": "surprisal"}, {"key": "entropy"}]


@pytest.fixture(scope="module")
def tokenizers(site: House) -> list[str]:
    """Every built-in tokenizer, and some of the world's where there are test data; allowed through the admin."""
    with site.client() as admin:
        found = [DATA / "tokenizers" / name for name in THEIRS if (DATA / "tokenizers" / name).exists()]
        if found:
            _log_in(site, admin)
        for path in found:
            _allow(admin, path)
        wanted = {_key(path) for path in found}
        until = time.monotonic() + 60
        while not wanted <= (offered := {entry["key"] for entry in admin.get("/api/tokenizers").json()}):
            assert time.monotonic() < until, wanted - offered
            time.sleep(0.5)
    return [*sorted(wanted), *sorted(offered - wanted)][:MOST]


def _key(path: Path) -> str:
    return f"theirs-{path.name.lower()}"


def _log_in(site: House, admin: httpx.Client) -> None:
    token = _token(admin.get("/admin/login/").text)
    form = {"username": "admin", "password": site.stack.password, "csrfmiddlewaretoken": token}
    assert admin.post("/admin/login/?next=/admin/", data=form, headers=_from(admin)).status_code == 302


def _allow(admin: httpx.Client, path: Path) -> None:
    token = _token(admin.get("/admin/catalogue/allowed/add/").text)
    form = {"key": _key(path), "kind": "tokenizer", "location": str(path), "revision": "", "enabled": "on"}
    answer = admin.post(
        "/admin/catalogue/allowed/add/", data={**form, "csrfmiddlewaretoken": token}, headers=_from(admin)
    )
    assert answer.status_code == 302, answer.text


def _from(client: httpx.Client) -> dict[str, str]:
    return {"origin": str(client.base_url).rstrip("/")}


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def check_batch(site: House, client: httpx.Client, batch: list[str], tokenizers: list[str]) -> None:
    """Every text is answered with results whose strips are the text, or with a refusal that says why."""
    runs = [(text, _ask(site, client, text, tokenizers)) for text in batch]
    for text, run in runs:
        state = site.wait(client, run)
        for result in state["results"]:
            if result["state"] == "failed":
                assert result["problem"]["status"] < 500, (ascii(text)[:200], result)
                continue
            assert result["state"] == "done", (ascii(text)[:200], result)
            whole = site.ask("runs", client, "GET", f"/api/runs/{run}/results/{result['id']}").json()
            for strip in whole["strips"]:
                joined = "".join(unit.get("text") or "" for unit in strip["units"] if not unit.get("special"))
                assert joined == text, (result["method"], strip["id"], ascii(text)[:200], ascii(joined)[:200])


def _ask(site: House, client: httpx.Client, text: str, tokenizers: list[str]) -> str:
    compare = {"key": "compare_tokenizers", "params": {"tokenizers": tokenizers}}
    body: dict[str, Any] = {"text": text, "models": ["demo-lm-small", "demo-bytes"], "methods": [*METHODS, compare]}
    answer = site.ask("texts", client, "POST", "/api/runs", json=body)
    assert answer.status_code == 201, (ascii(text)[:200], answer.text)
    return str(answer.json()["id"])


def test_texts_that_are_known_to_break_things(site: House, client: httpx.Client, tokenizers: list[str]) -> None:
    check_batch(site, client, KNOWN, tokenizers)


def test_any_text_comes_back_as_it_was(site: House, client: httpx.Client, tokenizers: list[str]) -> None:
    @SETTINGS
    @given(batch=st.lists(texts, min_size=3, max_size=5, unique=True))
    def every(batch: list[str]) -> None:
        check_batch(site, client, batch, tokenizers)

    every()


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ('"a\\u0000b"', "text-unclean"),
        ('"a\\ud800b"', "text-unclean"),
        ('"\\udc00\\ud800"', "text-unclean"),
        ('""', "text-empty"),
        (json.dumps("x" * 1_000_001), "text-too-long"),
        (json.dumps("\n" * 200_001), "text-too-long"),
        ('"\\q"', "body-not-json"),
        ('"a\nb"', "body-not-json"),
        ('"', "body-not-json"),
    ],
)
def test_texts_that_are_none_are_refused(site: House, client: httpx.Client, said: str, id: str) -> None:
    body = f'{{"text": {said}, "models": ["demo-lm"], "methods": [{{"key": "surprisal"}}]}}'.encode()
    answer = site.ask("texts", client, "POST", "/api/runs", content=body, headers={"content-type": "application/json"})
    assert answer.json()["type"] == f"/problems/{id}"


def test_a_line_of_two_hundred_thousand_letters_is_answered(site: House, client: httpx.Client) -> None:
    body = {"text": "ab " * 66_666, "models": [], "methods": [{"key": "compare_tokenizers"}]}
    answer = site.ask("texts", client, "POST", "/api/runs", json=body)
    state = site.wait(client, answer.json()["id"])
    assert state["results"][0]["state"] in {"done", "failed"}
    assert state["results"][0]["state"] == "done" or state["results"][0]["problem"]["status"] < 500
