"""Pages of accounts and errors speak the language of whoever reads them."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from webapp.common.text import COOKIE, language_of, text

TEMPLATES = [*settings.TEXTS.parents[2].glob("webapp/*/templates/*/*.html")]
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "fr, de-AT;q=0.9, en;q=0.5"}


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [("", "de-CH,de;q=0.8", "de"), ("", "fr, it", "en"), ("de", "en", "de"), ("xx", "de", "de"), ("", "", "en")],
)
def test_the_chosen_language_goes_before_that_of_the_browser(chosen: str, accepted: str, spoken: str) -> None:
    assert language_of({COOKIE: chosen} if chosen else {}, accepted) == spoken


def test_a_message_has_its_places_filled_and_an_unknown_key_is_an_error() -> None:
    with translation.override("en"):
        assert text("account.mail-sent", email="ada@example.org").startswith("A mail to ada@example.org")
    with translation.override("de"):
        assert "ada@example.org ist unterwegs" in text("account.mail-sent", email="ada@example.org")
    with pytest.raises(KeyError):
        text("account.nowhere")


@pytest.mark.django_db
def test_a_page_is_german_for_germans_and_english_for_the_next(client: Client) -> None:
    page = client.get("/login", **GERMAN).content.decode()  # type: ignore[arg-type]
    assert '<html lang="de">' in page
    assert "Anmelden" in page
    assert "Benutzername" in page
    assert "Log in" not in page
    page = client.get("/login").content.decode()
    assert '<html lang="en">' in page
    assert "Log in" in page
    client.cookies[COOKIE] = "de"
    assert "Nicht gefunden" in client.get("/nothing-here").content.decode()


@pytest.mark.django_db
def test_what_fills_a_message_is_escaped(client: Client, django_user_model: type) -> None:
    account = django_user_model.objects.create_user("ada", password="tall green lamps")  # type: ignore[attr-defined]
    client.force_login(account)
    page = client.get("/account/runs", {"q": "<b>x</b>"}, **GERMAN).content.decode()  # type: ignore[arg-type]
    assert "Kein eigener Lauf enthält „&lt;b&gt;x&lt;/b&gt;“." in page


def test_templates_name_only_keys_that_there_are() -> None:
    known = json.loads((settings.TEXTS / "en.json").read_text(encoding="utf-8"))
    named = {key for path in TEMPLATES for key in re.findall(r'{% text "([^"]+)"', path.read_text(encoding="utf-8"))}
    assert len(named) > 60
    assert named <= known.keys()
