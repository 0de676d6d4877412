"""What was sent once is not sent again, and what is sent is small."""

import gzip
import json

import pytest

from tests.webapp.computing import finish
from tests.webapp.person import Person

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
