"""What is due to be deleted, by how long it is kept. Nothing that is computed or shared now is ever due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from webapp.accounts.models import Token
from webapp.audit.models import Entry
from webapp.catalogue.models import Errand
from webapp.retention.models import Cleaning
from webapp.runs.models import ENDED, OPEN, Job, Run, Transition
from webapp.sharing.models import Share
from webapp.uploads.models import Source

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row: what it is, the setting that says for how many days it is kept, and which are older."""

    name: str
    says: str
    older: Callable[[datetime], Rows]

    @property
    def days(self) -> int:
        """For how many days it is kept; 0: for ever."""
        return int(getattr(settings.KEEP, f"{self.name}_days"))

    @property
    def variable(self) -> str:
        """The environment's name of that number."""
        return f"TESSERA_KEEP_{self.name.upper()}_DAYS"

    def due(self) -> Rows:
        """The rows that may go now, the oldest first."""
        rows = self.older(timezone.now() - timedelta(days=self.days or 0))
        return rows if self.days else rows.none()


def _runs(before: datetime) -> QuerySet[Run]:
    """Runs that nobody asked anything of since, that are over, and that no open link leads to."""
    now = timezone.now()
    links = Share.objects.filter(run=OuterRef("pk"), revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    recent = Q(state__in=OPEN) | Q(created__gte=before) | Q(finished__gte=before)
    jobs = Job.objects.filter(recent, run=OuterRef("pk"))
    return Run.objects.filter(~Exists(links), ~Exists(jobs), created__lt=before).order_by("created")


def _sources(before: datetime) -> QuerySet[Source]:
    """Texts and files that no run holds any more."""
    used = {id for ids in Run.objects.values_list("source_ids", flat=True).iterator() for id in ids}
    old = Source.objects.filter(created__lt=before).order_by("created")
    unused = [pk for pk in old.values_list("pk", flat=True).iterator() if pk not in used]
    return old.filter(pk__in=unused[:MOST])


MOST = 2000
"""Sources of one round: each is named to the database."""


def _sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before).order_by("expire_date")


KINDS = (
    Kind("runs", "Runs of people without an account", lambda before: _runs(before).filter(account=None)),
    Kind("account_runs", "Runs of accounts", lambda before: _runs(before).exclude(account=None)),
    Kind("sources", "Texts and files that no run holds", _sources),
    Kind(
        "shares",
        "Links that ended",
        lambda before: Share.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).order_by("created"),
    ),
    Kind(
        "tokens",
        "API tokens that ended",
        lambda before: Token.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).order_by("created"),
    ),
    Kind(
        "transitions",
        "Steps of jobs that are over",
        lambda before: Transition.objects.filter(at__lt=before, job__state__in=ENDED).order_by("id"),
    ),
    Kind("sessions", "Sessions that expired", _sessions),
    Kind(
        "errands",
        "Test-loads and evictions",
        lambda before: Errand.objects.filter(asked__lt=before).exclude(state__in=Errand.OPEN).order_by("asked"),
    ),
    # A plain QuerySet: the log's own refuses to delete, which is meant for people.
    Kind("audit", "Entries of the audit log", lambda before: QuerySet(Entry).filter(at__lt=before).order_by("at")),
    Kind("cleanings", "This log", lambda before: Cleaning.objects.filter(finished__lt=before).order_by("started")),
)
