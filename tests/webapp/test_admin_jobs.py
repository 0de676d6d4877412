"""Jobs in the admin: found by filters and search, steered by those who may, purged by filter, shown step by step."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from tests.webapp import staff
from tests.webapp.computing import claim, finish
from tests.webapp.person import Person
from webapp.audit.models import Entry
from webapp.runs import steering
from webapp.runs.contents import result_read
from webapp.runs.models import Job, Run, State
from webapp.sharing.models import Share
from workers.contract import Refusal

pytestmark = pytest.mark.django_db

JOBS = "/admin/runs/job/"
PURGE = f"{JOBS}purge/"


@pytest.fixture
def operator(db: None) -> Client:
    """A browser of somebody who may steer."""
    return staff.browser(staff.operator())


@pytest.fixture
def jobs(person: Person, stranger: Person) -> dict[str, Job]:
    """One that is done, one that failed, one at work, one that waits."""
    person.run(text="first")
    done = finish()
    stranger.run(text="second", methods=[{"key": "occlusion"}])
    failed = finish()
    problem = {"type": "/problems/worker-lost", "detail": "It died twice."}
    Job.objects.filter(pk=failed.pk).update(state=State.FAILED, problem=problem, worker="host:7:0")
    person.run(text="third")
    _, working = claim()
    person.run(text="fourth")
    waiting = Job.objects.get(state=State.QUEUED)
    return {"done": done, "failed": failed, "working": working, "waiting": waiting}


def listed(client: Client, query: str) -> set[str]:
    """The ids of the jobs that the list shows."""
    answer = client.get(f"{JOBS}?{query}")
    assert answer.status_code == 200, query
    return {job.pk for job in answer.context["cl"].result_list}


def test_every_filter_finds_what_it_names(operator: Client, jobs: dict[str, Job]) -> None:
    def ids(*names: str) -> set[str]:
        return {jobs[name].pk for name in names}

    failed = jobs["failed"]
    Run.objects.filter(pk=failed.run_id).update(account=User.objects.create_user("ada"))
    Job.objects.filter(pk=jobs["done"].pk).update(created=timezone.now() - timedelta(days=2))
    assert listed(operator, "") == ids(*jobs)
    assert listed(operator, "state__exact=queued") == ids("waiting")
    assert listed(operator, "queue__exact=cpu") == set()
    assert listed(operator, "with_model=demo-lm") == ids(*jobs)
    assert listed(operator, "with_model=%28none%29") == set()
    assert listed(operator, "with_method=occlusion") == ids("failed")
    assert listed(operator, "by=ada") == ids("failed")
    assert listed(operator, f"by={jobs['done'].owner[:10]}") == ids("done", "working", "waiting")
    assert listed(operator, f"by={failed.run.address[:8]}") == ids(*jobs)
    assert listed(operator, "reason=worker-lost") == ids("failed")
    assert listed(operator, "asked=1d") == ids("failed", "working", "waiting")
    assert listed(operator, "asked=-1d") == ids("done")
    assert listed(operator, "on=host:7") == ids("failed")
    assert listed(operator, "state__exact=done&by=nobody") == set()


def test_search_finds_ids_labels_models_and_methods(operator: Client, jobs: dict[str, Job]) -> None:
    done = jobs["done"]
    for query in (done.pk, done.pk[:12], done.run_id, "first"):
        assert listed(operator, f"q={query}") == {done.pk}
    assert listed(operator, "q=occlusion") == {jobs["failed"].pk}
    assert len(listed(operator, "q=demo-lm")) == 4


def test_the_page_of_a_job_shows_its_steps_and_what_came_of_it(operator: Client, jobs: dict[str, Job]) -> None:
    page = operator.get(f"{JOBS}{jobs['done'].pk}/change/").content.decode()
    for text in ("made → <b>queued</b>", "leased → <b>running</b>", "running → <b>done</b>", "by w:1:0", "surprisal"):
        assert text in page
    assert "It died twice." in operator.get(f"{JOBS}{jobs['failed'].pk}/change/").content.decode()
    Job.objects.filter(pk=jobs["waiting"].pk).update(state=State.CANCELLED, freed=3 * 2**20)
    assert "3.0\xa0MB" in operator.get(f"{JOBS}{jobs['waiting'].pk}/change/").content.decode()
    assert operator.get(f"{JOBS}nothing/change/").status_code == 302


def test_priorities_are_raised_and_lowered_within_bounds(operator: Client, jobs: dict[str, Job]) -> None:
    chosen = {"_selected_action": [job.pk for job in jobs.values()]}
    for _ in range(9):
        operator.post(JOBS, {"action": "raise_priority", **chosen})
    waiting = jobs["waiting"]
    waiting.refresh_from_db()
    assert waiting.priority == steering.MOST
    operator.post(JOBS, {"action": "lower_priority", **chosen})
    waiting.refresh_from_db()
    assert waiting.priority == steering.MOST - 5
    assert set(Job.objects.exclude(pk=waiting.pk).values_list("priority", flat=True)) == {5}
    entry = Entry.objects.filter(verb="prioritise").first()
    assert entry is not None
    assert (entry.target_id, entry.details) == (waiting.pk, {"changes": {"priority": [20, 15]}})


def test_one_job_is_steered_from_its_page(operator: Client, jobs: dict[str, Job]) -> None:
    waiting = jobs["waiting"]
    steer, back = "/admin/queues/queueswitch/live/steer/", f"{JOBS}{waiting.pk}/change/"
    assert b"Cancel the job" in operator.post(steer, {"act": f"cancel:{waiting.pk}", "back": back}).content
    answer = operator.post(steer, {"act": f"cancel:{waiting.pk}", "back": back, "sure": "1"}, follow=True)
    assert "Cancelled." in answer.content.decode()
    assert f'value="retry:{waiting.pk}"' in answer.content.decode()
    operator.post(steer, {"act": f"retry:{waiting.pk}", "back": back})
    operator.post(steer, {"act": f"raise:{waiting.pk}", "back": back})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.priority) == (State.QUEUED, 10)
    told = [(entry.verb, entry.target_id) for entry in Entry.objects.exclude(verb="login").order_by("id")]
    assert told == [("cancel", waiting.pk), ("retry", waiting.pk), ("prioritise", waiting.pk)]
    for act in ("cancel:nothing", "explode:gpu", "pause:nothing", "drain:nobody"):
        assert operator.post(steer, {"act": act, "sure": "1"}).status_code == 404


def test_purging_counts_first_then_does_just_that(
    operator: Client, jobs: dict[str, Job], person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.retention.orphans.FRESH", timedelta(0))
    page = operator.get(PURGE)
    key = jobs["done"].results.get().key
    assert result_read(key)["method"] == "surprisal"
    assert page.context["counts"] == steering.Purge(cancelled=1, deleted=2, shared=0, working=1)
    assert Job.objects.count() == 4
    person.run(text="asked for after the page was drawn")
    assert operator.post(PURGE, {}).status_code == 200  # without the moment it only asks again
    answer = operator.post(PURGE, {"until": page.context["until"]}, follow=True)
    assert "2 deleted, 1 cancelled." in answer.content.decode()
    with pytest.raises(Refusal):
        result_read(key)
    left = {State(job.state): job for job in Job.objects.all()}
    assert set(left) == {State.RUNNING, State.CANCELLED, State.QUEUED}
    assert left[State.CANCELLED].pk == jobs["waiting"].pk
    assert not Run.objects.filter(jobs=None).exists()
    entry = Entry.objects.get(verb="purge")
    assert (entry.name, entry.details["deleted"], entry.details["cancelled"]) == ("operator", 2, 1)


def test_purging_heeds_the_filters(operator: Client, jobs: dict[str, Job]) -> None:
    query = "?state__exact=failed&q=occlusion"
    page = operator.get(PURGE + query)
    assert "state: failed" in page.content.decode()
    operator.post(PURGE + query, {"until": page.context["until"]})
    assert set(Job.objects.values_list("pk", flat=True)) == {job.pk for name, job in jobs.items() if name != "failed"}
    assert Entry.objects.get(verb="purge").details["filters"] == {"state__exact": "failed", "q": "occlusion"}


def test_purging_respects_links_while_they_are_open(operator: Client, jobs: dict[str, Job], person: Person) -> None:
    person.post(f"/api/runs/{jobs['done'].run_id}/share", {})
    counts = operator.get(f"{PURGE}?state__exact=done").context["counts"]
    assert (counts.deleted, counts.shared) == (0, 1)
    now = timezone.now() + timedelta(seconds=1)
    operator.post(f"{PURGE}?state__exact=done", {"until": now.isoformat()})
    assert Job.objects.filter(pk=jobs["done"].pk).exists()
    Share.objects.update(revoked_at=timezone.now())
    operator.post(f"{PURGE}?state__exact=done", {"until": now.isoformat()})
    assert not Run.objects.filter(pk=jobs["done"].run_id).exists()


def test_thousands_are_purged_a_bounded_number_at_a_time(
    operator: Client, jobs: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.runs.admin_purge.AT_MOST", 10)
    monkeypatch.setattr(steering, "BATCH", 4)
    run = jobs["done"].run
    ended = timezone.now()
    Job.objects.bulk_create(
        Job(run=run, owner="x", queue="gpu", state=State.DONE, created=ended, finished=ended) for _ in range(25)
    )
    until = (timezone.now() + timedelta(seconds=1)).isoformat()
    counts = []
    for _ in range(3):
        operator.post(f"{PURGE}?state__exact=done", {"until": until})
        counts.append(Job.objects.filter(state=State.DONE).count())
    assert counts == [16, 6, 0]


def test_who_may_only_look_sees_and_cannot_steer(jobs: dict[str, Job]) -> None:
    client = staff.browser(staff.viewer())
    waiting = jobs["waiting"]
    page = client.get(JOBS).content.decode()
    assert waiting.pk in page
    assert "purge" not in page.lower()
    before = dict(Job.objects.values_list("pk", "state"))
    for action in ("cancel", "retry", "raise_priority", "lower_priority", "delete_selected"):
        client.post(JOBS, {"action": action, "_selected_action": list(before), "post": "yes"})
    moment = {"until": timezone.now().isoformat()}
    assert client.get(PURGE).status_code == 403
    assert client.post(PURGE, moment).status_code == 403
    steer = "/admin/queues/queueswitch/live/steer/"
    for act in ("pause:gpu", "resume:gpu", "drain:x", "undrain:x", "restart:x", f"cancel:{waiting.pk}", "retry:x"):
        assert client.post(steer, {"act": act, "sure": "1"}).status_code == 403, act
    assert client.post(f"{JOBS}{waiting.pk}/delete/", {"post": "yes"}).status_code == 403
    assert dict(Job.objects.values_list("pk", "state")) == before
    assert set(Job.objects.values_list("priority", flat=True)) == {5}


def test_steering_wants_a_token_and_a_post(jobs: dict[str, Job]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff.operator())
    steer = "/admin/queues/queueswitch/live/steer/"
    assert strict.post(steer, {"act": "pause:gpu", "sure": "1"}).status_code == 403
    assert strict.post(PURGE, {"until": timezone.now().isoformat()}).status_code == 403
    assert strict.get(steer, {"act": "pause:gpu", "sure": "1"}).status_code == 405


def test_the_two_groups_may_what_their_names_say(jobs: dict[str, Job]) -> None:
    people: dict[str, Any] = {}
    for name in ("operators", "viewers"):
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        people[name] = staff.browser(user)
    for client in people.values():
        for page in ("/admin/", "/admin/queues/queueswitch/live/", JOBS, "/admin/audit/entry/", "/admin/runs/run/"):
            assert client.get(page).status_code == 200
    assert people["viewers"].get(PURGE).status_code == 403
    assert people["operators"].get(PURGE).status_code == 200
    assert people["operators"].get("/admin/auth/user/").status_code == 403
