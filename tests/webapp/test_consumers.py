"""The socket of a run: for its owner, numbered, healed by a heartbeat, one way only."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from tests.webapp.computing import claim, finish
from tests.webapp.person import Person
from tests.webapp.socket import Socket
from webapp.common.owners import COOKIE
from webapp.runs import consumers, work
from webapp.runs.models import Run
from workers.contract import DeltaData, ProgressData

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(person: Person) -> str:
    """The signed cookie of somebody."""
    return person.client.cookies[COOKIE].value


async def test_the_first_event_tells_the_number(person: Person) -> None:
    run = await sync_to_async(person.run)()
    async with Socket(run, cookie_of(person)) as socket:
        event = await socket.event()
    job = (await sync_to_async(person.state)(run))["jobs"][0]["id"]
    prospect = {"position": 0, "line": 1, "wait": None, "rest": None, "held": "no-worker", "shared": False}
    assert (event.kind, event.seq, event.run, event.data) == ("heartbeat", 1, run, {"prospects": {job: prospect}})


async def test_every_change_arrives_in_order_and_numbered(person: Person) -> None:
    run = await sync_to_async(person.run)()
    async with Socket(run, cookie_of(person)) as socket:
        await socket.event()
        await sync_to_async(finish)()
        events = [await socket.event() for _ in range(4)]
    state = await sync_to_async(person.state)(run)
    assert [(event.kind, event.data["state"], event.seq) for event in events] == [
        ("state", "leased", 2),
        ("state", "running", 3),
        ("result", "done", 4),
        ("state", "done", 5),
    ]
    assert state["seq"] == 5
    assert events[2].result == state["results"][0]["id"]
    assert "values" not in events[2].model_dump_json()


async def test_progress_and_tokens_carry_the_latest_number(person: Person) -> None:
    run = await sync_to_async(person.run)()
    lease, _ = await sync_to_async(claim)()
    async with Socket(run, cookie_of(person)) as socket:
        await socket.event()
        delta = DeltaData(start=0, ids=[1], text="a", ends=[1], probabilities=[0.5])
        await sync_to_async(work.progress_tell)(lease=lease, result=None, progress=ProgressData(message="m"))
        await sync_to_async(work.delta_tell)(lease=lease, delta=delta)
        first, second = await socket.event(), await socket.event()
    assert (first.kind, first.seq, first.data["message"]) == ("progress", 3, "m")
    assert (second.kind, second.seq, second.data) == ("delta", 3, delta.model_dump())


async def test_a_heartbeat_repeats_the_number(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT", 0.05)
    run = await sync_to_async(person.run)()
    async with Socket(run, cookie_of(person)) as socket:
        await socket.event()
        await sync_to_async(Run.objects.update)(seq=9)  # a change whose event got lost
        numbers = [(await socket.event()).seq for _ in range(3)]
    assert numbers[-1] == 9


async def test_a_run_that_is_gone_closes_its_socket(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT", 0.05)
    run = await sync_to_async(person.run)()
    async with Socket(run, cookie_of(person)) as socket:
        await socket.event()
        await sync_to_async(Run.objects.all().delete)()
        message = await socket.message()
        while message["type"] == "websocket.send":
            message = await socket.message()
    assert message["code"] == 4404


async def test_strangers_and_forgers_are_refused(person: Person, stranger: Person) -> None:
    run = await sync_to_async(person.run)()
    await sync_to_async(stranger.run)()
    for cookie in (None, "", "x:y:z", cookie_of(stranger)):
        assert await Socket(run, cookie).opened() == (False, 4404)
    assert await Socket("nothing", cookie_of(person)).opened() == (False, 4404)


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("http://testserver", True),
        ("https://testserver", True),
        ("http://evil.example", False),
        ("null", False),
        ("http://testserver:1", False),
    ],
)
async def test_a_foreign_origin_is_refused(person: Person, origin: str, accepted: bool) -> None:
    run = await sync_to_async(person.run)()
    socket = Socket(run, cookie_of(person), origin=origin)
    answer, code = await socket.opened()
    assert answer is accepted
    if accepted:
        await socket.close()
    else:
        assert code == 4403


async def test_an_account_opens_its_socket(catalogue: None) -> None:
    def prepared() -> tuple[str, str]:
        user = User.objects.create_user("ada", password="a long password")
        home = Person(Client())
        home.client.force_login(user)
        run = home.run()
        elsewhere = Client()
        elsewhere.force_login(user)
        return run, elsewhere.cookies["sessionid"].value

    run, session = await sync_to_async(prepared)()
    socket = Socket(run, None, cookie=f"sessionid={session}")
    accepted, _ = await socket.opened()
    assert accepted
    await socket.close()
    assert AnonymousUser().is_authenticated is False


async def test_whoever_talks_is_hung_up_on(person: Person) -> None:
    run = await sync_to_async(person.run)()
    async with Socket(run, cookie_of(person)) as socket:
        await socket.event()
        await socket.say("hello")
        message = await socket.message()
        assert (message["type"], message["code"]) == ("websocket.close", 4400)


async def test_news_of_one_run_stay_there(person: Person) -> None:
    first, second = await sync_to_async(person.run)(text="1"), await sync_to_async(person.run)(text="2")
    async with Socket(second, cookie_of(person)) as socket:
        await socket.event()
        await sync_to_async(person.delete)(f"/api/runs/{first}")
        await asyncio.sleep(0.05)
        assert await socket.silent()
