"""An owner deletes a run: at once, with all that is only its, and with nothing that is anybody else's."""

from datetime import timedelta

import pytest

from tests.webapp.computing import claim, finish, result
from tests.webapp.keeping import age_files, kept
from tests.webapp.person import Person, problem
from webapp.catalogue.selectors import Cards
from webapp.runs import work
from webapp.runs.models import Job, Result, Run
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db


def test_an_owner_deletes_a_run_with_all_that_is_only_its(person: Person, stranger: Person) -> None:
    run, other = person.run(text="mine"), person.run(text="other")
    finish(source="x")
    finish(source="y")
    link = person.post(f"/api/runs/{run}/share").json()["url"]
    problem(stranger.post(f"/api/runs/{run}/delete"), 404, "not-found")
    age_files(timedelta(minutes=1))
    assert person.post(f"/api/runs/{run}/delete").status_code == 204
    problem(person.get(f"/api/runs/{run}"), 404, "not-found")
    assert stranger.get(link).status_code == 404
    assert Source.objects.count() == Run.objects.count() == 1
    assert len(kept()) == 3
    assert person.get(f"/api/runs/{other}/results/{person.state(other)['results'][0]['id']}").status_code == 200
    problem(person.post(f"/api/runs/{run}/delete"), 404, "not-found")


def test_a_text_of_another_run_stays_when_one_is_deleted(person: Person) -> None:
    source = person.upload(b"a text", "a.txt").json()["id"]
    one, two = person.run(text=None, source_ids=[source]), person.run(text=None, source_ids=[source])
    age_files()
    assert person.post(f"/api/runs/{one}/delete").status_code == 204
    assert person.get(f"/api/sources/{source}").content == b"a text"
    assert person.post(f"/api/runs/{two}/delete").status_code == 204
    assert person.get(f"/api/sources/{source}").status_code == 404


def test_a_run_that_is_computed_is_deleted_and_its_worker_ends(person: Person) -> None:
    run = person.run(text="a")
    lease, job = claim()
    assert person.post(f"/api/runs/{run}/delete").status_code == 204
    assert not Job.objects.exists()
    with pytest.raises(work.LeaseLost):
        work.job_wishes(lease=lease)
    with pytest.raises((work.LeaseLost, Result.DoesNotExist)):
        work.result_store(lease=lease, job=job, index=0, computed=result(), cards=Cards(methods=[], models=[]))
    with pytest.raises(work.LeaseLost):
        work.job_finish(lease=lease)
