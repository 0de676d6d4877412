"""Somebody who uses the site over HTTP."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

Answer = Any
SURPRISAL: dict[str, Any] = {"key": "surprisal"}


class Person:
    """A client that keeps its cookie."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.client.get(path, headers=headers)

    def fill(self, path: str, **fields: Any) -> Answer:
        """A form that is filled in and sent."""
        return self.client.post(path, fields)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST of JSON."""
        return self.client.post(path, json.dumps({} if body is None else body), "application/json", headers=headers)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.client.delete(path)

    def upload(
        self, data: bytes, name: str = "file.bin", content_type: str = "application/octet-stream", **fields: str
    ) -> Answer:
        """A source."""
        return self.client.post("/api/sources", {"file": SimpleUploadedFile(name, data, content_type), **fields})

    def ask(self, text: str | None = "hello", **more: Any) -> Answer:
        """A new run."""
        body = {"text": text, "models": ["demo-lm"], "methods": [SURPRISAL], **more}
        return self.post("/api/runs", {name: value for name, value in body.items() if value is not None})

    def run(self, **more: Any) -> str:
        """The id of a new run."""
        answer = self.ask(**more)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def state(self, run: str) -> dict[str, Any]:
        """The whole state of a run."""
        state: dict[str, Any] = self.get(f"/api/runs/{run}").json()
        return state


def problem(answer: Answer, status: int, id: str) -> dict[str, Any]:
    """The answer's problem document, which is of this kind."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.content)
    assert document["type"] == f"/problems/{id}", document
    assert document["status"] == status
    return document
