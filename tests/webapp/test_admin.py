"""The admin: for staff, showing what is there, acting on jobs and links, and never running a person's text."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from tests.webapp.computing import claim, finish
from tests.webapp.person import Person
from webapp.catalogue.models import Allowed
from webapp.queues.models import QueueSwitch
from webapp.queues.services import worker_beat
from webapp.runs.models import Job
from webapp.sharing.models import Share

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of the house's administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="a long password"))
    return client


@pytest.fixture
def busy(person: Person, stranger: Person) -> str:
    """A run that is done, one that waits, one at work, a link; the waiting run's id."""
    person.run(text=HOSTILE)
    finish()
    stranger.run(text="two")
    claim()
    run = person.run(text="three")
    person.post(f"/api/runs/{run}/share", {"note": HOSTILE})
    worker_beat(name="host:1", queues=["gpu"])
    return run


PAGES = [
    "/admin/",
    "/admin/queues/queueswitch/live/",
    "/admin/queues/worker/",
    "/admin/queues/queueswitch/",
    "/admin/runs/run/",
    "/admin/runs/job/",
    "/admin/runs/job/?state__exact=queued",
    "/admin/sharing/share/",
    "/admin/catalogue/allowed/",
    "/admin/catalogue/allowed/add/",
    "/admin/catalogue/method/",
    "/admin/catalogue/method/surprisal/change/",
    "/admin/catalogue/model/",
    "/admin/catalogue/tokenizer/",
    "/admin/auth/user/",
    "/admin/auth/group/",
]


def test_every_page_opens_for_staff_only(admin: Client, busy: str) -> None:
    for path in PAGES:
        page = admin.get(path)
        assert page.status_code == 200, path
        assert b"<script>alert" not in page.content, path
        assert Client().get(path).status_code == 302, path


def test_a_row_shows_a_persons_text_as_text(admin: Client, busy: str) -> None:
    job = Job.objects.get(state="done")
    page = admin.get(f"/admin/runs/run/{job.run_id}/change/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert admin.get(f"/admin/runs/job/{job.pk}/change/").status_code == 200


def test_secrets_are_not_shown(admin: Client, busy: str) -> None:
    job = Job.objects.get(state="running")
    assert job.token not in admin.get(f"/admin/runs/job/{job.pk}/change/").content.decode()
    share = Share.objects.get()
    assert share.secret_hash not in admin.get(f"/admin/sharing/share/{share.pk}/change/").content.decode()


def test_the_live_page_lists_places_work_and_workers(admin: Client, busy: str) -> None:
    QueueSwitch.objects.create(queue="cpu", paused=True)
    page = admin.get("/admin/queues/queueswitch/live/").content.decode()
    for job in Job.objects.exclude(state="done"):
        assert job.pk in page
    assert "host:1" in page
    assert "The queue cpu is paused." in page


def test_jobs_are_cancelled_and_tried_again_from_the_list(admin: Client, busy: str, person: Person) -> None:
    chosen = {"_selected_action": list(Job.objects.exclude(state="done").values_list("pk", flat=True))}
    answer = admin.post("/admin/runs/job/", {"action": "cancel", **chosen}, follow=True)
    assert "1 cancelled, 1 running asked to end." in answer.content.decode()
    assert person.state(busy)["jobs"][0]["state"] == "cancelled"
    assert Job.objects.get(state="running").cancelling is True
    answer = admin.post("/admin/runs/job/", {"action": "retry", **chosen}, follow=True)
    assert "1 queued again." in answer.content.decode()
    assert person.state(busy)["jobs"][0]["state"] == "queued"


def test_an_action_may_name_a_whole_page_of_rows(admin: Client, busy: str) -> None:
    chosen = {"_selected_action": [*Job.objects.values_list("pk", flat=True), *map(str, range(100))]}
    answer = admin.post("/admin/runs/job/", {"action": "cancel", **chosen}, follow=True)
    assert "1 cancelled, 1 running asked to end." in answer.content.decode()


def test_links_are_revoked_from_the_list(admin: Client, busy: str) -> None:
    share = Share.objects.get()
    admin.post("/admin/sharing/share/", {"action": "revoke", "_selected_action": [share.pk]})
    share.refresh_from_db()
    assert share.open is False


def test_a_hub_id_is_pinned_and_no_name_is_taken_twice(admin: Client, catalogue: None) -> None:
    add = "/admin/catalogue/allowed/add/"
    row = {"key": "tiny", "kind": "model", "location": "owner/name", "revision": "", "enabled": "on"}
    assert "A hub id needs the commit that is used" in admin.post(add, row).content.decode()
    assert "A built-in model has this name." in admin.post(add, row | {"key": "demo-lm"}).content.decode()
    assert "Lower-case letters" in admin.post(add, row | {"key": "../x"}).content.decode()
    assert Allowed.objects.count() == 0
    assert admin.post(add, row | {"revision": "abc123" * 6 + "abcd"}).status_code == 302
    assert admin.post(add, row | {"key": "folder", "location": "/models/x"}).status_code == 302
    assert list(Allowed.objects.values_list("key", "revision")) == [("folder", ""), ("tiny", "abc123" * 6 + "abcd")]
    with pytest.raises(ValidationError):
        Allowed(key="x", location="owner/name").full_clean()


@pytest.mark.parametrize("path", ["runs/job", "runs/run", "catalogue/method", "sharing/share", "queues/worker"])
def test_what_the_site_makes_nobody_adds(admin: Client, path: str) -> None:
    assert admin.get(f"/admin/{path}/add/").status_code == 403
