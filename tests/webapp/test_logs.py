"""Log lines: what they are about, that a run's story is found by its id, and that nobody's words are in them."""

import io
import json
import logging
import logging.config
import subprocess
import sys
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.webapp.computing import claim, finish
from tests.webapp.person import Person, problem
from webapp.common import logs
from webapp.common.errors import system_problem
from webapp.runs import work

Lines = list[dict[str, Any]]
TEXT = "the quick brown secret of somebody"


class Written:
    """What was logged as JSON."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """All of it."""
        return self._stream.getvalue()

    def lines(self, **about: str) -> Lines:
        """Those lines that are about this."""
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if about.items() <= line.items()]


@pytest.fixture
def written(settings: Settings) -> Iterator[Written]:
    """Everything that is logged meanwhile, in JSON."""
    stream = io.StringIO()
    chosen = logs.logging_settings("json", "DEBUG")
    chosen["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(chosen)
    yield Written(stream)
    logging.config.dictConfig(settings.LOGGING)
    for name in ("celery", "celery.task", "uvicorn", "uvicorn.error", "uvicorn.access", ""):
        logging.getLogger(name).handlers.clear()


@pytest.mark.django_db
def test_a_runs_story_is_found_by_its_id(person: Person, written: Written) -> None:
    run = person.run(text=TEXT)
    job = finish()
    person.get(f"/api/runs/{run}")
    story = [line["message"] for line in written.lines(run=run)]
    assert story[:-1] == [
        "job asked of demo-lm",
        "job queued → leased: claimed by a worker",
        "job leased → running: begun",
        "result surprisal queued → done: finished",
        "job running → done: finished",
    ]
    assert story[-1].startswith("GET api/runs/<id>: 200 in ")
    assert {line["job"] for line in written.lines(run=run) if "job" in line} == {job.pk}
    (asked,) = [line for line in written.lines() if line["message"].startswith("POST api/runs: 201")]
    assert written.lines(run=run)[0]["request"] == asked["request"], "the request that asked is found from the run"


@pytest.mark.django_db
def test_a_request_is_named_to_whoever_asked(person: Person, written: Written, settings: Settings) -> None:
    answer = person.get("/api/models")
    (line,) = written.lines(request=answer["X-Request-ID"])
    assert (line["level"], line["logger"]) == ("INFO", "tessera.request")
    assert line["message"].startswith("GET api/models: 200 in ")
    other = person.get("/api/models", x_request_id="mine-12345678")["X-Request-ID"]
    assert other not in ("mine-12345678", answer["X-Request-ID"])
    settings.PROXIES = 1
    assert person.get("/api/models", x_request_id="mine-12345678")["X-Request-ID"] == "mine-12345678"
    assert person.get("/api/models", x_request_id="mine\u00e9\n12345678")["X-Request-ID"] != "mine-12345678"


@pytest.mark.django_db
def test_a_failure_of_the_house_names_the_request(
    person: Person, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr("webapp.catalogue.selectors.models", fails)
    answer = person.get("/api/models")
    assert f"(Request {answer['X-Request-ID']}.)" in problem(answer, 500, "internal")["detail"]
    assert any(
        "RuntimeError: inside" in line.get("error", "") for line in written.lines(request=answer["X-Request-ID"])
    )
    monkeypatch.setattr("webapp.pages.views.assets", fails)
    client = Client(raise_request_exception=False)
    page = client.get("/")
    assert page.status_code == 500
    assert f"as request {page['X-Request-ID']}." in page.content.decode()
    assert all(isinstance(line.get("request", ""), str) for line in written.lines())


@pytest.mark.django_db
def test_nobodys_words_are_in_any_line(person: Person, written: Written, picture: bytes) -> None:
    user = User.objects.create_user("ada", password="a long password")
    person.client.force_login(user)
    person.upload(TEXT.encode(), "secret-name.txt")
    person.upload(b"\x89PNG" + TEXT.encode(), "secret-name.png")
    run = person.run(text=TEXT)
    secret = person.post(f"/api/runs/{run}/share", {"note": TEXT}).json()["url"].rpartition("/")[2]
    for path in (f"/s/{secret}", f"/api/shares/{secret}", f"/api/shares/{secret}/results/nothing"):
        Client(REMOTE_ADDR="203.0.113.9").get(path, headers={"authorization": "Bearer tsr_notatoken"})
    person.ask(text=TEXT, models=["none"])
    lease, _ = claim()
    work.job_fail(lease=lease, problem=system_problem("internal"), fault="system")
    cookies = [morsel.value for morsel in person.client.cookies.values()]
    assert len(written.lines()) > 10
    for hidden in (TEXT, "quick brown", "secret-name", secret, "203.0.113.9", "127.0.0.1", "tsr_notatoken", *cookies):
        assert hidden not in written.text, hidden
    assert {line["account"] for line in written.lines() if "account" in line} == {str(user.pk)}


LEAKS = [
    ("GET /s/AbC-123_x failed", "GET /s/… failed"),
    ("Internal Server Error: /api/shares/AbC-123_x/results/r1.csv", "Internal Server Error: /api/shares/…"),
    ("/signup/abc:def:ghi", "/signup/…"),
    ("/password-reset/MQ/abc-def", "/password-reset/…"),
    ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
    ("Cookie: tessera_owner=abc:1:x; sessionid=xyz", "Cookie: tessera_owner=…; sessionid=…"),
    ("Cookie: __Host-sessionid=xyz", "Cookie: __Host-sessionid=…"),
    ("redis://:password@127.0.0.1:6379/0", "redis://:…@127.0.0.1:6379/0"),
    ("postgres://tessera:pass@db/x", "postgres://tessera:…@db/x"),
    ("GET /api/runs/abc/results/def", "GET /api/runs/abc/results/def"),
]


@pytest.mark.parametrize(("line", "shown"), LEAKS)
def test_secrets_are_cut_out_whoever_logs_them(written: Written, line: str, shown: str) -> None:
    logging.getLogger("django.request").error(line)
    logging.getLogger("uvicorn.error").info(line)
    messages = [entry["message"] for entry in written.lines()]
    assert len(messages) == 2
    assert all(message.startswith(shown) for message in messages)


def test_the_addresses_of_sockets_are_left_out(written: Written) -> None:
    logger = logging.getLogger("uvicorn.error")
    logger.info('%s - "WebSocket %s" [accepted]', ("203.0.113.9", 5), "/ws/runs/x")
    logger.info("connection open")
    assert [line["message"] for line in written.lines()] == ["connection open"]


def test_what_a_line_is_about_ends_with_its_block(written: Written) -> None:
    logger = logging.getLogger("tessera.x")

    def within() -> None:
        with logs.about(run="r", job=None):
            with logs.about(job="j"):
                logger.info("both")
            logger.info("one")
            logger.info("its own", extra={"run": "other"})
        logger.info("none")

    copy_context().run(within)
    found = [{name: line[name] for name in ("run", "job") if name in line} for line in written.lines()]
    assert found == [{"run": "r", "job": "j"}, {"run": "r"}, {"run": "other"}, {}]


def test_plain_lines_say_it_in_brackets() -> None:
    record = logging.LogRecord("tessera.x", logging.INFO, "f", 1, "hello %s", ("you",), None)
    record.run, record.job = "r1", "j1"
    assert logs.Plain().format(record).endswith(" INFO tessera.x: hello you [run=r1 job=j1]")
    with pytest.raises(ValueError, match="TESSERA_LOG_FORMAT is plain or json, not 'xml'"):
        logs.logging_settings("xml", "INFO")


def test_celerys_own_lines_look_the_same(tmp_path: Path) -> None:
    code = (
        "import logging\n"
        "from webapp.config.celery import app\n"
        "app.log.setup(loglevel='INFO')\n"
        "logging.getLogger('celery.worker').info('ready')\n"
        "logging.getLogger('tessera.x').info('too')\n"
    )
    variables = {"TESSERA_LOG_FORMAT": "json", "TESSERA_DATA": str(tmp_path), "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["logger"], line["message"]) for line in lines] == [("celery.worker", "ready"), ("tessera.x", "too")]
