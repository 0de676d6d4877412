"""The state machine: its table, its one way, and that nothing else writes a state."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.webapp.computing import claim, finish
from tests.webapp.person import Person
from webapp.runs import services, states, work
from webapp.runs.models import ACTIVE, ENDED, OPEN, Job, State, Transition
from webapp.runs.states import JOB, RESULT, IllegalMove, Why, job_move, result_move

ROOT = Path(__file__).parents[2]
WRITES = {"update", "create", "bulk_create", "get_or_create", "update_or_create", "Job", "Result"}
SCANNED = [
    path
    for folder in ("webapp", "workers/tasks")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and path != Path(states.__file__)
    if path.is_relative_to(ROOT / "webapp" / "runs") or "runs.models" in path.read_text()  # others have states, too
]


def test_every_state_can_be_reached_and_only_what_is_done_stays() -> None:
    for moves in (JOB, RESULT):
        reached = {after for _, after in moves} | {State.QUEUED}
        assert reached == set(State) - (set() if moves is JOB else {State.LEASED})
        assert {before for before, _ in moves} == reached - {State.DONE}
        assert all(moves.values())
    for state in ACTIVE:
        assert {after for before, after in JOB if before == state} >= {State.QUEUED, State.FAILED, State.CANCELLED}
    assert {after for before, after in JOB if before in ENDED} == {State.QUEUED}
    assert {why for moves in (JOB, RESULT) for whys in moves.values() for why in whys} == set(Why) - {Why.ASKED}


def written(tree: ast.AST) -> Iterator[int]:
    """The lines that write a state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in WRITES and any(keyword.arg == "state" for keyword in node.keywords):
            yield node.lineno
        fields = [keyword.value for keyword in node.keywords if keyword.arg in ("update_fields", "fields", "defaults")]
        constants = {leaf.value for field in fields for leaf in ast.walk(field) if isinstance(leaf, ast.Constant)}
        if name in {"save", "bulk_update", "update_or_create"} and "state" in constants:
            yield node.lineno


def test_nothing_else_writes_a_state() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in SCANNED for line in written(ast.parse(path.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "Job.objects.filter(pk=1).update(state='done')",
        "job.state = 'done'",
        "job.a, result.state = 1, 'done'",
        "Result.objects.create(state='done')",
        "job.save(update_fields=['state'])",
        "Job.objects.update_or_create(pk=1, defaults={'state': 'done'})",
    ],
)
def test_the_scan_finds_what_writes_a_state(code: str) -> None:
    assert list(written(ast.parse(code))) == [1]


@pytest.mark.django_db
def test_a_step_that_is_not_in_the_table_is_a_mistake_of_the_code(person: Person) -> None:
    person.run()
    job = Job.objects.get()
    with pytest.raises(IllegalMove, match="queued → done: finished"):
        job_move(job, State.DONE, Why.FINISHED)
    with pytest.raises(IllegalMove, match="queued → queued"):
        result_move(job, job.results.get(), State.QUEUED, Why.AGAIN)
    assert Job.objects.get().state == State.QUEUED


@pytest.mark.django_db
def test_who_comes_second_changes_nothing(person: Person) -> None:
    run = person.run()
    first, second = Job.objects.get(), Job.objects.get()
    assert job_move(first, State.LEASED, Why.CLAIMED, token="a", worker="w")
    before, steps = person.state(run), Transition.objects.count()
    assert not job_move(second, State.LEASED, Why.CLAIMED, token="b", worker="v")
    assert not job_move(second, State.CANCELLED, Why.CANCELLED)
    assert (person.state(run), Transition.objects.count()) == (before, steps)
    assert Job.objects.get().token == "a"


@pytest.mark.django_db
def test_every_step_is_kept_with_its_reason_and_its_worker(person: Person) -> None:
    person.run()
    finish()
    steps = Transition.objects.values_list("result__method", "before", "after", "reason", "worker")
    assert list(steps) == [
        (None, "", "queued", "asked", ""),
        ("surprisal", "", "queued", "asked", ""),
        (None, "queued", "leased", "claimed by a worker", "w:1:0"),
        (None, "leased", "running", "begun", "w:1:0"),
        ("surprisal", "queued", "done", "finished", "w:1:0"),
        (None, "running", "done", "finished", "w:1:0"),
    ]


@pytest.mark.django_db
def test_results_follow_their_job(person: Person) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    lease, job = claim()
    work.job_cancelled(lease=lease, freed=5)
    assert [row["state"] for row in person.state(run)["results"]] == ["cancelled", "cancelled"]
    assert person.state(run)["jobs"][0]["freed"] == 5
    assert services.job_retry(job=job)
    assert [row["state"] for row in person.state(run)["results"]] == ["queued", "queued"]
    assert person.state(run)["jobs"][0]["freed"] is None
    assert not job.results.exclude(state__in=OPEN).exists()


@pytest.mark.django_db
def test_the_admin_reads_every_step(person: Person, admin_client: Client) -> None:
    person.run()
    job = finish()
    page = admin_client.get(f"/admin/runs/job/{job.pk}/change/").content.decode()
    for said in ("claimed by a worker", "begun", "finished", "w:1:0"):
        assert said in page
