"""What was sent once is not sent again, and what is sent is small."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from tests.webapp.computing import finish
from tests.webapp.person import Person
from webapp.runs import pulse
from webapp.runs.models import Run
from webapp.runs.pulse import look
from workers.contract import Event

pytestmark = pytest.mark.django_db


def done(person: Person) -> str:
    """The address of a finished result."""
    run = person.run()
    finish()
    return f"/api/runs/{run}/results/{person.state(run)['results'][0]['id']}"


def test_a_result_is_sent_once(person: Person) -> None:
    path = done(person)
    first = person.get(path)
    assert (first.status_code, first["Cache-Control"]) == (200, "private, no-cache")
    again = person.get(path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = person.get(f"{path}?arrays=base64", **{"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]


def test_not_modified_is_said_to_those_only_who_may_read(person: Person, stranger: Person) -> None:
    path = done(person)
    etag = person.get(path)["ETag"]
    assert stranger.get(path, **{"If-None-Match": etag}).status_code == 404


def test_the_catalogue_is_sent_again_when_it_changed(person: Person) -> None:
    first = person.get("/api/methods")
    assert person.get("/api/methods", **{"If-None-Match": first["ETag"]}).status_code == 304
    assert person.get("/api/methods", **{"If-None-Match": '"another"'}).content == first.content


def test_json_is_compressed_for_whoever_takes_that(person: Person) -> None:
    plain = person.get("/api/methods")
    small = person.get("/api/methods", **{"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content)
    assert json.loads(gzip.decompress(small.content)) == plain.json()
    assert "Accept-Encoding" in small["Vary"]


def test_a_picture_is_not_compressed_twice(person: Person, picture: bytes) -> None:
    id = person.upload(picture).json()["id"]
    answer = person.get(f"/api/sources/{id}", **{"Accept-Encoding": "gzip"})
    assert answer["Content-Type"] == "image/png"
    assert "Content-Encoding" not in answer


def test_a_longer_list_of_runs_costs_no_more_queries(person: Person, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        person.run(text=f"text {number}")
    with django_assert_max_num_queries(9):
        assert len(person.get("/api/runs").json()) == 3


@pytest.mark.django_db(transaction=True)
async def test_sockets_that_beat_together_look_together(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [await Run.objects.acreate(owner="o", seq=number) for number in (3, 4)]
    looks: list[set[str]] = []

    def looked(ids: set[str]) -> dict[str, Event]:
        looks.append(set(ids))
        return look(ids)

    monkeypatch.setattr(pulse, "look", looked)
    asked = [*(run.pk for run in runs), runs[0].pk, "gone"]
    first, second, again, gone = await asyncio.gather(*(pulse.heartbeat(pk) for pk in asked))
    assert looks == [set(asked)]
    assert first is not None
    assert second is not None
    assert (first.seq, second.seq, again, gone) == (3, 4, first, None)
