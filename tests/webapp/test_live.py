"""The admin's live page: who may watch, what is told, and that it works when Redis or all workers are away."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.webapp import staff
from tests.webapp.computing import claim, finish
from tests.webapp.person import Person
from tests.webapp.socket import Socket
from webapp.queues import broker, history, overview, ticker
from webapp.queues.live import PARTS, STEERS
from webapp.queues.models import Worker
from webapp.queues.services import worker_beat
from webapp.runs.models import Job, Result, Run, State

ADDRESS = "/ws/admin/queue"
PAGE = "/admin/queues/queueswitch/live/"
NUMBERS = f"{PAGE}numbers/"
committed = pytest.mark.django_db(transaction=True)
rolled_back = pytest.mark.django_db


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock ticks fast."""
    monkeypatch.setattr(ticker, "EVERY", 0.02)


async def opened(cookie: str = "", **headers: str) -> tuple[bool, int | None]:
    """What becomes of the socket of somebody with this cookie."""
    socket = Socket(ADDRESS, cookie=cookie, **headers)
    answer = await socket.opened()
    if answer[0]:
        await socket.close()
    return answer


@committed
async def test_only_staff_with_the_permission_may_watch() -> None:
    people: list[tuple[Callable[[], User | AnonymousUser], bool]] = [
        (lambda: User.objects.create_user("anybody"), False),
        (lambda: staff.staff("new"), False),
        (lambda: staff.staff("half", "runs.view_job"), False),
        (staff.viewer, True),
        (lambda: User.objects.create_superuser("root"), True),
    ]
    assert await opened() == (False, 4403)
    for who, welcome in people:
        cookie = await sync_to_async(lambda who=who: staff.cookie(who()))()
        assert await opened(cookie) == ((True, None) if welcome else (False, 4403))


@committed
async def test_no_foreign_page_watches_with_an_administrators_cookie() -> None:
    cookie = await sync_to_async(lambda: staff.cookie(staff.viewer()))()
    assert await opened(cookie, origin="http://testserver") == (True, None)
    assert await opened(cookie, origin="http://evil.example") == (False, 4403)


@committed
async def test_nobody_talks_to_the_server() -> None:
    cookie = await sync_to_async(lambda: staff.cookie(staff.viewer()))()
    socket = Socket(ADDRESS, cookie=cookie)
    assert (await socket.opened())[0]
    await socket.say("{}")
    while (message := await socket.message())["type"] != "websocket.close":
        pass
    assert message["code"] == 4400
    await socket.close()
    assert len(ticker.watchers) == 0


@committed
async def test_the_socket_tells_numbers_and_parts(person: Person) -> None:
    await sync_to_async(person.run)(text="<script>alert(1)</script>")
    cookie = await sync_to_async(lambda: staff.cookie(staff.viewer()))()
    async with Socket(ADDRESS, cookie=cookie) as socket:
        told = json.loads((await socket.message())["text"])
    assert set(told) == {"at", "numbers", "parts"}
    assert set(told["parts"]) == set(PARTS)
    gpu = next(queue for queue in told["numbers"]["queues"] if queue["queue"] == "gpu")
    assert gpu["open"] == [["queued", 1], ["leased", 0], ["running", 0]]
    assert set(gpu["waiting"]) == {"count", "p50", "p95", "longest"}
    assert len(told["numbers"]["minutes"]["bins"]) == 60
    assert len(told["numbers"]["hours"]["bins"]) == 24
    assert "&lt;script&gt;" in told["parts"]["work"]
    assert "<script>" not in "".join(told["parts"].values())
    assert "<button" not in "".join(told["parts"].values())  # a viewer steers nothing


@committed
async def test_one_look_serves_everybody_and_ends_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    known = await sync_to_async(overview.overview)()

    def look() -> dict[str, Any]:
        looks.append(1)
        return known

    shared = ticker.Watchers(look)
    inboxes = [shared.join(frozenset()) for _ in range(50)] + [shared.join(frozenset(STEERS))]
    told = [await asyncio.wait_for(inbox.get(), 5) for inbox in inboxes]
    assert len(looks) == 1
    assert len(set(told)) == 2  # one text for those who look on, one for who steers
    await asyncio.sleep(0.2)
    assert inboxes[0].qsize() == 1  # who reads slowly is sent the latest, not everything
    for inbox in inboxes:
        await shared.leave(inbox)
    count = len(looks)
    await asyncio.sleep(0.1)
    assert (len(looks), len(shared)) == (count, 0)


@committed
async def test_whoever_is_no_longer_welcome_is_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.queues.consumers.RECHECK", 2)
    user = await sync_to_async(staff.viewer)()
    cookie = await sync_to_async(staff.cookie)(user)
    socket = Socket(ADDRESS, cookie=cookie)
    assert (await socket.opened())[0]
    await socket.message()
    await sync_to_async(user.user_permissions.clear)()
    while (message := await socket.message())["type"] != "websocket.close":
        pass
    assert message["code"] == 4403
    await socket.close()


@committed
async def test_the_socket_outlives_redis(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [settings.REDIS_URL]}}
    }
    cookie = await sync_to_async(lambda: staff.cookie(staff.viewer()))()
    async with Socket(ADDRESS, cookie=cookie) as socket:
        told = json.loads((await socket.message())["text"])
    assert told["numbers"]["redis"]["answers"] is False
    assert "Redis does not answer since" in told["parts"]["status"]


