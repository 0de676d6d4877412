"""Reads of links."""

from webapp.common.errors import not_found
from webapp.runs.models import Run
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of
from workers.contract import ShareState

LONGEST = 128


def share_of(secret: str) -> Share:
    """The open link of this secret. Refusal (404): none, revoked or expired, all alike."""
    share = Share.objects.select_related("run").filter(secret_hash=hash_of(secret[:LONGEST])).first()
    if share is None or not share.open:
        raise not_found("share link")
    return share


def share_state(share: Share, *, url: str | None = None) -> ShareState:
    """A link as its owner sees it."""
    return ShareState(
        id=share.pk,
        url=url,
        note=share.note,
        created=share.created,
        expires_at=share.expires_at,
        revoked=share.revoked_at is not None,
        views=share.views,
    )


def share_states(run: Run) -> list[ShareState]:
    """Every link to a run, newest first."""
    return [share_state(share) for share in run.shares.all()]
