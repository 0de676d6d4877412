"""Models in the admin: tried, switched on and off, let go from memory; and what people see of it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.webapp.cards import models
from tests.webapp.computing import claim, result
from tests.webapp.conftest import Wakes
from tests.webapp.person import Person, problem
from webapp.catalogue import errands
from webapp.catalogue.models import Allowed, Errand, Model
from webapp.catalogue.selectors import Cards
from webapp.queues.models import Worker
from webapp.queues.services import worker_beat
from webapp.runs import work
from webapp.runs.models import Job, Transition
from workers.contract.trials import TrialReport

pytestmark = pytest.mark.django_db

ALLOWED, ERRANDS = "/admin/catalogue/allowed/", "/admin/catalogue/errand/"


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of the house's administrator."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="a long password"))
    return client


@pytest.fixture
def worker(db: None) -> Worker:
    """A worker that is alive."""
    worker_beat(name="host:1", queues=["gpu"])
    Worker.objects.update(node="celery@host")
    return Worker.objects.get()


@pytest.fixture
def own(catalogue: None) -> Allowed:
    """A model that the admin allowed, and its card."""
    card = next(card for card in models() if card.key == "demo-lm")
    mine = card.model_copy(update={"key": "mine", "builtin": False})
    Model.objects.create(key="mine", card=mine.model_dump(mode="json"))
    return Allowed.objects.create(key="mine", location="/models/mine")


def report() -> TrialReport:
    """What a worker may have found out."""
    return TrialReport(
        card=models()[0],
        device="cpu",
        layers=4,
        weight_bytes=2**20,
        budget_bytes=2**30,
        load_seconds=1.5,
        peak_bytes=3 * 2**20,
        pass_seconds=0.025,
        pass_tokens=128,
        methods=["surprisal", "entropy"],
    )


def test_a_test_load_is_followed_to_its_end(admin: Client, worker: Worker, own: Allowed, wakes: Wakes) -> None:
    answer = admin.post(ALLOWED, {"action": "test_load", "_selected_action": [own.pk]})
    assert (answer.status_code, answer["Location"]) == (302, ERRANDS)
    errand = Errand.objects.get()
    assert (errand.key, errand.location, errand.state) == ("mine", "/models/mine", "queued")
    assert wakes[-1] == ("tessera.try_model", wakes[-1][1])
    page = f"{ERRANDS}{errand.pk}/change/"
    for path in (ERRANDS, page):
        shown = admin.get(path).content.decode()
        assert "queued" in shown
        assert 'http-equiv="refresh"' in shown
    claimed = errands.errand_claim(id=errand.pk, worker="host:1:0")
    assert claimed is not None
    assert "running" in admin.get(page).content.decode()
    errands.trial_pass(errand=claimed, report=report())
    shown = admin.get(page).content.decode()
    for said in ("passed", "host:1:0", "1.0 MiB", "1.50 s", "3.0 MiB", "25.0 ms over 128 tokens", "surprisal, entropy"):
        assert said in shown
    assert "refresh" not in shown
    assert "2 methods" in admin.get(ERRANDS).content.decode()
    assert "passed" in admin.get(ALLOWED).content.decode()


def test_why_it_failed_is_shown_as_text(admin: Client, worker: Worker, own: Allowed) -> None:
    errand = errands.trial_ask(key="mine")
    errands.errand_claim(id=errand.pk, worker="host:1:0")
    errands.errands_lost(worker="host:1:0", how="<script>alert(1)</script>")
    for path in (ERRANDS, f"{ERRANDS}{errand.pk}/change/"):
        shown = admin.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert" not in shown


def test_a_model_that_is_switched_off_goes_at_once(
    admin: Client, own: Allowed, person: Person, stranger: Person
) -> None:
    running = person.run(text="one", models=["mine"])
    lease, job = claim()
    waiting = stranger.run(text="two", models=["mine"])
    other = stranger.run(text="three")
    role = {"key": "loss_gap", "roles": {"reference": "mine"}}
    answer = admin.post(ALLOWED, {"action": "switch_off", "_selected_action": [own.pk]}, follow=True)
    assert "1 switched off; 1 queued jobs failed with them." in answer.content.decode()
    state = stranger.state(waiting)
    for row in (state["jobs"][0], state["results"][0]):
        assert row["state"] == "failed"
        assert row["problem"]["type"] == "/problems/model-disabled"
    reason = Transition.objects.filter(job__run=waiting, after="failed", result=None).get().reason
    assert reason == "its model was switched off"
    assert stranger.state(other)["jobs"][0]["state"] == "queued"
    assert "mine" not in {entry["key"] for entry in person.get("/api/models").json()}
    problem(person.ask(text="four", models=["mine"]), 422, "model-unknown")
    problem(person.ask(text="four", methods=[role]), 422, "method-unknown")
    Job.objects.filter(run=running).get()
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=_cards(job))
    work.job_finish(lease=lease)
    assert person.state(running)["jobs"][0]["state"] == "done", "what ran finishes"


def _cards(job: Job) -> Cards:
    cards = Cards(methods=["surprisal"], models=["demo-lm"])
    cards.models["mine"] = cards.models["demo-lm"]
    return cards


def test_switching_off_in_the_form_and_deleting_do_the_same(admin: Client, own: Allowed, person: Person) -> None:
    run = person.run(text="one", models=["mine"])
    row = {"key": "mine", "kind": "model", "location": "/models/mine", "revision": ""}
    assert admin.post(f"{ALLOWED}{own.pk}/change/", row).status_code == 302
    assert person.state(run)["jobs"][0]["state"] == "failed"
    admin.post(ALLOWED, {"action": "switch_on", "_selected_action": [own.pk]})
    assert Allowed.objects.get().enabled is True
    Model.objects.create(key="mine", card=models()[0].model_dump(mode="json") | {"builtin": False})
    admin.post(f"{ALLOWED}{own.pk}/delete/", {"post": "yes"})
    assert not Model.objects.filter(pk="mine").exists()


def test_a_model_is_evicted_from_one_worker_or_all(admin: Client, worker: Worker, own: Allowed, wakes: Wakes) -> None:
    worker_beat(name="host:2", queues=["cpu"])
    Worker.objects.update(node="celery@host")
    admin.post("/admin/catalogue/model/", {"action": "evict", "_selected_action": ["demo-lm"]})
    assert sorted(Errand.objects.values_list("worker", flat=True)) == ["host:1", "host:2"]
    Errand.objects.all().delete()
    answer = admin.post(f"{ERRANDS}add/", {"kind": "evict", "key": "demo-lm", "worker": "host:2"})
    assert answer.status_code == 302
    assert Errand.objects.get().worker == "host:2"
    errand = errands.errand_claim(id=Errand.objects.get().pk, worker="host:2:0")
    assert errand is not None
    errands.evict_pass(errand=errand, weight_bytes=2**20, freed_bytes=3 * 2**19)
    assert "1.5 MiB given back" in admin.get(ERRANDS).content.decode()
    assert admin.post(f"{ERRANDS}add/", {"kind": "evict", "key": "nothing", "worker": ""}).status_code == 200


def test_only_those_who_may_ask_workers(own: Allowed) -> None:
    client = Client()
    client.force_login(User.objects.create_user("viewer", password="a long password", is_staff=True))
    assert client.get(ERRANDS).status_code == 403
    client.post(ALLOWED, {"action": "test_load", "_selected_action": [own.pk]})
    assert not Errand.objects.exists()


@pytest.mark.parametrize("revision", ["", "main", "v1.0"])
def test_a_revision_that_can_move_is_refused(admin: Client, revision: str) -> None:
    row = {"key": "tiny", "kind": "model", "location": "owner/name", "revision": revision, "enabled": "on"}
    assert "A hub id needs the commit that is used" in admin.post(f"{ALLOWED}add/", row).content.decode()
    assert not Allowed.objects.exists()
