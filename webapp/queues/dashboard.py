"""What the admin's front page shows."""

from typing import Any

from django.http import HttpRequest

from webapp.queues.overview import counts, finished_lately
from webapp.queues.selectors import workers
from webapp.runs.models import Job, State

HOURS = 24


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the queue's numbers to the admin's front page."""
    lately = finished_lately(HOURS)
    highest = max(lately) or 1
    bars = [(count, round(100 * count / highest)) for count in lately]
    failed = Job.objects.filter(state=State.FAILED).order_by("-finished")[:10]
    return context | {"counts": counts(), "workers": workers(), "bars": bars, "hours": HOURS, "failed": failed}
