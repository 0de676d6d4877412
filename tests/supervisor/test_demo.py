"""What the demo checks before it starts, and what it tells its processes."""

import http.server
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.supervisor import __main__ as supervising
from webapp.supervisor import demo
from webapp.supervisor.__main__ import Announcement
from webapp.supervisor.supervisor import StartError


def test_a_taken_port_is_refused_with_the_port_and_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        expected = rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\).*make demo PORT={port + 1}"
        with pytest.raises(StartError, match=expected):
            demo.claim_port("127.0.0.1", port)
    demo.claim_port("127.0.0.1", port)


def test_an_impossible_port_is_refused() -> None:
    with pytest.raises(StartError, match="70000"):
        demo.claim_port("127.0.0.1", 70000)


def test_a_data_folder_serves_one_demo_at_a_time(tmp_path: Path) -> None:
    lock = demo.claim_folder(tmp_path / "data")
    with pytest.raises(StartError, match="in use by another demo"):
        demo.claim_folder(tmp_path / "data", seconds=0.2)
    os.close(lock)
    os.close(demo.claim_folder(tmp_path / "data", seconds=0.2))


def test_the_processes_are_told_where_everything_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESSERA_HOSTS", raising=False)
    told = demo.environment(tmp_path, "127.0.0.1", "redis://localhost:1/0")
    assert told["TESSERA_DATA"] == str(tmp_path)
    assert told["REDIS_URL"] == "redis://localhost:1/0"
    assert told["TESSERA_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert socket.gethostname() in demo.environment(tmp_path, "0.0.0.0", "")["TESSERA_HOSTS"].split(",")
    monkeypatch.setenv("TESSERA_HOSTS", "tessera.example")
    assert demo.environment(tmp_path, "0.0.0.0", "")["TESSERA_HOSTS"] == "tessera.example"


class Site(http.server.BaseHTTPRequestHandler):
    """A site with nothing but two answers."""

    answers = {"/healthz": b"ok", "/api/methods": b'[{"key": "surprisal", "available": true}]'}

    def do_GET(self) -> None:
        body = self.answers.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_site_is_up_when_it_answers_200(port: int) -> None:
    assert demo.answer("0.0.0.0", port, "/healthz") == b"ok"
    assert demo.answer("127.0.0.1", port, "/nothing") is None


def test_nothing_answers_where_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert demo.answer("127.0.0.1", port, "/healthz") is None


def test_the_worker_has_reported_once_a_method_is_available(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert demo.worker_has_reported("127.0.0.1", port)
    monkeypatch.setitem(Site.answers, "/api/methods", b'[{"key": "surprisal", "available": false}]')
    assert not demo.worker_has_reported("127.0.0.1", port)
    monkeypatch.setitem(Site.answers, "/api/methods", b"[]")
    assert not demo.worker_has_reported("127.0.0.1", port)


def test_a_closed_house_tells_strangers_of_its_readiness_only(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(Site.answers, "/api/methods")
    assert not demo.worker_has_reported("127.0.0.1", port)
    for workers, there in ((b"null", False), (b'{"ready": false}', False), (b'{"ready": true}', True)):
        monkeypatch.setitem(Site.answers, "/readyz", b'{"ready": true, "workers": ' + workers + b"}")
        assert demo.worker_has_reported("127.0.0.1", port) is there


def test_where_each_mail_lies_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "old.log").touch()
    announcement = Announcement(tmp_path, "127.0.0.1", 1, 0.0)
    (tmp_path / "mail" / "new.log").touch()
    announcement.look()
    announcement.look()
    printed = capsys.readouterr().out
    assert printed.count(f"mail: {tmp_path / 'mail' / 'new.log'}") == 1
    assert "old.log" not in printed


def test_the_gallery_is_begun_once_when_the_worker_has_been_there_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[float] = []
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(demo, "worker_has_reported", lambda host, port: now[0] >= 5)
    announcement = Announcement(tmp_path, "127.0.0.1", 1, 0.0, lambda: begun.append(now[0]))
    for second in range(60):
        now[0] = float(second)
        announcement.look()
    assert begun == [5 + supervising.QUIET_SECONDS + 1]


@pytest.mark.parametrize(("said", "wanted"), [(None, True), ("", True), ("1", True), ("off", False), ("0", False)])
def test_the_demo_asks_the_worked_questions_unless_told_not_to(
    said: str | None, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TESSERA_GALLERY", raising=False)
    if said is not None:
        monkeypatch.setenv("TESSERA_GALLERY", said)
    assert demo.wants_gallery() is wanted
