"""A person's own data: labelled files and log-probabilities are seen for what they are, and only asked what fits."""

import json
from typing import Any

import pytest

from tests.webapp.computing import finish
from tests.webapp.conftest import Limited
from tests.webapp.person import Person, problem
from webapp.uploads.models import Source
from webapp.uploads.selectors import source_data

pytestmark = pytest.mark.django_db

TABLE = b"question;response;correct\nWhere?;Here.;yes\nWho?;;no\nWhen?;Now.;no\n"
TOKENS = [{"token": " Hi", "logprob": -0.5, "bytes": [32, 72, 105], "top_logprobs": []}]
SAID = json.dumps({"model": "far-away", "choices": [{"logprobs": {"content": TOKENS}}]}).encode()
CALIBRATION = {"key": "calibration"}
PASTED = {"key": "pasted_logprobs"}


def table(person: Person) -> dict[str, Any]:
    """A kept table."""
    source: dict[str, Any] = person.upload(TABLE, "answers.csv", "text/csv").json()
    return source


def test_a_labelled_file_is_seen_as_one_and_what_is_wrong_with_it_is_said(person: Person) -> None:
    source = table(person)
    assert (source["kind"], source["name"], source["text"], source["bytes"]) == (
        "table",
        "answers.csv",
        None,
        len(TABLE),
    )
    assert "2 rows to use" in source["summary"]
    assert "1 row cannot be used, the first in line 3: the answer is empty" in source["summary"]
    answer = person.get(source["url"])
    assert answer.content == TABLE
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["said.json", "stream.jsonl", "SAID.JSON"])
def test_log_probabilities_are_seen_by_what_is_in_them(person: Person, name: str) -> None:
    source = person.upload(SAID, name, "application/json").json()
    assert source["kind"] == "logprobs"
    assert "far-away" in source["summary"]
    assert "1 token" in source["summary"]


def test_other_json_is_a_text(person: Person) -> None:
    assert person.upload(b'{"a": 1}', "a.json", "application/json").json()["kind"] == "text"
    assert person.upload(TABLE, "answers.txt", "text/plain").json()["kind"] == "text"


def test_what_a_file_is_can_be_said(person: Person) -> None:
    assert person.upload(TABLE, "answers.txt", kind="table").json()["kind"] == "table"
    assert person.upload(SAID, "pasted", kind="logprobs").json()["kind"] == "logprobs"
    assert person.upload(TABLE, "answers.csv", kind="text").json()["kind"] == "text"
    refused = problem(person.upload(TABLE, "answers.csv", kind="poem"), 422, "source-kind")
    assert "poem" in refused["detail"]
    problem(person.upload(TABLE, "answers.csv", kind="logprobs"), 422, "logprobs-unreadable")
    problem(person.upload(SAID, "a.json", kind="image"), 422, "image-unreadable")


@pytest.mark.parametrize(
    ("data", "name", "id", "words"),
    [
        (b"", "a.csv", "table-unreadable", "empty"),
        (b"a,b\n1,2", "a.csv", "table-columns", "no column for prompt"),
        (b"prompt,answer,label\nQ,A,dunno", "a.csv", "table-unreadable", "Line 2"),
        (b'{"prompt": "Q", "answer": "A"}', "a.jsonl", "table-columns", "label"),
        (b"prompt,answer,label\nQ,\xff,1", "a.csv", "text-not-utf8", "byte 22"),
        (b"prompt,answer,label\nQ,\0,1", "a.csv", "text-unclean", "NUL"),
        (b'[{"token": "a", "logprob": 2.5}]', "a.json", "logprobs-unreadable", "above 0"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    person: Person, data: bytes, name: str, id: str, words: str
) -> None:
    refused = problem(person.upload(data, name), 422, id)
    assert words in refused["detail"]
    assert refused["field"] == "file"


def test_limits_are_named_with_the_value(person: Person, limited: Limited) -> None:
    limited(table_rows=2, table_bytes=200, logprobs_tokens=0, logprobs_bytes=150)
    refused = problem(person.upload(TABLE, "answers.csv"), 422, "table-too-long")
    assert (refused["limit"], refused["value"]) == (2, 3)
    refused = problem(person.upload(TABLE + b"Q;A;1\n" * 40, "answers.csv"), 422, "file-too-large")
    assert (refused["limit"], refused["value"]) == (200, len(TABLE) + 240)
    refused = problem(person.upload(SAID, "a.json"), 422, "logprobs-too-long")
    assert (refused["limit"], refused["value"]) == (0, 1)
    problem(person.upload(SAID + b" " * 100, "a.json"), 422, "file-too-large")
    told = person.get("/api/limits").json()
    assert (told["table_rows"], told["logprobs_bytes"]) == (2, 150)


def test_only_methods_that_read_it_are_run_on_it(person: Person) -> None:
    source = table(person)
    asked = person.ask(text=None, source_ids=[source["id"]], methods=[CALIBRATION])
    assert asked.status_code == 201
    refused = problem(person.ask(text=None, source_ids=[source["id"]]), 422, "input-missing")
    assert "reads text; this run holds table" in refused["detail"]
    problem(person.ask(methods=[CALIBRATION]), 422, "input-missing")
    problem(
        person.ask(text=None, source_ids=[source["id"]], methods=[CALIBRATION], models=["demo-vit"]),
        422,
        "input-missing",
    )
    generate = {"max_new_tokens": 3}
    problem(
        person.ask(text=None, source_ids=[source["id"]], methods=[CALIBRATION], generate=generate), 422, "input-missing"
    )


def test_pasted_log_probabilities_need_no_model_and_wait_in_the_queue_of_the_cpu(person: Person) -> None:
    source = person.upload(SAID, "said.json").json()
    run = person.run(text=None, source_ids=[source["id"]], methods=[PASTED], models=[])
    (job,) = person.state(run)["jobs"]
    assert (job["model"], job["queue"]) == (None, "cpu")


def test_a_worker_reads_what_was_sent(person: Person) -> None:
    source = table(person)
    read = source_data(Source.objects.get(pk=source["id"]))
    assert (read.kind, read.text) == ("table", TABLE.decode())


def test_whoever_holds_a_link_sees_the_file_and_nobody_else(person: Person, stranger: Person) -> None:
    source = table(person)
    run = person.run(text=None, source_ids=[source["id"]], methods=[CALIBRATION])
    finish()
    secret = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
    problem(stranger.get(source["url"]), 404, "not-found")
    (shared,) = stranger.get(f"/api/shares/{secret}").json()["sources"]
    assert (shared["name"], shared["summary"]) == (source["name"], source["summary"])
    assert stranger.get(shared["url"]).content == TABLE
    problem(stranger.ask(text=None, source_ids=[source["id"]], methods=[CALIBRATION]), 422, "source-unknown")
    assert person.get("/api/runs").json()[0]["label"] == "answers.csv"
