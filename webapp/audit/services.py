"""Writing down what administrators do."""

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest

from webapp.audit.models import Entry
from webapp.common.owners import address_of

LONGEST = 500
"""Characters kept of a value."""
NOTED = "tessera.audited"
"""Where a request keeps how many entries it has left."""

By = HttpRequest | AbstractBaseUser | None
Target = models.Model | tuple[str, str, str] | None


def record(by: By, verb: str, target: Target = None, details: dict[str, Any] | None = None) -> Entry:
    """Append an entry: who (a request, an account, or None for the house), did what, to what, and what it changed.

    `target` is a row, or (kind, id, label) for what is none; `details` is made fit for JSON and bounded.
    """
    account, name, address = _who(by)
    kind, id, label = _what(target)
    entry = Entry.objects.create(
        account_id=account,
        name=name[:150],
        address=address,
        verb=verb[:40],
        target_kind=kind[:60],
        target_id=id[:200],
        target_label=label[:200],
        details=plain(details or {}),
    )
    if isinstance(by, HttpRequest):
        by.META[NOTED] = noted(by) + 1
    return entry


def noted(request: HttpRequest) -> int:
    """How many entries a request has left so far."""
    return int(request.META.get(NOTED, 0))


def plain(value: Any) -> Any:
    """A value as JSON keeps it: numbers as they are, texts bounded, rows by their names."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_text(name): plain(item) for name, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | models.QuerySet):
        return [plain(item) for item in value]
    return _text(value)


def _text(value: object) -> str:
    text = str(value).replace("\0", "").encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _who(by: By) -> tuple[int | None, str, str]:
    address = address_of(by) if isinstance(by, HttpRequest) else ""
    user = getattr(by, "user", None) if isinstance(by, HttpRequest) else by
    if user is None or isinstance(user, AnonymousUser):
        return None, "", address
    return user.pk, user.get_username(), address


def _what(target: Target) -> tuple[str, str, str]:
    if isinstance(target, models.Model):
        return str(target._meta.verbose_name), str(target.pk), _text(target)
    kind, id, label = target or ("", "", "")
    return kind, _text(id), _text(label)