@rolled_back
def test_the_page_is_readable_when_redis_is_away(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client = staff.browser(staff.viewer())
    page = client.get(PAGE).content.decode()
    since = broker.state()["since"]
    assert since is not None
    assert f"Redis does not answer since {since:%H:%M:%S} UTC" in page
    assert broker.state()["since"] == since  # remembered, not set anew
    numbers = client.get(NUMBERS)
    assert "no-store" in numbers["Cache-Control"]
    assert numbers.json()["numbers"]["redis"]["answers"] is False


@rolled_back
def test_the_page_says_when_no_worker_reports() -> None:
    client = staff.browser(staff.viewer())
    assert "No worker reports" in client.get(PAGE).content.decode()
    worker_beat(name="host:1", queues=["gpu"])
    page = client.get(PAGE).content.decode()
    assert "No worker reports" not in page
    Worker.objects.update(last_seen=timezone.now() - timedelta(minutes=5))
    page = client.get(PAGE).content.decode()
    assert "No worker reports: jobs wait until one does. The last one was seen 5 min ago." in page
    assert "host:1" in page
    assert "silent" in page


@rolled_back
def test_only_those_who_may_see_the_page_and_its_numbers() -> None:
    for address in (PAGE, NUMBERS):
        assert Client().get(address).status_code == 302
        assert staff.browser(User.objects.create_user(f"anybody {address}")).get(address).status_code == 302
        assert staff.browser(staff.staff(f"new {address}")).get(address).status_code == 403
    assert "may not see the queue" in staff.browser(staff.staff("newer")).get("/admin/").content.decode()


@rolled_back
def test_waits_of_those_waiting_and_of_those_started() -> None:
    run = Run.objects.create(owner="somebody")
    Job.objects.bulk_create(Job(run=run, owner="somebody", queue="gpu") for _ in range(20))
    now = timezone.now()
    for index, job in enumerate(Job.objects.all()):
        Job.objects.filter(pk=job.pk).update(created=now - timedelta(seconds=100 * (index + 1)))
    waits = overview.waits_now("gpu", 20)
    assert [round(waits[name], -2) for name in ("p50", "p95", "longest")] == [1000, 1900, 2000]
    Job.objects.update(state=State.RUNNING, started=now)
    waited = overview.waits_lately("gpu")
    assert [round(waited[name], 3) for name in ("count", "p50", "p95")] == [20, 1000, 1900]
    Job.objects.update(started=now - timedelta(hours=2))
    assert overview.waits_lately("gpu") == {"count": 0, "p50": None, "p95": None, "sample": overview.SAMPLE}


@rolled_back
def test_a_look_asks_as_much_of_the_database_for_many_jobs_as_for_few(
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    run = Run.objects.create(owner="somebody")
    for count in (3, 300):
        Job.objects.bulk_create(
            Job(run=run, owner="somebody", queue="gpu", state=state, started=timezone.now(), finished=timezone.now())
            for state in (State.QUEUED, State.RUNNING, State.DONE, State.FAILED)
            for _ in range(count)
        )
        with django_assert_max_num_queries(30):
            numbers = overview.overview()
        assert len(numbers["queued"]["gpu"]) == min(count, overview.SHOWN)
    assert len(numbers["active"]) == overview.SHOWN


@pytest.mark.parametrize(
    ("values", "part", "found"), [([], 0.5, None), ([1], 0.95, 1), ([1, 2], 0.5, 1), (range(1, 101), 0.95, 95)]
)
def test_quantiles_by_nearest_rank(values: Any, part: float, found: float | None) -> None:
    assert history.quantile(list(values), part) == found


@rolled_back
def test_what_ended_is_counted_by_minute_and_hour_and_why(person: Person) -> None:
    for text in ("one", "two", "three"):
        person.run(text=text)
        finish()
    jobs = list(Job.objects.all())
    now = timezone.now()
    Job.objects.filter(pk=jobs[1].pk).update(finished=now - timedelta(minutes=30))
    problem = {"type": "/problems/worker-lost", "detail": "died"}
    Job.objects.filter(pk=jobs[2].pk).update(state=State.FAILED, finished=now - timedelta(hours=5), problem=problem)
    Result.objects.filter(job=jobs[2]).update(state=State.FAILED, fault="system", problem=problem)
    told = history.history()
    assert told["minutes"]["totals"] == {"done": 2, "failed": 0, "cancelled": 0}
    assert told["minutes"]["bins"][-1]["done"] + told["minutes"]["bins"][-2]["done"] == 1
    assert told["hours"]["totals"] == {"done": 2, "failed": 1, "cancelled": 0}
    assert told["hours"]["bins"][18]["failed"] == 1
    assert told["reasons"] == [{"reason": "worker-lost", "fault": "system", "count": 1}]
    slow = {"method": "surprisal", "model": "demo-lm", "count": 2, "p50": 0.25, "p95": 0.25}
    assert told["slowest"] == [slow]
    assert [row["said"] for row in told["failed"]] == ["died"]


@rolled_back
def test_a_worker_is_shown_with_what_it_holds(person: Person) -> None:
    person.run()
    _, job = claim()
    worker_beat(name="w:1", queues=["gpu", "cpu", "celery@w.dq"])
    Worker.objects.update(device="cuda", memory=8 * 2**30, used=2**30, loaded=["demo-lm"], draining=True)
    row = overview.worker_rows()[0]
    assert (row["queues"], row["job"], row["model"], row["share"]) == (["gpu", "cpu"], job.pk, "demo-lm", 12)
    page = staff.browser(staff.viewer()).get(PAGE).content.decode()
    assert "1.0\xa0GB of 8.0\xa0GB" in page
    assert "draining" in page
