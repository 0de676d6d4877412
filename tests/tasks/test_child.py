"""What a child keeps: its event loop, its models, its cards."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.webapp.cards import methods, models
from webapp.catalogue.models import Allowed, Method, Model
from webapp.queues.models import Worker
from webapp.runs import news
from workers.contract import Catalogue, ModelSpec
from workers.models import room
from workers.tasks import child, post
from workers.tasks.publish import publish_cards


class Layer:
    """A channel layer that is slow, and fails once."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Take a message, the later ones faster than the first."""
        number = message["number"]
        if number == 2:
            raise ConnectionError
        await asyncio.sleep(0.02 if number == 0 else 0)
        self.sent.append(number)


def test_messages_leave_in_their_order_and_a_failing_one_holds_up_none(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer()
    monkeypatch.setattr(post, "get_channel_layer", lambda: layer)
    office = post.Post()
    for number in range(5):
        office.send("g", {"number": number})
    office.close()
    assert layer.sent == [0, 1, 3, 4]


def test_too_many_messages_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "HELD", 0)
    layer = Layer()
    monkeypatch.setattr(post, "get_channel_layer", lambda: layer)
    office = post.Post()
    office.send("g", {"number": 0})
    office.close()
    assert layer.sent == []


def test_a_child_has_one_office_and_all_news_go_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    child.post.cache_clear()
    office = child.post()
    assert child.post() is office
    assert news._sender == office.send
    office.close()
    news.send_with(None)
    child.post.cache_clear()


def test_the_device_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_DEVICE", "CPU")
    assert child.device() == "cpu"
    monkeypatch.delenv("TESSERA_DEVICE")
    assert child.device() == "auto"
    monkeypatch.setenv("TESSERA_DEVICE", "abacus")
    with pytest.raises(ValueError, match="not 'abacus'"):
        child.device()


def test_the_models_are_kept_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_MODEL_BUDGET_MB", "7")
    monkeypatch.setenv("TESSERA_DEVICE", "cpu")
    child.models.cache_clear()
    assert child.models().budget == 7 * 2**20
    assert child.models() is child.models()
    child.models.cache_clear()
    monkeypatch.delenv("TESSERA_MODEL_BUDGET_MB")
    monkeypatch.setenv("TESSERA_MEMORY_MB", "600")
    assert child.models().budget == 300 * 2**20
    child.models.cache_clear()


def test_a_child_is_well_while_it_holds_less_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    child.models.cache_clear()
    held = room.data() // 2**20
    monkeypatch.setenv("TESSERA_MEMORY_MB", str(4 * held))
    assert child.healthy()
    monkeypatch.setenv("TESSERA_MEMORY_MB", str(held))
    assert not child.healthy()


def test_a_child_is_bound_in_memory_unless_it_may_use_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    monkeypatch.setattr(room, "limit", limits.append)
    monkeypatch.setenv("TESSERA_MEMORY_MB", "300")
    monkeypatch.setattr(child, "GPU", tmp_path)
    monkeypatch.setenv("TESSERA_DEVICE", "auto")
    child.bound()
    assert limits == []
    monkeypatch.setenv("TESSERA_DEVICE", "cpu")
    child.bound()
    assert limits == [300 * 2**20]


def test_a_child_that_is_full_lets_go_of_its_models_first(monkeypatch: pytest.MonkeyPatch) -> None:
    child.models.cache_clear()
    monkeypatch.setenv("TESSERA_DEVICE", "cpu")
    cache = child.models()
    monkeypatch.setattr(child, "recent", ["demo-lm"])
    monkeypatch.setattr(room, "allowance", lambda: 1000)
    held = [800]
    monkeypatch.setattr(room, "data", lambda: held[0])
    monkeypatch.setattr(cache, "clear", lambda: held.__setitem__(0, 700))
    assert child.healthy()
    assert child.recent == []
    child.models.cache_clear()


def test_a_child_ends_itself_with_its_news_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    layer = Layer()
    monkeypatch.setattr(post, "get_channel_layer", lambda: layer)
    child.post.cache_clear()
    child.post().send("g", {"number": 0})
    child.end("a reason")
    assert (ended, layer.sent) == ([child.BROKEN], [0])
    child.post.cache_clear()
    news.send_with(None)


@pytest.mark.django_db
def test_cards_are_published_for_the_allow_list_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[dict[str, ModelSpec], dict[str, ModelSpec]]] = []

    def catalogue(specs: dict[str, ModelSpec], tokenizers: dict[str, ModelSpec]) -> Catalogue:
        seen.append((specs, tokenizers))
        return Catalogue(methods=methods(), models=models(), tokenizers=[])

    monkeypatch.setattr(child, "catalogue", catalogue)
    Allowed.objects.create(key="mine", location="owner/name", revision="abc")
    Allowed.objects.create(key="cuts", kind="tokenizer", location="/t")
    publish_cards()
    assert seen == [({"mine": ModelSpec(location="owner/name", revision="abc")}, {"cuts": ModelSpec(location="/t")})]
    assert Method.objects.count() == len(methods())
    assert Model.objects.get(pk="demo-lm").available
    assert Worker.objects.get().offers["methods"] == [card.key for card in methods()]
