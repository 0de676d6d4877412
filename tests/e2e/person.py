"""A person without a browser: speaks HTTP and sockets, and keeps the cookie that makes a run theirs."""

import json
import time
from types import TracebackType
from typing import Any, Protocol, Self

import httpx
from websockets.sync.client import connect

Document = dict[str, Any]
FINAL = {"done", "failed", "cancelled"}


class Site(Protocol):
    """Whatever answers at an address."""

    @property
    def address(self) -> str:
        """The URL without a path."""
        ...

    def client(self) -> httpx.Client:
        """A client of its own for each person."""
        ...


class Person:
    """Asks questions over HTTP."""

    def __init__(self, site: Site) -> None:
        self.http = site.client()
        self.address = site.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def ask(self, **request: object) -> Document:
        """A new run: what `POST /api/runs` answers."""
        answer = self.http.post("/api/runs", json=request)
        assert answer.status_code == 201, answer.text
        created: Document = answer.json()
        return created

    def upload(self, name: str, content: bytes, kind: str) -> httpx.Response:
        """The answer to an uploaded file."""
        return self.http.post("/api/sources", files={"file": (name, content, kind)})

    def state(self, run: str) -> Document:
        """The whole state of a run."""
        state: Document = self.http.get(f"/api/runs/{run}").raise_for_status().json()
        return state

    def wait(self, run: str, seconds: float = 240) -> Document:
        """The state of a run once every job and result is in a final state."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.state(run)
            if all(part["state"] in FINAL for part in [*state["jobs"], *state["results"]]):
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.1)

    def result(self, run: str, method: str) -> Document:
        """The Result of a method that is done."""
        found = [entry for entry in self.wait(run)["results"] if entry["method"]["key"] == method]
        assert [entry["state"] for entry in found] == ["done"], found
        result: Document = self.http.get(f"/api/runs/{run}/results/{found[0]['id']}").raise_for_status().json()
        return result

    def news(self, run: str, origin: str | None = None) -> Any:
        """The socket of a run."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        url = self.address.replace("http", "ws", 1) + f"/ws/runs/{run}"
        return connect(url, origin=origin, additional_headers={"Cookie": cookies}, proxy=None)  # type: ignore[arg-type]


def until_done(socket: Any, results: int, seconds: float = 60) -> list[Document]:
    """The events of a socket until so many results are done."""
    events: list[Document] = []
    deadline = time.monotonic() + seconds
    while sum(event["kind"] == "result" for event in events) < results:
        events.append(json.loads(socket.recv(timeout=max(deadline - time.monotonic(), 0.01))))
    return events
