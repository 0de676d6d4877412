"""Limits are on by default, cannot be talked away, and close for the anonymous when nobody can count."""

from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.services.redis import redis
from tests.webapp.conftest import Limited
from tests.webapp.person import Person, problem
from tests.webapp.socket import Socket
from webapp.common import counters
from webapp.common.owners import COOKIE, address_hash
from webapp.config.environment import HouseLimits
from webapp.limits.seats import TOO_MANY
from webapp.limits.selectors import house_limits
from webapp.limits.throttle import login_rates

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:1/0"
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _passwords_cost_nothing(settings: Settings) -> None:
    """What is counted here are the attempts."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db: None) -> User:
    """Somebody with a password, who may use the admin."""
    return User.objects.create_superuser("ada", password=PASSWORD)


@pytest.fixture(scope="module")
def real_redis() -> Iterator[str]:
    """An empty Redis."""
    with redis() as url:
        yield url


def from_(address: str) -> Person:
    """Somebody at another address, without a cookie."""
    return Person(Client(REMOTE_ADDR=address))


def attempt(client: Client, name: str, password: str = "wrong") -> int:
    """The status of an attempt to log in; 302 is success."""
    return client.post("/admin/login/", {"username": name, "password": password}).status_code


def test_every_limit_is_on_by_default() -> None:
    assert all(value > 0 for value in HouseLimits().model_dump().values())


def test_changes_are_limited_and_the_answer_says_the_numbers(person: Person, limited: Limited) -> None:
    limited(changes_per_minute=3)
    assert [person.ask().status_code for _ in range(3)] == [201] * 3
    answer = person.ask()
    document = problem(answer, 429, "too-many-requests")
    assert document["limit"] == 3
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert f"Try again in {answer['Retry-After']} seconds" in document["detail"]
    assert person.get("/api/methods").status_code == 200
    assert from_("10.0.0.9").ask().status_code == 201


def test_a_new_cookie_is_not_a_new_person(person: Person, limited: Limited) -> None:
    limited(changes_per_minute=2)
    assert [Person(Client()).ask().status_code for _ in range(4)] == [201, 201, 429, 429]


def test_reads_and_pages_are_limited(person: Person, limited: Limited) -> None:
    limited(reads_per_minute=2)
    assert [person.get(path).status_code for path in ("/api/methods", "/", "/api/models", "/")] == [200, 200, 429, 429]
    page = person.get("/")
    assert page["Content-Type"].startswith("text/html")
    assert "the limit is 2 within a minute" in page.content.decode()
    assert person.get("/healthz").status_code == 200


def test_an_account_is_counted_apart_from_its_address(person: Person, account: User, limited: Limited) -> None:
    limited(changes_per_minute=1)
    assert [person.ask().status_code for _ in range(2)] == [201, 429]
    person.client.force_login(account)
    assert [person.ask().status_code for _ in range(2)] == [201, 429]
    elsewhere = from_("10.0.0.9")
    elsewhere.client.force_login(account)
    assert elsewhere.ask().status_code == 429


def test_the_admin_has_a_throttle_of_its_own(account: User, limited: Limited) -> None:
    limited(admin_per_minute=2, reads_per_minute=1)
    client = Client()
    client.force_login(account)
    assert [client.get("/admin/runs/run/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/methods").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "headers", "statuses"),
    [
        (0, ["1.1.1.1", "2.2.2.2", "3.3.3.3"], [201, 429, 429]),
        (1, ["9.9.9.9, 1.1.1.1", "8.8.8.8, 1.1.1.1", "7.7.7.7,6.6.6.6,1.1.1.1"], [201, 429, 429]),
        (1, ["1.1.1.1", "2.2.2.2", "3.3.3.3"], [201, 201, 201]),
        (2, ["1.1.1.1, 5.5.5.5", "2.2.2.2, 5.5.5.5", "2.2.2.2, 4.4.4.4"], [201, 201, 429]),
        (2, ["1.1.1.1", "2.2.2.2", "3.3.3.3"], [201, 429, 429]),
        (1, ["not an address", "x" * 5000, "1.1.1.1, "], [201, 429, 201]),
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_our_proxies_reach(
    person: Person, settings: Settings, limited: Limited, proxies: int, headers: list[str], statuses: list[int]
) -> None:
    settings.PROXIES = proxies
    limited(changes_per_minute=1)
    body = {"text": "hello", "models": ["demo-lm"], "methods": [{"key": "surprisal"}]}
    said = [Person(Client()).post("/api/runs", body, **{"X-Forwarded-For": value}) for value in headers]
    assert [answer.status_code for answer in said] == statuses


def test_the_addresses_of_one_ipv6_network_are_one(catalogue: None, limited: Limited) -> None:
    limited(changes_per_minute=1)
    assert from_("2001:db8:1:2::1").ask().status_code == 201
    assert from_("2001:db8:1:2:ffff::9").ask().status_code == 429
    assert from_("2001:db8:1:3::1").ask().status_code == 201
    assert from_("::ffff:10.1.1.1").ask().status_code == 201
    assert from_("10.1.1.1").ask().status_code == 429


def test_attempts_to_log_in_are_limited_by_address(account: User, limited: Limited) -> None:
    limited(logins_per_minute=3)
    assert [attempt(Client(), f"name{n}") for n in range(4)] == [200, 200, 200, 429]
    answer = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "attempts to log in" in answer.content.decode()
    assert attempt(Client(REMOTE_ADDR="10.0.0.9"), "ada", PASSWORD) == 302


def test_attempts_to_log_in_are_limited_by_name_from_everywhere(account: User, limited: Limited) -> None:
    limited(logins_per_minute=3)
    names = ["ada", "Ada ", "ADA", "ada"]
    tried = [attempt(Client(REMOTE_ADDR=f"10.0.{n}.1"), name) for n, name in enumerate(names)]
    assert tried == [200, 200, 200, 429]
    assert attempt(Client(REMOTE_ADDR="10.0.9.1"), "ada", PASSWORD) == 429
    assert attempt(Client(REMOTE_ADDR="10.0.9.1"), "grace") == 200


def test_who_sits_at_an_open_session_cannot_guess_its_password_for_long(account: User, limited: Limited) -> None:
    limited(logins_per_minute=2)
    tried = []
    for n in range(3):
        sitting = Client(REMOTE_ADDR=f"10.0.{n}.1")
        sitting.force_login(account)
        form = {"old_password": f"guess {n}", "new_password1": "another long one", "new_password2": "another long one"}
        tried.append(sitting.post("/account/password", form).status_code)
    assert tried == [200, 200, 429]


def test_the_longer_somebody_tries_the_longer_the_pauses(account: User, limited: Limited) -> None:
    limited(logins_per_minute=1)
    waits = []
    for rate in login_rates(house_limits()):
        counters.own().forget()
        for _ in range(rate.amount):
            counters.own().hit([rate], "logins", "address", address_hash("127.0.0.1"), exact=True)
        answer = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
        assert answer.status_code == 429
        waits.append(int(answer["Retry-After"]))
    assert waits[0] <= 60 < waits[1] <= 15 * 60 < waits[2] <= 60 * 60


def test_links_cannot_be_guessed_for_long(person: Person, limited: Limited) -> None:
    limited(guesses_per_minute=3)
    run = person.run()
    secret = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
    guesses = ["/s/a", "/api/shares/b", "/api/shares/c/results/x.csv"]
    assert [person.get(path).status_code for path in guesses] == [404] * 3
    problem(person.get(f"/api/shares/{secret}"), 429, "too-many-requests")
    assert person.get(f"/s/{secret}").status_code == 429
    assert person.get(f"/api/runs/{run}").status_code == 200
    assert from_("10.0.0.9").get(f"/s/{secret}").status_code == 200


def test_tokens_cannot_be_guessed_for_long(person: Person, limited: Limited) -> None:
    limited(guesses_per_minute=3)
    tried = [person.get("/api/runs", Authorization=f"Bearer tessera_{n}").status_code for n in range(5)]
    assert tried == [401, 401, 401, 429, 429]
    assert person.get("/api/runs").status_code == 200


def test_whoever_follows_a_good_link_is_never_taken_for_guessing(person: Person, limited: Limited) -> None:
    limited(guesses_per_minute=1)
    secret = person.post(f"/api/runs/{person.run()}/share").json()["url"].rpartition("/")[2]
    assert {person.get(f"/s/{secret}").status_code for _ in range(5)} == {200}


def test_without_redis_the_anonymous_change_nothing_but_read(person: Person, settings: Settings) -> None:
    run = person.run()
    settings.REDIS_URL = NOWHERE
    for answer in (person.ask(), person.upload(b"hi", "a.txt"), person.post(f"/api/runs/{run}/share")):
        document = problem(answer, 429, "requests-uncounted")
        assert answer["Retry-After"] == "30"
        assert "cannot count requests" in document["detail"]
    assert person.get(f"/api/runs/{run}").status_code == 200
    assert person.get("/").status_code == 200
    assert person.get("/s/nothing").status_code == 404


def test_without_redis_accounts_go_by_the_counts_of_the_database(
    person: Person, account: User, settings: Settings, limited: Limited
) -> None:
    limited(runs_per_minute=2)
    person.client.force_login(account)
    settings.REDIS_URL = NOWHERE
    assert [person.ask().status_code for _ in range(2)] == [201, 201]
    problem(person.ask(), 429, "too-many-runs")


def test_without_redis_an_admin_gets_in_and_a_guesser_does_not(
    account: User, settings: Settings, limited: Limited
) -> None:
    settings.REDIS_URL = NOWHERE
    limited(logins_per_minute=2)
    assert attempt(Client(), "ada", PASSWORD) == 302
    assert [attempt(Client(), "ada") for _ in range(2)] == [200, 429]


def test_counts_are_shared_by_all_web_processes(real_redis: str, settings: Settings, limited: Limited) -> None:
    settings.REDIS_URL = real_redis
    limited(changes_per_minute=2)
    statuses = []
    for _ in range(4):
        counters._made.cache_clear()  # as another process would, with a connection of its own
        statuses.append(Client().post("/api/runs", "{}", "application/json").status_code)
    assert statuses == [422, 422, 429, 429]


def test_a_limit_that_changes_counts_from_the_next_request_on(person: Person, limited: Limited) -> None:
    limited(changes_per_minute=1)
    assert [person.ask().status_code for _ in range(2)] == [201, 429]
    limited(changes_per_minute=100)
    assert person.ask().status_code == 201


async def _sockets(person: Person, count: int) -> tuple[list[Socket], list[int | None]]:
    run = await sync_to_async(person.run)()
    sockets = [Socket(run, person.client.cookies[COOKIE].value) for _ in range(count)]
    return sockets, [(await socket.opened())[1] for socket in sockets]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", [False, True])
async def test_open_sockets_are_limited_and_closing_one_makes_room(
    person: Person, limited: Limited, settings: Settings, real_redis: str, shared: bool
) -> None:
    settings.REDIS_URL = real_redis if shared else ""
    limited(open_sockets=2)
    sockets, codes = await _sockets(person, 3)
    assert codes == [None, None, TOO_MANY]
    await sockets[0].close()
    more, codes = await _sockets(person, 2)
    assert codes == [None, TOO_MANY]
    for socket in (sockets[1], more[0]):
        await socket.close()


@pytest.mark.django_db(transaction=True)
async def test_opening_sockets_again_and_again_is_limited(person: Person, limited: Limited) -> None:
    limited(sockets_per_minute=2)
    for expected in (None, None, TOO_MANY):
        sockets, codes = await _sockets(person, 1)
        assert codes == [expected]
        if expected is None:
            await sockets[0].close()
