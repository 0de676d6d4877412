"""The audit log: every change in the admin is in it, and nobody rewrites it."""

import re
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpResponseRedirect
from django.test import Client, RequestFactory

from webapp.audit.hooks import Audited, watched
from webapp.audit.models import Closed, Entry
from webapp.audit.services import record
from webapp.catalogue.models import Allowed

pytestmark = pytest.mark.django_db
REGISTERED = sorted(django_admin.site._registry.items(), key=lambda item: item[0]._meta.label)
EACH = pytest.mark.parametrize(("model", "model_admin"), REGISTERED, ids=[model._meta.label for model, _ in REGISTERED])


@pytest.fixture
def root(db: None) -> User:
    """The house's administrator."""
    return User.objects.create_superuser("root", password="a long password")


@pytest.fixture
def admin(root: User) -> Client:
    """Their browser; how they logged in is not of interest here."""
    client = Client()
    client.force_login(root)
    return client


def entries(**wanted: Any) -> list[Entry]:
    """What the log holds, apart from logins."""
    return list(Entry.objects.exclude(verb="login").filter(**wanted))


def request_of(root: User) -> Any:
    """A request of the administrator."""
    request = RequestFactory().post("/admin/")
    request.user = root
    return request


@EACH
def test_adding_changing_and_deleting_leave_entries(root: User, model: type[models.Model], model_admin: Any) -> None:
    assert isinstance(model_admin, Audited)
    row = model(pk=1 if isinstance(model._meta.pk, models.AutoField) else "x")
    for verb, log in (("add", model_admin.log_addition), ("change", model_admin.log_change)):
        log(request_of(root), row, "said")
        assert [entry.target_kind for entry in entries(verb=verb)] == [model._meta.verbose_name]
    model_admin.log_deletions(request_of(root), [row])
    assert [entry.target_id for entry in entries(verb="delete")] == [str(row.pk)]


@EACH
def test_every_action_leaves_an_entry_when_it_does_something(
    root: User, monkeypatch: pytest.MonkeyPatch, model: type[models.Model], model_admin: Any
) -> None:
    request = request_of(root)
    monkeypatch.setattr("django.contrib.messages.api.add_message", lambda *_, **__: None)
    for act, name, _ in model_admin.get_actions(request).values():
        before = Entry.objects.count()
        answer = act(model_admin, request, model._default_manager.all())
        asked = answer is not None and answer.status_code == 200
        assert asked or Entry.objects.count() > before, name


def test_a_page_that_acts_without_saying_so_leaves_a_plain_entry(root: User) -> None:
    request = request_of(root)
    watched(lambda _: HttpResponseRedirect("/admin/"))(request)
    assert [entry.target_id for entry in entries(verb="post")] == ["/admin/"]

    def saying(request: Any) -> HttpResponseRedirect:
        record(request, "pause", ("queue", "gpu", "gpu"))
        return HttpResponseRedirect("/admin/")

    watched(saying)(request_of(root))
    assert [entry.verb for entry in entries()] == ["pause", "post"]


def test_what_changed_is_told_before_and_after(admin: Client) -> None:
    add = "/admin/catalogue/allowed/add/"
    row = {"key": "folder", "kind": "model", "location": "/models/x", "revision": "", "enabled": "on"}
    admin.post(add, row)
    added = entries()[0]
    assert (added.verb, added.name, added.target_label) == ("add", "root", "folder")
    assert added.details["changes"]["location"] == [None, "/models/x"]
    admin.post(f"/admin/catalogue/allowed/{added.target_id}/change/", row | {"location": "/models/y"})
    assert entries()[0].details == {"changes": {"location": ["/models/x", "/models/y"]}}
    admin.post(f"/admin/catalogue/allowed/{added.target_id}/delete/", {"post": "yes"})
    assert entries()[0].verb == "delete"
    assert entries()[0].details["changes"]["location"] == ["/models/y", None]
    assert Allowed.objects.count() == 0


