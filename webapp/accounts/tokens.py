"""Making, finding and ending tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from webapp.accounts.models import Token
from webapp.accounts.scopes import Scope
from webapp.common.errors import not_found, refuse

START = "tes_"
SECRET_BYTES = 24
"""192 bits."""
SHOWN = len(START) + 4
"""Characters kept readable, so that a person can tell tokens apart."""
LONGEST = 100
LONGEST_DAYS = 365
DEFAULT_DAYS = 90
MOST = 50
"""Open tokens of one account."""
REMEMBERED = timedelta(minutes=1)
"""How exactly the last use is known: more would be a write for every read."""


def hash_of(secret: str) -> str:
    """What is kept of a secret: it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_create(*, account: User, name: str, scopes: list[Scope], days: int = DEFAULT_DAYS) -> tuple[Token, str]:
    """A new token and its secret, which is told this once. Refusal: no scope, too long a life, too many of them."""
    if not scopes:
        raise refuse("invalid", "A token without a scope opens nothing; choose at least one.", field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        detail = f"A token lasts from 1 to {LONGEST_DAYS} days, not {days}."
        raise refuse("invalid", detail, field="days", limit=LONGEST_DAYS, value=days)
    now = timezone.now()
    count = account.tokens.filter(revoked_at=None, expires_at__gt=now).count()
    if count >= MOST:
        detail = f"You have {count} tokens; the limit is {MOST}. Revoke one that you do not use."
        raise refuse("too-many-tokens", detail, limit=MOST, value=count)
    secret = START + secrets.token_urlsafe(SECRET_BYTES)
    token = Token.objects.create(
        account=account,
        name=name,
        prefix=secret[:SHOWN],
        secret_hash=hash_of(secret),
        scopes=sorted({scope.value for scope in scopes}),
        expires_at=now + timedelta(days=days),
    )
    return token, secret


def token_of(secret: str) -> Token | None:
    """The open token of this secret, of an account that is still active; None for everything else alike."""
    if not secret.startswith(START) or len(secret) > LONGEST:
        return None
    token = Token.objects.select_related("account").filter(secret_hash=hash_of(secret)).first()
    return token if token is not None and token.open and token.account.is_active else None


def token_used(*, token: Token) -> None:
    """Remember that it was used, to the minute."""
    now: datetime = timezone.now()
    stale = Q(last_used=None) | Q(last_used__lt=now - REMEMBERED)
    if token.last_used is None or token.last_used < now - REMEMBERED:
        Token.objects.filter(stale, pk=token.pk).update(last_used=now)


def token_revoke(*, account: User, id: str) -> Token:
    """End a token of the account for good. Refusal (404) if it has none of this id."""
    token = account.tokens.filter(pk=id).first()
    if token is None:
        raise not_found("token")
    account.tokens.filter(pk=id, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
    return token
