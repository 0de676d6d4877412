"""Making and ending links."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from webapp.common.errors import not_found
from webapp.common.ids import is_id
from webapp.runs.models import Run
from webapp.sharing.models import Share
from workers.contract import ShareRequest

SECRET_BYTES = 24
"""192 bits."""


def hash_of(secret: str) -> str:
    """What is kept of a secret: it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def share_create(*, run: Run, request: ShareRequest) -> tuple[Share, str]:
    """A new link and its secret, which is told this once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    until = timezone.now() + timedelta(seconds=request.expires_in) if request.expires_in is not None else None
    share = Share.objects.create(
        run=run,
        secret_hash=hash_of(secret),
        note=request.note,
        view=request.view,
        embed=request.embed,
        expires_at=until,
    )
    return share, secret


def share_revoke(*, run: Run, id: str) -> None:
    """End a link for good. Refusal (404) if the run has none of this id."""
    found = Share.objects.filter(run=run, pk=id) if is_id(id) else Share.objects.none()
    if not found.exists():
        raise not_found("share link")
    found.filter(revoked_at=None).update(revoked_at=timezone.now())


def share_viewed(*, share: Share) -> None:
    """Somebody opened the page behind a link."""
    Share.objects.filter(pk=share.pk).update(views=F("views") + 1, last_viewed=timezone.now())
