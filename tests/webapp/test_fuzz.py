"""Nothing that a person sends may give a 5xx: the interface is hammered with junk."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.webapp.cards import publish
from tests.webapp.person import Person
from webapp.config.celery import app

PATHS = [
    "/api/runs",
    "/api/sources",
    "/api/runs/{run}",
    "/api/runs/{run}/jobs",
    "/api/runs/{run}/stop",
    "/api/runs/{run}/share",
    "/api/runs/{run}/shares/x",
    "/api/runs/{run}/results/x",
    "/api/shares/x",
    "/api/shares/x/results/y.csv",
    "/api/limits",
    "/compare",
    "/runs/{run}",
    "/s/x",
]
TYPES = [
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=b",
    "application/json; charset=utf-16",
    "",
    "é",
]
words = st.sampled_from(
    ["demo-lm", "demo-vit", "surprisal", "occlusion", "compare_tokenizers", "two_models", "bytes", ""]
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), words, st.just("\ud800\0")
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
calls = st.fixed_dictionaries({"key": words}, optional={"params": values, "roles": values, "x": values})
targets = st.dictionaries(
    st.sampled_from(["strip", "from", "to", "quantity", "token", "id", "class", "contrast"]), values, max_size=4
)
requests = st.fixed_dictionaries(
    {"methods": st.lists(calls, max_size=3) | values},
    optional={
        "text": st.text(max_size=20) | values,
        "models": st.lists(words, max_size=2) | values,
        "targets": st.lists(targets, max_size=2) | values,
        "generate": st.dictionaries(st.sampled_from(["max_new_tokens", "seed", "stop", "top_p", "begin"]), values)
        | values,
        "branch": st.fixed_dictionaries({"run": values, "model": words, "at": values}) | values,
        "reading": values,
        "source_ids": values,
    },
)
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


class Junk(TestCase):
    """Each example in a transaction of its own."""

    person: Person
    run_id: str

    def setUp(self) -> None:
        """A person with a run."""
        self.monkeypatch = pytest.MonkeyPatch()
        self.monkeypatch.setattr(app, "send_task", lambda *_, **__: None)
        publish()
        self.person = Person(Client())
        self.run_id = self.person.run()

    def tearDown(self) -> None:
        """The broker is back."""
        self.monkeypatch.undo()

    def fine(self, answer: Any) -> None:
        """No fault of the house, and below /api every error a problem document."""
        assert answer.status_code < 500, answer.content
        if (
            answer.status_code >= 400
            and answer.request["REQUEST_METHOD"] != "HEAD"
            and answer.request["PATH_INFO"].startswith("/api/")
        ):
            assert answer["Content-Type"] == "application/problem+json"
            assert json.loads(answer.content)["status"] == answer.status_code

    @SETTINGS
    @given(body=requests, more=st.booleans())
    def test_requests_of_odd_shapes(self, body: Any, more: bool) -> None:
        """JSON that is nearly right."""
        path = f"/api/runs/{self.run_id}/jobs" if more else "/api/runs"
        self.fine(self.person.post(path, body))

    @SETTINGS
    @given(
        method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]),
        path=st.sampled_from(PATHS),
        query=st.text(max_size=20),
        body=st.binary(max_size=60) | st.sampled_from([b"{}", b'{"text": "\\ud800"}', b"--b\r\n\r\n--b--"]),
        kind=st.sampled_from(TYPES),
        cookie=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20),
    )
    def test_requests_of_any_kind(
        self, method: str, path: str, query: str, body: bytes, kind: str, cookie: str
    ) -> None:
        """Any method, address, query, body, type and cookie."""
        place = path.replace("{run}", self.run_id)
        client = Client(raise_request_exception=False)
        client.cookies["tessera_owner"] = cookie
        for who in (client, self.person.client):
            raw = query.encode("utf-8", "surrogatepass").decode("latin-1")
            answer = who.generic(method, place, body, kind, QUERY_STRING=raw)
            self.fine(answer)

    @SETTINGS
    @given(
        id=st.text(min_size=1, max_size=30),
        place=st.sampled_from(["/api/runs/", "/api/sources/", "/api/shares/", "/s/"]),
    )
    def test_addresses_of_any_kind(self, id: str, place: str) -> None:
        """Any text where an id belongs."""
        answer = self.person.client.get(place + id)
        self.fine(answer)
        assert answer.status_code in {404, 405, 301, 200} if "/" in id or "?" in id or "#" in id else 404

    @SETTINGS
    @given(
        data=st.binary(max_size=200),
        name=st.text(max_size=12),
        kind=st.sampled_from([*TYPES, "image/png", "image/svg+xml"]),
    )
    def test_files_of_any_kind(self, data: bytes, name: str, kind: str) -> None:
        """Any bytes under any name."""
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode("utf-8", "surrogatepass") + data + b"\r\n--b--\r\n"
        self.fine(self.person.client.generic("POST", "/api/sources", body, "multipart/form-data; boundary=b"))
