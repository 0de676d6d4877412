"""What is deleted when: links and running jobs are respected, files go only when no row refers to them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.webapp.computing import claim, finish
from tests.webapp.conftest import Wakes
from tests.webapp.keeping import OLD, age, age_files, clean, kept
from tests.webapp.person import Person, problem
from webapp.audit.models import Entry
from webapp.common import files
from webapp.config import environment
from webapp.config.celery import app
from webapp.queues.services import worker_beat
from webapp.retention import orphans, services
from webapp.retention.models import Cleaning, StripUse
from webapp.runs import work
from webapp.runs.models import Job, Result, Run, Transition
from webapp.sharing.models import Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of the house's administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="a long password"))
    return client


def test_what_nobody_keeps_goes_with_its_files(person: Person) -> None:
    old, new = person.run(text="old"), person.run(text="new")
    finish(source="a")
    finish(source="b")
    age(old)
    before = kept()
    assert clean() == {"runs": 1, "sources": 1}
    assert set(Run.objects.values_list("pk", flat=True)) == {new}
    assert kept() == before, "files of today stay for a day: somebody may just be writing a row"
    age_files()
    assert clean() == {"files": 3}, "a text, a result and its strip"
    assert len(kept()) == len(before) - 3
    assert person.get(f"/api/runs/{new}/results/{person.state(new)['results'][0]['id']}").status_code == 200
    problem(person.get(f"/api/runs/{old}"), 404, "not-found")


def test_a_run_with_an_open_link_stays_until_the_link_ends(person: Person) -> None:
    run = person.run(text="shared")
    finish()
    link = person.post(f"/api/runs/{run}/share").json()["url"]
    age(run)
    assert clean() == {}
    assert person.get(link).status_code == 200
    Share.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert clean() == {}
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert clean() == {"runs": 1, "sources": 1}
    assert not Share.objects.exists()


def test_what_is_queued_or_computed_is_never_touched(person: Person) -> None:
    running, waiting = person.run(text="one"), person.run(text="two")
    lease, _ = claim()
    for run in (running, waiting):
        age(run)
    assert clean() == {}
    work.job_finish(lease=lease)
    assert clean() == {}, "it was asked for long ago, but ended just now"
    age(running)
    assert clean() == {"runs": 1, "sources": 1}
    assert Run.objects.get().pk == waiting


def test_accounts_keep_theirs_longer_and_zero_is_for_ever(person: Person, stranger: Person, settings: Settings) -> None:
    user = User.objects.create_user("ada", password="a long password")
    person.client.force_login(user)
    mine, anonymous = person.run(text="mine"), stranger.run(text="not mine")
    finish()
    finish()
    for run in (mine, anonymous):
        age(run, timedelta(days=40))
    assert clean() == {"runs": 1, "sources": 1}
    settings.KEEP = settings.KEEP.model_copy(update={"account_runs_days": 0})
    age(mine)
    assert clean() == {}
    settings.KEEP = settings.KEEP.model_copy(update={"account_runs_days": 399})
    assert clean() == {"account_runs": 1, "sources": 1}


def test_a_file_that_another_result_refers_to_stays(person: Person, stranger: Person) -> None:
    mine, theirs = person.run(text="the same text"), stranger.run(text="the same text")
    finish()
    assert stranger.state(theirs)["jobs"][0]["state"] in ("done", "queued")
    if Job.objects.filter(run=theirs, state="queued").exists():
        finish()
    assert len(set(Result.objects.values_list("key", flat=True))) == 1
    age(mine)
    age_files()
    before = kept()
    assert clean() == {"runs": 1, "sources": 1}
    assert clean() == {}
    assert kept() == before
    strip = stranger.get(f"/api/runs/{theirs}/results/{stranger.state(theirs)['results'][0]['id']}")
    assert strip.status_code == 200


def test_a_strip_that_another_result_refers_to_stays(person: Person) -> None:
    one = person.run(text="a", methods=[{"key": "surprisal"}])
    two = person.run(text="b", methods=[{"key": "surprisal"}])
    finish(source="s")
    finish(source="s")
    assert len(set(Result.objects.values_list("key", flat=True))) == 2
    assert len([path for path in kept() if path.startswith("strips/")]) == 1
    age(one)
    age_files()
    clean()
    assert clean() == {}
    assert len([path for path in kept() if path.startswith("strips/")]) == 1
    assert person.get(f"/api/runs/{two}/results/{person.state(two)['results'][0]['id']}").status_code == 200


def test_results_of_former_versions_are_looked_at_before_any_strip_goes(person: Person) -> None:
    person.run(text="a")
    finish()
    StripUse.objects.all().delete()
    age_files()
    before = kept()
    assert clean() == {}
    assert kept() == before
    assert StripUse.objects.filter(strip="").count() == 1


def test_who_keeps_the_same_content_at_that_moment_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    files.put("results/ab/x.json", b"content")
    age_files()
    files.put("results/ab/x.json", b"content")
    assert files.remove("results/ab/x.json", before=now - orphans.GRACE) == 0, "keeping it again made it young"
    age_files()
    rename = Path.rename

    def meanwhile(path: Path, target: Path) -> Path:
        """Somebody keeps the file between the look at its age and its removal."""
        files.put("results/ab/x.json", b"content")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", meanwhile)
    assert files.remove("results/ab/x.json", before=now - orphans.GRACE) == 0
    assert files.get("results/ab/x.json") == b"content"
    monkeypatch.setattr(Path, "rename", rename)
    age_files()
    assert files.remove("results/ab/x.json", before=now - orphans.GRACE) == 7
    assert files.remove("results/ab/x.json", before=now - orphans.GRACE) == 0
    assert kept() == set()


def test_drafts_and_strangers_in_the_store_go(person: Person) -> None:
    person.run(text="a")
    finish()
    folder = Path(default_storage.path("results/zz"))
    folder.mkdir()
    (folder / ".draft-x").write_bytes(b"half")
    assert clean() == {}
    age_files()
    assert clean() == {"files": 1}
    assert not (folder / ".draft-x").exists()


def test_a_result_whose_file_is_gone_answers_nobody_elses_question(person: Person, stranger: Person) -> None:
    run = person.run(text="a")
    finish()
    for path in kept():
        if path.startswith("results/"):
            default_storage.delete(path)
    assert clean() == {"missing": 1}
    assert clean() == {}
    problem(person.get(f"/api/runs/{run}/results/{person.state(run)['results'][0]['id']}"), 404, "not-found")
    again = stranger.run(text="a")
    assert stranger.state(again)["jobs"][0]["state"] == "queued"


def test_steps_sessions_links_tokens_and_entries_go_when_they_are_old(person: Person, settings: Settings) -> None:
    run = person.run(text="a")
    finish()
    person.post(f"/api/runs/{run}/share")
    Share.objects.update(revoked_at=timezone.now() - OLD)
    Transition.objects.update(at=timezone.now() - OLD)
    person.client.force_login(User.objects.create_user("ada", password="a long password"))
    Session.objects.update(expire_date=timezone.now() - OLD)
    Entry.objects.create(verb="old", at=timezone.now() - OLD)
    counts = clean()
    assert counts.pop("transitions") > 3
    assert counts == {"shares": 1, "sessions": 1}
    settings.KEEP = settings.KEEP.model_copy(update={"audit_days": 300})
    assert clean() == {"audit": 1}
    assert Entry.objects.filter(verb="clean").count() == 2


def test_a_round_is_bounded_and_goes_on_at_the_next(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in "abc":
        age(person.run(text=text))
        finish()
    Job.objects.update(finished=timezone.now() - OLD)
    monkeypatch.setattr(services, "BATCH", 2)
    monkeypatch.setattr(services, "SECONDS", 0.0)
    cleaning = services.clean_now(worker="w")
    assert (cleaning.counts, cleaning.left) == ({}, True)
    monkeypatch.setattr(services, "SECONDS", 60.0)
    assert clean()["runs"] == 3


def test_each_hour_is_cleaned_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.retention.services.time.time", lambda: 7200.0)
    assert services.clean_slot(worker="a") is not None
    assert services.clean_slot(worker="b") is None
    monkeypatch.setattr("webapp.retention.services.time.time", lambda: 10800.0)
    assert services.clean_slot(worker="b") is not None
    assert Cleaning.objects.count() == 2


def test_the_clock_keeps_no_pickle() -> None:
    assert app.conf.beat_scheduler == "celery.beat:Scheduler"
    entries = app.conf.beat_schedule.values()
    assert {(entry["task"], entry["options"]["queue"]) for entry in entries} == {
        (services.TASK, "gpu"),
        (services.TASK, "cpu"),
    }


def test_the_admin_sees_what_would_be_deleted_and_what_was(admin: Client, person: Person, wakes: Wakes) -> None:
    age(person.run(text="old"))
    finish()
    Job.objects.update(finished=timezone.now() - OLD)
    page = "/admin/retention/cleaning/plan/"
    shown = admin.get(page)
    assert {row.name: row.count for row in shown.context["rows"] if row.count} == {"runs": 1}
    assert [row.kept for row in shown.context["rows"] if row.variable == "TESSERA_KEEP_RUNS_DAYS"] == ["30 days"]
    assert Run.objects.count() == 1, "looking deletes nothing"
    assert "No worker is there" in admin.post(page, follow=True).content.decode()
    worker_beat(name="w:1", queues=["cpu"])
    wakes.clear()
    admin.post(page)
    assert [(name, told["queue"], told["kwargs"]) for name, told in wakes] == [("tessera.clean", "cpu", {"now": True})]
    cleaning = services.clean_now(worker="w:1:0")
    assert "1 runs" in admin.get("/admin/retention/cleaning/").content.decode()
    assert cleaning.runs[0] in admin.get(f"/admin/retention/cleaning/{cleaning.pk}/change/").content.decode()
    assert Client().get(page).status_code == 302


@pytest.mark.parametrize("given", ["-1", "ten", "1.5"])
def test_days_are_whole_numbers(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TESSERA_KEEP_RUNS_DAYS", given)
    with pytest.raises(ValueError, match="TESSERA_KEEP_RUNS_DAYS is a whole number of days"):
        environment.keep()
