"""Reads of links."""

from webapp.common.errors import not_found
from webapp.runs.models import Run
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of
from workers.contract import ShareState, ShareView

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
        embed=share.embed,
    )


def share_view(share: Share) -> ShareView:
    """How whoever opens a link finds the page."""
    return ShareView(
        note=share.note, view=share.view, created=share.created, expires_at=share.expires_at, embed=share.embed
    )


def share_states(run: Run) -> list[ShareState]:
    """Every link to a run, newest first."""
    return [share_state(share) for share in run.shares.all()]
