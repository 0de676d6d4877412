"""Accounts: coming in, going out, a forgotten password, and whose the runs are."""

import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail, signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.accounts.mail import wait_sent
from webapp.accounts.services import SALT
from webapp.common import counters
from webapp.common.owners import COOKIE
from webapp.config.mail import CONSOLE, FILES, SMTP, mail_settings
from webapp.runs.models import Job, Run
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db
PASSWORD = "tall green lamps"


@pytest.fixture(autouse=True)
def letters(settings: Settings) -> list[Any]:
    """Mails that were sent, no memory of earlier ones, and passwords that are hashed in no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    counters.own().forget()
    counters.shared().forget()
    return mail.outbox


@pytest.fixture
def ada(catalogue: None) -> User:
    """Somebody with an account."""
    return User.objects.create_user("ada", email="ada@example.org", password=PASSWORD)


def log_in(person: Person, name: str = "ada", password: str = PASSWORD, **more: str) -> Any:
    """The answer to name and password."""
    return person.fill("/login", username=name, password=password, **more)


def link_in(letters: list[Any]) -> str:
    """The path of the link in the last mail."""
    wait_sent()
    return str(re.findall(r"http://testserver(/\S+)", letters[-1].body)[0])


def page(answer: Any) -> str:
    """The text of a page that was shown."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_logging_in_gives_a_new_session_and_leads_where_one_wanted(ada: User, person: Person) -> None:
    person.client.session.save()
    before = person.client.session.session_key
    answer = log_in(person, next="/account/tokens")
    assert (answer.status_code, answer["Location"]) == (302, "/account/tokens")
    assert person.client.session.session_key != before
    assert "ada" in page(person.get("/account"))
    assert 'content="ada"' in page(person.get("/"))
    assert person.get("/login")["Location"] == "/"