def test_chosen_rows_that_are_deleted_are_each_in_the_log(admin: Client) -> None:
    for key in ("one", "two"):
        Allowed.objects.create(key=key, location="/x")
    chosen = {"action": "delete_selected", "_selected_action": list(Allowed.objects.values_list("pk", flat=True))}
    admin.post("/admin/catalogue/allowed/", chosen)
    assert entries() == []  # so far it only asks
    admin.post("/admin/catalogue/allowed/", chosen | {"post": "yes"})
    assert {(entry.verb, entry.target_label) for entry in entries()} == {("delete", "one"), ("delete", "two")}


def test_passwords_are_not_written_down(admin: Client, root: User) -> None:
    secret = "quite another long password"
    form = {"password1": secret, "password2": secret, "usable_password": "true"}
    admin.post(f"/admin/auth/user/{root.pk}/password/", form)
    assert User.objects.get().check_password(secret)
    changed = entries(verb="change")[0]
    assert changed.details["changes"] == {"password": ["(hidden)", "(hidden)"]}
    assert secret not in str(changed.details)
    assert not re.search(r"pbkdf2|argon2", str(changed.details))


def test_who_comes_goes_and_is_turned_away(root: User) -> None:
    User.objects.create_user("guest", password="a guest's password")
    client = Client()
    form = {"username": "root", "password": "wrong", "next": "/admin/"}
    client.post("/admin/login/", form)
    client.post("/admin/login/", form | {"username": "nobody\u202e"})
    client.post("/admin/login/", form | {"password": "a long password"})
    client.post("/admin/logout/")
    told = [(entry.verb, entry.name, entry.target_label) for entry in Entry.objects.order_by("id")]
    assert told == [
        ("login-failed", "", "root"),
        ("login-failed", "", "nobody\u202e"),
        ("login", "root", "root"),
        ("logout", "root", "root"),
    ]
    assert len({entry.address for entry in Entry.objects.all()} - {""}) == 1
    Client().login(username="guest", password="a guest's password")
    assert Entry.objects.count() == 4  # people who are no staff have a log of their own


def test_nobody_rewrites_the_log(admin: Client, root: User) -> None:
    entry = record(root, "pause", ("queue", "gpu", "gpu"), {"changes": {"paused": [False, True]}})
    page = f"/admin/audit/entry/{entry.pk}"
    assert admin.get("/admin/audit/entry/add/").status_code == 403
    assert admin.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"{page}/change/", {"verb": "x"}).status_code == 403
    admin.post("/admin/audit/entry/", {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    for act in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(verb="x")):
        with pytest.raises(Closed):
            act()
    kept = Entry.objects.get(pk=entry.pk)
    assert kept.verb == "pause"


def test_the_log_is_read_filtered_and_searched(admin: Client, root: User) -> None:
    entry = record(root, "pause", ("queue", "gpu", "gpu"), {"changes": {"paused": [False, True]}})
    record(None, "purge", ("jobs", "", "3 jobs"), {"count": 3, "note": "<script>alert(1)</script>"})
    page = admin.get("/admin/audit/entry/").content.decode()
    assert "paused: False → True" in page
    assert "the house" in page
    assert "<script>alert" not in page
    assert "3 jobs" not in admin.get("/admin/audit/entry/?verb=pause").content.decode()
    assert "3 jobs" in admin.get("/admin/audit/entry/?q=alert").content.decode()
    assert admin.get(f"/admin/audit/entry/{entry.pk}/change/").status_code == 200


def test_a_name_outlives_its_account(admin: Client) -> None:
    gone = User.objects.create_user("gone", is_staff=True)
    record(gone, "pause", ("queue", "gpu", "gpu"))
    gone.delete()
    kept = entries(verb="pause")[0]
    assert (kept.name, kept.account) == ("gone", None)


def test_whatever_is_told_fits(root: User) -> None:
    target = ("k" * 99, "i" * 999, "\0\ud800" + "l" * 999)
    entry = record(root, "x" * 99, target, {"a": "v" * 9999, "b": [Group(name="g"), "\0"]})
    entry.refresh_from_db()
    assert len(entry.details["a"]) == 500
    assert entry.details["b"] == ["g", ""]
