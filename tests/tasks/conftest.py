"""The site's fixtures, and a child that computes what a test says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.webapp.conftest import catalogue, clock, commits, house, limited, person, picture, stranger, wakes
from webapp.runs import news
from workers.contract import AnalysisRequest
from workers.core.steps import Step
from workers.tasks import child

__all__ = ["catalogue", "clock", "commits", "house", "limited", "person", "picture", "stranger", "wakes"]

Emit = Callable[[Step], None]
Compute = Callable[[AnalysisRequest, child.Control, Emit], None]
Told = list[dict[str, Any]]


class SamePost:
    """Carries messages at once, and remembers them."""

    def __init__(self) -> None:
        self.told: Told = []

    def send(self, group: str, message: dict[str, Any]) -> None:
        """Remember the event."""
        self.told.append(message["event"])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """The news that the child sent."""
    post = SamePost()
    monkeypatch.setattr(child, "post", lambda: news.send_with(post.send))
    monkeypatch.setattr(child, "recent", [])
    yield post.told
    news.send_with(None)


@pytest.fixture
def computes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Compute], None]:
    """Sets what the child computes."""
    return lambda compute: monkeypatch.setattr(child, "compute", compute)
