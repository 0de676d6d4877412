"""An owner deletes a run: its rows at once, and the files to which no other row refers."""

from django.db import transaction
from django.db.models import Q

from webapp.retention.orphans import forget
from webapp.runs.models import Result, Run
from webapp.runs.services import run_cancel
from webapp.uploads.models import Source


def run_delete(*, run: Run) -> None:
    """Delete a run with its jobs, results, links and texts. Whoever computes it loses the lease and ends."""
    with transaction.atomic():
        run_cancel(run=run)
        keys = list(Result.objects.filter(job__run=run).values_list("key", flat=True))
        sources = _only_its_own(run)
        run.delete()
        Source.objects.filter(pk__in=[source.pk for source in sources]).delete()
    forget(keys=keys, sources=sources)


def _only_its_own(run: Run) -> list[Source]:
    """Sources that no other run of the same person holds."""
    mine = Q(owner=run.owner) if run.owner else Q(pk__in=[])
    if run.account_id is not None:
        mine |= Q(account=run.account_id)
    others = Run.objects.filter(mine).exclude(pk=run.pk).values_list("source_ids", flat=True)
    used = {id for ids in others for id in ids}
    return [source for source in Source.objects.filter(pk__in=run.source_ids) if source.pk not in used]
