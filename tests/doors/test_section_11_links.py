"""Share links: long, random, kept as a hash, with an end, and out of every index and Referer."""

import math
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.webapp.computing import finish
from tests.webapp.person import Person
from webapp.sharing.models import Share
from webapp.sharing.services import SECRET_BYTES

pytestmark = pytest.mark.django_db


def secret_of(person: Person, run: str, **wishes: object) -> str:
    """The secret of a new link."""
    made = person.post(f"/api/runs/{run}/share", wishes)
    assert made.status_code == 201
    return str(made.json()["url"].rpartition("/")[2])


def test_a_secret_holds_at_least_128_random_bits(person: Person) -> None:
    assert SECRET_BYTES * 8 >= 128
    run = person.run()
    secrets = [secret_of(person, run) for _ in range(100)]
    assert len(set(secrets)) == 100
    letters = Counter("".join(secrets))
    entropy = -sum(count / letters.total() * math.log2(count / letters.total()) for count in letters.values())
    assert entropy * len(secrets[0]) > 128
    assert len(letters) > 50


def test_no_row_of_the_database_holds_the_secret(person: Person) -> None:
    secret = secret_of(person, person.run(), note="n")
    person.get(f"/s/{secret}")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert secret not in str(cursor.fetchall()), table


def test_the_secret_is_told_once(person: Person) -> None:
    run = person.run()
    secret = secret_of(person, run)
    admin = Client()
    admin.force_login(User.objects.create_superuser("root", password="x"))
    share = Share.objects.get()
    pages = ["/admin/sharing/share/", f"/admin/sharing/share/{share.pk}/change/", f"/admin/runs/run/{run}/change/"]
    said = [person.get(f"/api/runs/{run}").content, person.get(f"/runs/{run}").content]
    said += [admin.get(page, follow=True).content for page in pages]
    assert not [text for text in said if secret.encode() in text]


def test_a_link_ends_by_itself_unless_somebody_wants_otherwise(person: Person) -> None:
    secret_of(person, person.run())
    ends = Share.objects.get().expires_at
    assert ends is not None
    assert timedelta(days=29) < ends - timezone.now() < timedelta(days=31)


@pytest.mark.parametrize("wrong", [59, 0, -1, 367 * 86400, 1e300, "1", True, [60]])
def test_no_link_ends_at_odd_times(person: Person, wrong: object) -> None:
    assert person.post(f"/api/runs/{person.run()}/share", {"expires_in": wrong}).status_code == 422
    assert not Share.objects.exists()


@pytest.mark.parametrize("end", ["expired", "revoked", "deleted"])
def test_an_ended_link_tells_nothing_that_an_invented_one_does_not(person: Person, stranger: Person, end: str) -> None:
    run = person.run()
    finish()
    result = person.state(run)["results"][0]["id"]
    source = person.state(run)["sources"][0]["id"]
    secret = secret_of(person, run)
    share = Share.objects.get()
    match end:
        case "expired":
            Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "revoked":
            assert person.delete(f"/api/runs/{run}/shares/{share.pk}").status_code == 204
        case "deleted":
            share.delete()
    for path in ("", f"/results/{result}", f"/results/{result}.html", f"/sources/{source}"):
        ended, invented = (stranger.get(f"/api/shares/{each}{path}") for each in (secret, "x" * len(secret)))
        assert (ended.status_code, ended.content) == (invented.status_code, invented.content)
        assert ended.status_code == 404
    pages = [stranger.get(f"/s/{each}") for each in (secret, "x" * len(secret))]
    assert pages[0].content == pages[1].content


def test_a_link_is_no_key_to_anything_else(person: Person, stranger: Person) -> None:
    run = person.run()
    secret = secret_of(person, run)
    for path in (
        f"/api/runs/{secret}",
        f"/runs/{secret}",
        f"/api/runs/{run}?secret={secret}",
        f"/api/sources/{secret}",
    ):
        assert stranger.get(path).status_code == 404
    for method in ("post", "put", "patch", "delete"):
        for path in (f"/api/shares/{secret}", f"/s/{secret}"):
            assert getattr(stranger.client, method)(path).status_code in {403, 405}


def test_links_are_kept_out_of_indexes_and_referers(person: Person) -> None:
    secret = secret_of(person, person.run())
    for path in (f"/s/{secret}", f"/api/shares/{secret}", "/s/invented", "/api/shares/invented"):
        answer = person.get(path)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
    assert "Disallow: /s/" in person.get("/robots.txt").content.decode()
    assert 'name="robots" content="noindex' in person.get(f"/s/{secret}").content.decode()
