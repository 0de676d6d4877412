"""Starting, watching and ending processes, with real ones."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.supervisor.scripts import NOTES_ITS_END, STUBBORN_WITH_CHILD, WAITS, lives, python, wait_for
from webapp.supervisor.guardian import orphans
from webapp.supervisor.processes import Process, group_lives
from webapp.supervisor.supervisor import StartError, Supervisor, pause_before

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(ROOT, said.append)
    yield made
    made.stop()


def test_a_process_that_will_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    process = Process(python("stubborn", STUBBORN_WITH_CHILD, tmp_path, str(mark), stop_seconds=0.3), ROOT)
    pids = [mark.with_suffix(".parent"), mark.with_suffix(".child")]
    assert wait_for(lambda: all(path.exists() and path.read_text() for path in pids))
    assert all(lives(int(path.read_text())) for path in pids)
    process.stop()
    assert process.code == -9
    assert wait_for(lambda: not any(lives(int(path.read_text())) for path in pids))


def test_what_is_written_to_a_process_arrives_and_what_it_prints_is_kept(tmp_path: Path) -> None:
    echo = python("echo", "print(input())", tmp_path)
    process = Process(replace(echo, stdin="a secret\n"), ROOT, capture=True)
    assert wait_for(lambda: process.code == 0)
    process.stop()
    assert process.output == "a secret\n"
    assert process.last_words() == ""


def test_all_end_in_reverse_order_of_their_start(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    names = ["redis", "worker", "web"]
    for name in names:
        supervisor.start(python(name, NOTES_ITS_END, tmp_path, str(order), name))
    assert wait_for(lambda: all((tmp_path / f"{name}.log").read_text() == "up\n" for name in names))
    supervisor.stop()
    assert order.read_text().split() == ["web", "worker", "redis"]


def test_a_dead_process_is_started_again_and_the_living_are_left_alone(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    note = f"open({str(starts)!r}, 'a').write('x')\n"
    steady = supervisor.start(python("steady", WAITS, tmp_path))
    supervisor.start(python("frail", note + "raise SystemExit(3)", tmp_path))

    def look() -> None:
        if starts.exists() and starts.read_text() == "xxx":
            supervisor.stopping.set()

    supervisor.watch(look)
    assert steady.code is None
    assert said[:2] == [
        f"frail ended (exit code 3), starting it again in 0.5 s; its log: {tmp_path / 'frail.log'}",
        f"frail ended (exit code 3), starting it again in 1 s; its log: {tmp_path / 'frail.log'}",
    ]


def test_the_pause_before_a_restart_doubles_up_to_half_a_minute() -> None:
    assert [pause_before(restarts) for restarts in (0, 1, 2, 5, 6, 50)] == [0.5, 1.0, 2.0, 16.0, 30.0, 30.0]


def test_a_process_that_ends_while_starting_is_reported_with_its_last_words(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start(python("web", "raise SystemExit('no such table: runs_run')", tmp_path))
    with pytest.raises(StartError, match=r"web ended while starting:\nno such table: runs_run"):
        supervisor.wait_until(lambda: False, "the web server", 30)


def test_waiting_ends_when_the_time_is_over_or_the_demo_is_being_stopped(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start(python("web", WAITS, tmp_path))
    with pytest.raises(StartError, match=f"the web server did not answer within 0 s; see {tmp_path}"):
        supervisor.wait_until(lambda: False, "the web server", 0.2)
    supervisor.stopping.set()
    assert supervisor.wait_until(lambda: False, "the web server", 30) is False


def test_a_command_that_ends_by_itself_gives_its_output_or_its_failure(supervisor: Supervisor, tmp_path: Path) -> None:
    assert supervisor.run_once(python("prepare", "print('password')", tmp_path)) == "password\n"
    with pytest.raises(StartError, match="prepare failed:\nthe disk is full"):
        supervisor.run_once(python("prepare", "raise SystemExit('the disk is full')", tmp_path))
    supervisor.stopping.set()
    assert supervisor.run_once(python("prepare", WAITS, tmp_path)) is None


def test_the_guardian_knows_what_is_left_and_in_which_order_it_ends() -> None:
    lines = ["start 10 5.0", "start 11 8.0", "start 12 5.0", "stop 11", "start 13 8.0"]
    assert orphans(lines) == [(13, 8.0), (12, 5.0), (10, 5.0)]
    assert orphans([*lines, "quit"]) == []


def test_a_group_that_is_gone_does_not_live(tmp_path: Path) -> None:
    process = Process(python("short", "pass", tmp_path), ROOT)
    process.stop()
    assert not group_lives(process.pid)


DRIVER = """
import sys
from pathlib import Path
from tests.supervisor.scripts import STUBBORN_WITH_CHILD, python
from webapp.supervisor.supervisor import Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor(Path.cwd(), print)
supervisor.start(python("stubborn", STUBBORN_WITH_CHILD, folder, sys.argv[1] + "/pid", stop_seconds=0.3))
supervisor.watch()
"""


def test_a_supervisor_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(tmp_path)], cwd=ROOT)
    pids = [tmp_path / "pid.parent", tmp_path / "pid.child"]
    assert wait_for(lambda: all(path.exists() and path.read_text() for path in pids))
    assert all(lives(int(path.read_text())) for path in pids)
    driver.kill()
    driver.wait()
    assert wait_for(lambda: not any(lives(int(path.read_text())) for path in pids))


def test_what_runs_once_is_not_started_again(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    for name, code in (("good", 0), ("bad", 3)):
        supervisor.start(replace(python(name, f"raise SystemExit({code})", tmp_path), once=True))
    looks = iter(range(50))

    def look() -> None:
        if not supervisor._processes or next(looks, None) is None:
            supervisor.stopping.set()

    supervisor.watch(look)
    assert not supervisor._processes
    assert said == [f"bad failed (exit code 3); its log: {tmp_path / 'bad.log'}"]