@pytest.mark.parametrize(
    "next", ["//evil.example", "https://evil.example/a", "\\\\evil.example", "javascript:alert(1)"]
)
def test_logging_in_leads_nowhere_else(ada: User, person: Person, next: str) -> None:
    assert log_in(person, next=next)["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_read_alike(ada: User, person: Person) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|value="\w*"')
    said = {
        token.sub("", page(log_in(person, name, password)))
        for name, password in [("ada", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("nobody", "wrong")]
    }
    assert len({text.replace("nobody", "ada").replace("gone", "ada") for text in said}) == 1
    assert "correct" in said.pop()


def test_whoever_is_not_there_costs_the_same_hashing(
    ada: User, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    set_password = User.set_password

    def counted(user: User, raw: str | None) -> None:
        hashed.append(raw or "")
        set_password(user, raw)

    monkeypatch.setattr(User, "set_password", counted)
    log_in(person, "nobody", "something")
    assert hashed == ["something"]


def test_logging_out_ends_the_session_and_only_a_form_does_it(ada: User, person: Person) -> None:
    log_in(person)
    assert person.get("/logout").status_code == 405
    assert Session.objects.count() == 1
    assert person.fill("/logout").status_code == 302
    assert Session.objects.count() == 0
    assert person.get("/account")["Location"] == "/login?next=/account"


@pytest.mark.parametrize("path", ["/login", "/logout", "/account", "/account/tokens", "/account/take-over"])
def test_forms_of_another_site_are_not_taken(ada: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post(path, {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    assert ada.tokens.count() == 0


def test_another_password_ends_every_other_session(ada: User, person: Person, stranger: Person) -> None:
    log_in(person)
    log_in(stranger)
    fields = {"old_password": PASSWORD, "new_password1": "warm blue stones", "new_password2": "warm blue stones"}
    assert person.fill("/account/password", **fields)["Location"] == "/account"
    assert person.get("/account").status_code == 200
    assert stranger.get("/account").status_code == 302
    assert problem(stranger.get("/api/runs/abc"), 404, "not-found")


@pytest.mark.parametrize("password", ["short", "1234567890123", "password1234", "ada@example.org"])
def test_a_password_is_long_uncommon_and_not_the_name(ada: User, person: Person, password: str) -> None:
    log_in(person)
    fields = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert 'role="alert"' in page(person.fill("/account/password", **fields))
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    ada: User, person: Person, stranger: Person, letters: list[Any]
) -> None:
    log_in(stranger)
    assert person.fill("/password-reset", email="ADA@example.org")["Location"] == "/password-reset/sent"
    link = link_in(letters)
    assert "ada at testserver" in letters[-1].body
    form = person.get(link)["Location"]
    assert link.rpartition("/")[2] not in form
    done = person.fill(form, new_password1="warm blue stones", new_password2="warm blue stones")
    assert done["Location"] == "/password-reset/done"
    assert log_in(person, password="warm blue stones").status_code == 302
    assert stranger.get("/account").status_code == 302
    assert "used already" in page(Client().get(link))


def test_asking_for_a_new_password_never_tells_whether_there_is_an_account(
    ada: User, person: Person, letters: list[Any]
) -> None:
    answers = [person.fill("/password-reset", email=email) for email in ("ada@example.org", "no@example.org")]
    wait_sent()
    assert len(letters) == 1
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1


def test_mail_that_becomes_files_is_its_owners_alone(
    ada: User, person: Person, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, str(tmp_path / "mail")
    person.fill("/password-reset", email="ada@example.org")
    wait_sent()
    (letter,) = (tmp_path / "mail").iterdir()
    assert "/password-reset/" in letter.read_text()
    assert stat.S_IMODE(letter.parent.stat().st_mode) == 0o700


def test_a_mail_server_that_is_away_is_no_fault_of_the_person(ada: User, person: Person, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert person.fill("/password-reset", email="ada@example.org").status_code == 302
    wait_sent()


def test_nobodys_box_is_filled(ada: User, person: Person, letters: list[Any]) -> None:
    for _ in range(8):
        assert person.fill("/password-reset", email="ada@example.org").status_code == 302
    wait_sent()
    assert len(letters) == 5


def test_nobody_makes_an_account_unless_the_house_says_so(person: Person) -> None:
    assert person.get("/signup").status_code == person.get("/signup/x").status_code == 404
    assert "/signup" not in page(person.get("/login"))


def test_an_account_is_made_by_who_reads_the_mail(person: Person, letters: list[Any], settings: Settings) -> None:
    settings.SIGNUP = True
    assert "/signup" in page(person.get("/login"))
    first = page(person.fill("/signup", email="Bo@Example.org"))
    link = link_in(letters)
    assert "bo@example.org" in page(person.get(link))
    assert User.objects.count() == 0
    page(person.fill(link, new_password="bo@example.org"))
    assert User.objects.count() == 0
    assert person.fill(link, new_password=PASSWORD)["Location"] == "/"
    assert User.objects.get().username == "bo@example.org"
    assert "bo@example.org" in page(person.get("/account"))
    assert person.fill(link, new_password="another long one").status_code == 410
    again = page(Person(Client()).fill("/signup", email="bo@example.org"))
    wait_sent()
    assert "You have one already" in letters[-1].body
    hidden = re.compile(r'data-csrf="\w+"')
    assert hidden.sub("", first) == hidden.sub("", again)


@pytest.mark.parametrize(
    "forged",
    ["x", "a:b:c", signing.dumps("eve@example.org", salt="other")],
    ids=["short", "made-up", "of-another-salt"],
)
def test_a_forged_link_makes_no_account(person: Person, settings: Settings, forged: str) -> None:
    settings.SIGNUP = True
    assert person.get(f"/signup/{forged}").status_code == 410
    assert person.fill(f"/signup/{forged}", new_password=PASSWORD).status_code == 410


def test_a_link_is_too_old_after_a_day(person: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGNUP = True
    ticket = signing.dumps("eve@example.org", salt=SALT)
    assert person.get(f"/signup/{ticket}").status_code == 200
    now = (timezone.now() + timedelta(days=1, minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now)
    assert person.get(f"/signup/{ticket}").status_code == 410


def test_the_mail_address_changes_with_the_password_only(ada: User, person: Person) -> None:
    log_in(person)
    assert "not your password" in page(person.fill("/account", email="eve@example.org", password="wrong"))
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert person.fill("/account", email="new@example.org", password=PASSWORD).status_code == 302
    ada.refresh_from_db()
    assert ada.email == "new@example.org"


def test_runs_of_the_browser_become_the_accounts_when_asked(ada: User, person: Person, picture: bytes) -> None:
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(text="mine", source_ids=[source], models=["demo-lm"])
    link = person.post(f"/api/runs/{run}/share").json()["url"].rpartition("/")[2]
    cookie = person.client.cookies[COOKIE].value
    answer = log_in(person, next="/account/runs")
    assert answer["Location"] == "/account/take-over?next=%2Faccount%2Fruns"
    assert "1 run was made in this browser" in page(person.get(answer["Location"]))
    assert Run.objects.get().account is None
    assert person.fill("/account/take-over", take="1", next="//evil.example")["Location"] == "/account/runs"
    assert Run.objects.get().account == ada
    assert {job.owner for job in Job.objects.all()} == {f"account:{ada.pk}"}
    assert person.get(f"/api/sources/{source}").status_code == 200
    assert Person(Client()).get(f"/api/shares/{link}").status_code == 200
    person.fill("/logout")
    assert person.client.cookies[COOKIE].value == cookie
    problem(person.get(f"/api/runs/{run}"), 404, "not-found")
    problem(person.get(f"/api/sources/{source}"), 404, "not-found")


def test_runs_of_the_browser_stay_there_when_one_says_so(ada: User, person: Person) -> None:
    run = person.run()
    log_in(person)
    assert person.fill("/account/take-over", leave="1", next="/")["Location"] == "/"
    assert Run.objects.get().account is None
    assert "1 run of this browser</a> is not in your account yet" in page(person.get("/account/runs"))
    person.fill("/logout")
    assert person.get(f"/api/runs/{run}").status_code == 200


def test_what_the_account_has_already_is_not_kept_twice(ada: User, person: Person, picture: bytes) -> None:
    other = Person(Client())
    log_in(other)
    kept = other.upload(picture, "a.png", "image/png").json()["id"]
    doubled = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(text=None, source_ids=[doubled], models=["demo-vit"], methods=[{"key": "occlusion"}])
    log_in(person)
    person.fill("/account/take-over", take="1")
    assert [source.pk for source in Source.objects.all()] == [kept]
    assert person.state(run)["sources"][0]["url"] == f"/api/sources/{kept}"


def test_two_accounts_at_one_browser_share_nothing(ada: User, person: Person) -> None:
    User.objects.create_user("bo", password=PASSWORD)
    log_in(person)
    run = person.run(text="the same words")
    source = person.state(run)["sources"][0]["id"]
    person.fill("/logout")
    problem(person.get(f"/api/runs/{run}"), 404, "not-found")
    log_in(person, "bo")
    problem(person.get(f"/api/runs/{run}"), 404, "not-found")
    own = person.run(text="the same words")
    assert person.state(own)["sources"][0]["id"] != source
    assert COOKIE not in person.client.cookies


def test_my_runs_are_searched_and_paged(ada: User, person: Person) -> None:
    log_in(person)
    for number in range(27):
        Run.objects.create(
            owner=f"account:{ada.pk}", account=ada, label=f"run {number} {'ball' if number % 9 == 0 else ''}"
        )
    Run.objects.create(owner="other", label="ball of another")
    first, second = page(person.get("/account/runs")), page(person.get("/account/runs?page=2"))
    assert (first.count('class="run"'), second.count('class="run"')) == (25, 2)
    assert "1–25 of 27" in first
    found = page(person.get("/account/runs?q=BALL"))
    assert found.count('class="run"') == 3
    assert "of another" not in found
    for odd in ("page=x", "page=-1", "page=999", "q=%00", "q=%ff", "q=" + "a" * 500):
        assert person.get(f"/account/runs?{odd}").status_code == 200


def test_the_list_over_http_has_pages_and_keeps_its_shape(ada: User, person: Person) -> None:
    for number in range(5):
        person.run(text=f"text {number}")
    answer = person.get("/api/runs?limit=2&offset=2")
    assert [run["label"] for run in answer.json()] == ["text 2", "text 1"]
    assert answer["X-Total-Count"] == "5"
    assert answer["Link"] == '</api/runs?limit=2&offset=4>; rel="next"'
    assert "Link" not in person.get("/api/runs?limit=2&offset=4")
    assert [run["label"] for run in person.get("/api/runs?q=TEXT 3").json()] == ["text 3"]
    assert problem(person.get("/api/runs?limit=101"), 422, "invalid")["limit"] == 100
    assert person.get("/api/runs?q=%00").status_code == 200


def test_the_account_page_tells_what_was_used(ada: User, person: Person) -> None:
    log_in(person)
    person.run(text="12345")
    finish()
    shown = page(person.get("/account"))
    assert "<dt>Runs</dt><dd>1</dd>" in shown
    assert "<dd>5 bytes</dd>" in shown.replace("\xa0", " ")
    assert "<dd>never</dd>" in shown
    assert "Runs and further questions within a minute." in shown


def test_pages_of_an_account_are_kept_by_no_cache(ada: User, person: Person) -> None:
    log_in(person)
    for path in ("/account", "/account/runs", "/account/tokens", "/account/password"):
        assert "no-store" in person.get(path)["Cache-Control"]


def test_mail_goes_where_one_address_says(tmp_path: Path) -> None:
    assert mail_settings("", tmp_path) == {"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": str(tmp_path)}
    assert mail_settings("console:", tmp_path) == {"EMAIL_BACKEND": CONSOLE}
    found = mail_settings("smtp://a%40b:p%2Fw@mail.example", tmp_path)
    assert (found["EMAIL_BACKEND"], found["EMAIL_HOST"], found["EMAIL_PORT"]) == (SMTP, "mail.example", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"], found["EMAIL_USE_TLS"]) == ("a@b", "p/w", True)
    assert mail_settings("smtp://localhost:25", tmp_path)["EMAIL_USE_TLS"] is False
    assert mail_settings("smtps://mail.example", tmp_path)["EMAIL_USE_SSL"] is True
    with pytest.raises(ValueError, match="EMAIL_URL"):
        mail_settings("http://mail.example", tmp_path)
