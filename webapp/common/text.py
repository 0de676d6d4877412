"""What pages say, in the language of whoever reads them: from the same files as the frontend."""

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "tessera.language"
"""What a person chose on a page (frontend/src/text/language.ts)."""
_PLACE = re.compile(r"\{(\w+)\}")


def text(key: str, **values: object) -> str:
    """The message of a key, its `{places}` filled; in English where the language lacks it. KeyError: no such key."""
    spoken = _messages(get_language() or "en").get(key) or _messages("en")[key]
    return _PLACE.sub(lambda place: str(values[place[1]]), spoken)


later = lazy(text, str)
"""The same for what stands in a class: it is looked up when it is shown."""


def language_of(cookies: Mapping[str, str], accepted: str) -> str:
    """The chosen language, else the browser's first that there is, else English."""
    codes = [cookies.get(COOKIE, ""), *(code for code, _ in parse_accept_lang_header(accepted.lower()))]
    known = dict(settings.LANGUAGES)
    return next((base for code in codes if (base := code.split("-")[0]) in known), "en")


@functools.cache
def _messages(language: str) -> dict[str, str]:
    path: Path = settings.TEXTS / f"{language}.json"
    messages: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return messages
