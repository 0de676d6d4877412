"""Limits: whose count, that a change counts at the next request, and what the admin may type."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.test import Client

from tests.webapp.computing import claim, finish
from tests.webapp.conftest import Limited
from tests.webapp.person import Person, problem
from webapp.common.owners import Owner, address_hash
from webapp.config.environment import HouseLimits
from webapp.limits.models import Limit
from webapp.limits.ranges import FIXED, ranges
from webapp.limits.selectors import house_limits, limits_for, limits_of
from webapp.runs.models import Job, Result

pytestmark = pytest.mark.django_db

HERE = "127.0.0.1"


@pytest.fixture
def account(db: None) -> User:
    """Somebody with an account, in two groups."""
    user = User.objects.create_user("ada", password="a long password")
    user.groups.set([Group.objects.create(name="class"), Group.objects.create(name="lab")])
    return user


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of the house's administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="a long password"))
    return client


def limit(scope: str, value: int, name: str = "queued_jobs", /, **subject: Any) -> Limit:
    """A row, checked as the admin's form does."""
    row = Limit(scope=scope, name=name, value=value, **subject)
    row.full_clean()
    row.save()
    return row


def test_the_most_particular_limit_counts(account: User) -> None:
    here = address_hash(HERE)
    owner = Owner("cookie", account.pk)
    groups = {group.name: group for group in account.groups.all()}
    assert limits_of(owner, here) == house_limits()
    steps: list[tuple[str, int, dict[str, Any]]] = [
        ("house", 10, {}),
        ("address", 20, {"address": here}),
        ("group", 5, {"group": groups["class"]}),
        ("group", 7, {"group": groups["lab"]}),
        ("account", 1, {"account": account}),
    ]
    for scope, value, subject in steps:
        limit(scope, value, **subject)
        assert limits_of(owner, here).queued_jobs == value
    assert limits_of(owner, here).runs_per_minute == house_limits().runs_per_minute


def test_a_limit_is_its_subjects_alone(account: User) -> None:
    limit("address", 20, address=address_hash(HERE))
    limit("account", 1, account=account)
    assert limits_for(account=None, address=address_hash("10.0.0.1")).queued_jobs == house_limits().queued_jobs
    assert limits_for(account=None, address=address_hash(HERE)).queued_jobs == 20
    assert limits_for(account=account.pk + 1, address="").queued_jobs == house_limits().queued_jobs


def test_addresses_of_one_home_are_one() -> None:
    assert address_hash("2001:db8:1:2::7") == address_hash("2001:db8:1:2:ffff::1") != address_hash("2001:db8:1:3::7")
    assert address_hash("::ffff:10.0.0.1") == address_hash("10.0.0.1") != address_hash("10.0.0.2")
    with pytest.raises(ValueError, match="does not appear"):
        address_hash("here")


def test_every_limit_has_a_range_that_its_value_at_the_start_lies_in() -> None:
    assert set(ranges()) == set(HouseLimits.model_fields) - FIXED
    for name, each in ranges().items():
        each.check(getattr(HouseLimits(), name))


def test_a_change_counts_from_the_next_request_on(person: Person) -> None:
    person.run(text="one")
    row = limit("house", 1)
    assert problem(person.ask(text="two"), 429, "too-many-jobs")["limit"] == 1
    Limit.objects.filter(pk=row.pk).update(value=2)
    person.run(text="two")
    row.delete()
    person.run(text="three")


def test_every_reader_asks_for_the_persons_own(person: Person, account: User, picture: bytes) -> None:
    here = {"address": address_hash(HERE)}
    limit("address", 4, "text_characters", **here)
    assert problem(person.ask(text="12345"), 422, "text-too-long")["limit"] == 4
    limit("address", 10, "image_pixels", **here)
    assert problem(person.upload(picture, "a.png"), 422, "image-too-large")["limit"] == 10
    limit("address", 20, "table_bytes", **here)
    assert problem(person.upload(b"prompt,answer,label\n" * 2, "a.csv"), 422, "file-too-large")["limit"] == 20
    limit("address", 0, "sources_per_minute", **here)
    problem(person.upload(b"text", "a.txt"), 429, "too-many-sources")
    limit("address", 0, "runs_per_minute", **here)
    problem(person.ask(text="abc"), 429, "too-many-runs")
    shown = person.get("/api/limits").json()
    assert (shown["text_characters"], shown["image_pixels"], shown["runs_per_minute"]) == (4, 10, 0)
    person.client.force_login(account)
    limit("account", 5, "text_characters", account=account)
    limit("account", 1, "runs_per_minute", account=account)
    assert person.get("/api/limits").json()["text_characters"] == 5
    person.run(text="12345")


