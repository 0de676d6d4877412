"""The live page's parts as HTML: drawn on the server, with the buttons that whoever watches may press."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from webapp.common.ago import short

SEES = ("runs.view_job", "queues.view_worker")
"""What one must be allowed to see the live page."""
STEERS = (
    "queues.pause_queue",
    "queues.drain_worker",
    "queues.restart_worker",
    "runs.cancel_job",
    "runs.retry_job",
    "runs.prioritise_job",
    "runs.purge_job",
)
PARTS = ("status", "queues", "workers", "work", "history", "failed")
OVERVIEW = ("status", "queues", "history", "failed")
"""What of it the admin's front page shows."""

May = frozenset[str]


def sees(user: Any) -> bool:
    """Whether an account may see the live page."""
    return bool(user.is_active and user.is_staff and user.has_perms(SEES))


def may(user: Any) -> May:
    """What an account may steer."""
    return frozenset(name for name in STEERS if user.has_perm(name))


def parts(numbers: dict[str, Any], allowed: May, names: Iterable[str] = PARTS) -> dict[str, SafeString]:
    """The HTML of each part. Whatever people wrote is escaped by the templates."""
    context = numbers | {
        "may": {name.partition(".")[2]: True for name in allowed},
        "silent": _silent(numbers),
        "nobody": _nobody(numbers),
        "queued": [_waiting(queue, numbers) for queue in numbers["queued"]],
    }
    return {name: mark_safe(render_to_string(f"admin/queues/live/{name}.html", context)) for name in names}


def message(numbers: dict[str, Any], allowed: May) -> str:
    """What the socket sends and the polled address answers: `at`, `numbers` for programs, `parts` for the page."""
    told = {"at": numbers["at"], "numbers": numbers, "parts": parts(numbers, allowed)}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


def _silent(numbers: dict[str, Any]) -> str:
    since: datetime | None = numbers["redis"]["since"]
    if since is None:
        return ""
    return f"{since:%H:%M:%S} UTC ({short((numbers['at'] - since).total_seconds())})"


def _nobody(numbers: dict[str, Any]) -> str:
    if any(worker["alive"] for worker in numbers["workers"]):
        return ""
    seen: datetime | None = numbers["worker_seen"]
    last = f" The last one was seen {short((numbers['at'] - seen).total_seconds())} ago." if seen else ""
    return f"No worker reports: jobs wait until one does.{last}"


def _waiting(queue: str, numbers: dict[str, Any]) -> dict[str, Any]:
    count = next(row["waiting"]["count"] for row in numbers["queues"] if row["queue"] == queue)
    jobs = numbers["queued"][queue]
    return {"queue": queue, "jobs": jobs, "more": max(0, count - len(jobs))}