def test_a_result_is_bounded_by_the_limit_of_whose_it_is(person: Person) -> None:
    limit("address", 1024, "result_bytes", address=address_hash(HERE))
    person.run(text="one")
    with pytest.raises(Exception, match="the limit is 1024"):
        finish(values=(0.5,) * 2000)
    limit("house", 2048, "result_bytes")
    Limit.objects.filter(scope="address").delete()
    assert Result.objects.filter(state="done").count() == 0


def test_an_account_is_counted_by_itself_wherever_it_is(person: Person, account: User, limited: Limited) -> None:
    limited(queued_jobs=1)
    person.run(text="anonymous, from the same address")
    person.client.force_login(account)
    person.run(text="one")
    problem(person.ask(text="two"), 429, "too-many-jobs")
    claim()
    assert Job.objects.count() == 2


ADD = "/admin/limits/limit/add/"
ROW = {"scope": "house", "account": "", "group": "", "address": "", "name": "queued_jobs", "value": "5", "note": ""}
REFUSED = [
    ({"value": "-1"}, "Between 0 and 1,000,000; got -1."),
    ({"value": "1e9"}, "Enter a whole number."),
    ({"name": "job_seconds", "value": "0"}, "Between 1 and 2,592,000; got 0."),
    ({"name": "body_bytes"}, "Select a valid choice."),
    ({"name": "anything"}, "Select a valid choice."),
    ({"scope": "group"}, "Say which group."),
    ({"scope": "address", "address": "10.0.0.0/8"}, "this network is a /8"),
    ({"scope": "address", "address": "my home"}, "neither an IPv4 nor an IPv6 address"),
    ({"address": "10.0.0.1"}, "Leave this empty: the limit is for the whole house."),
    ({"scope": "address"}, "Say which address."),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_the_admin_is_told_the_range_of_what_makes_no_sense(admin: Client, change: dict[str, str], said: str) -> None:
    page = admin.post(ADD, ROW | change)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert Limit.objects.count() == 0


def test_no_limit_is_set_twice(admin: Client) -> None:
    assert admin.post(ADD, ROW).status_code == 302
    assert admin.post(ADD, ROW).status_code == 200
    with pytest.raises(ValidationError):
        limit("house", 7)


def test_of_an_address_only_its_hash_is_kept_and_shown(admin: Client) -> None:
    typed = "2001:db8:1:2::/64"
    answer = admin.post(ADD, ROW | {"scope": "address", "address": typed}, follow=True)
    row = Limit.objects.get()
    assert row.address == address_hash("2001:db8:1:2::9")
    assert row.address in answer.content.decode()
    change = f"/admin/limits/limit/{row.pk}/change/"
    page = admin.get(change).content.decode()
    assert row.address in page
    assert "2001:db8" not in page + answer.content.decode() + admin.get("/admin/audit/entry/").content.decode()
    again = ROW | {"scope": "address", "address": row.address, "value": "9"}
    assert admin.post(change, again).status_code == 302
    assert (Limit.objects.get().address, Limit.objects.get().value) == (row.address, 9)


def test_one_page_shows_what_is_in_force_and_used(admin: Client, person: Person, account: User) -> None:
    page = "/admin/limits/limit/in-force/"
    person.run(text="one")
    limit("address", 1, address=address_hash(HERE))
    house = admin.get(page)
    assert house.status_code == 200
    assert {row.used for row in house.context["rows"]} == {None}
    found = admin.post(page, {"who": HERE}, follow=True)
    assert found.redirect_chain == [(f"{page}?address={address_hash(HERE)}", 302)]
    assert HERE not in found.content.decode()
    rows = {row.limit.name: row for row in found.context["rows"]}
    assert (rows["queued_jobs"].limit.value, rows["queued_jobs"].used, rows["queued_jobs"].full) == (1, 1, True)
    assert (rows["runs_per_minute"].used, rows["text_characters"].used) == (1, None)
    found = admin.post(page, {"who": "ada"}, follow=True)
    assert found.redirect_chain == [(f"{page}?account={account.pk}", 302)]
    assert {row.used for row in found.context["rows"]} == {0, None}
    assert "There is no such account, and it is no address." in admin.post(page, {"who": "nobody"}).content.decode()
    assert Client().get(page).status_code == 302
