"""Buttons of the live page: each checks its own permission, asks where it hurts, and leaves an entry in the log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from webapp.audit.services import record
from webapp.queues import services
from webapp.queues.models import Worker
from webapp.runs import steering as jobs
from webapp.runs.models import Job, Queue

STEP = 5
"""By how much the buttons raise and lower a priority."""

Do = Callable[[HttpRequest, str], str]


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it needs, what it does (and says then), and what it asks before, if it hurts."""

    permission: str
    kind: str
    do: Do
    asks: str = ""
    warns: str = ""


def _queue(name: str) -> str:
    if name not in Queue.values:
        raise Http404
    return name


def _worker(name: str) -> Worker:
    found = Worker.objects.filter(pk=name).first()
    if found is None:
        raise Http404
    return found


def _job(id: str) -> Job:
    found = Job.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _pause(request: HttpRequest, name: str) -> str:
    changed = services.queue_pause(queue=_queue(name), paused=True)
    record(request, "pause", ("queue", name, name), {"changes": {"paused": [not changed, True]}})
    return f"The queue {name} is paused."


def _resume(request: HttpRequest, name: str) -> str:
    changed = services.queue_pause(queue=_queue(name), paused=False)
    record(request, "resume", ("queue", name, name), {"changes": {"paused": [changed, False]}})
    return f"The queue {name} goes on."


def _drain(request: HttpRequest, name: str) -> str:
    worker = _worker(name)
    services.worker_drain(name=name, draining=True)
    record(request, "drain", worker, {"changes": {"draining": [worker.draining, True]}})
    return f"{name} finishes what it has and takes nothing more."


def _undrain(request: HttpRequest, name: str) -> str:
    worker = _worker(name)
    services.worker_drain(name=name, draining=False)
    record(request, "undrain", worker, {"changes": {"draining": [worker.draining, False]}})
    return f"{name} takes jobs again."


def _restart(request: HttpRequest, name: str) -> str:
    worker = _worker(name)
    services.worker_restart(name=name)
    record(request, "restart", worker)
    return f"{name} was asked to restart."


def _cancel(request: HttpRequest, id: str) -> str:
    job = _job(id)
    cancelled, asked = jobs.jobs_cancel(jobs=Job.objects.filter(pk=id))
    record(request, "cancel", job, {"changes": {"state": [job.state, "cancelled" if cancelled else "asked to end"]}})
    return "Cancelled." if cancelled else "Asked to end." if asked else "It had ended, or was asked to end before."


def _retry(request: HttpRequest, id: str) -> str:
    job = _job(id)
    again = jobs.jobs_retry(jobs=Job.objects.filter(pk=id))
    record(request, "retry", job, {"changes": {"state": [job.state, "queued" if again else job.state]}})
    return "Queued again." if again else "Only jobs that failed or were cancelled are tried again."


def _prioritise(by: int) -> Do:
    def prioritise(request: HttpRequest, id: str) -> str:
        job = _job(id)
        changed = jobs.jobs_prioritise(jobs=Job.objects.filter(pk=job.pk), by=by)
        for row, before in changed:
            record(request, "prioritise", row, {"changes": {"priority": [before, row.priority]}})
        return f"Its priority is {changed[0][0].priority} now." if changed else "Its priority stays as it is."

    return prioritise


ACTS = {
    "pause": Act(
        "queues.pause_queue",
        "queue",
        _pause,
        "Pause the queue {}?",
        "Jobs that run finish; those that wait, and whatever people ask for from now on, wait until it is resumed.",
    ),
    "resume": Act("queues.pause_queue", "queue", _resume),
    "drain": Act(
        "queues.drain_worker",
        "worker",
        _drain,
        "Drain {}?",
        "It finishes what it has and takes nothing more. If no other worker serves its queues, their jobs wait.",
    ),
    "undrain": Act("queues.drain_worker", "worker", _undrain),
    "restart": Act(
        "queues.restart_worker",
        "worker",
        _restart,
        "Restart {}?",
        "It takes nothing more, finishes what it has (or gives it back when that takes too long) and ends; "
        "whoever watches over it starts another one, which loads its models again.",
    ),
    "cancel": Act(
        "runs.cancel_job",
        "job",
        _cancel,
        "Cancel the job {}?",
        "Whoever asked for it sees that it was cancelled. What it had computed of its results stays.",
    ),
    "retry": Act("runs.retry_job", "job", _retry),
    "raise": Act("runs.prioritise_job", "job", _prioritise(STEP)),
    "lower": Act("runs.prioritise_job", "job", _prioritise(-STEP)),
}


class SteerView(View):
    """POST `act`: a name of `ACTS` and what it is done to, as in `pause:gpu`; `sure` answers the question."""

    http_method_names = ["post"]
    admin_site: Any = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, or ask first."""
        name, _, target = request.POST.get("act", "").partition(":")
        act = ACTS.get(name)
        if act is None:
            raise Http404
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        back = self._back(request)
        if act.asks and "sure" not in request.POST:
            return self._ask(request, act, name, target, back)
        messages.success(request, act.do(request, target))
        return HttpResponseRedirect(back)

    def _ask(self, request: HttpRequest, act: Act, name: str, target: str, back: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": act.asks.format(target),
            "warns": act.warns,
            "act": f"{name}:{target}",
            "verb": name.capitalize(),
            "back": back,
        }
        return TemplateResponse(request, "admin/queues/sure.html", context)

    def _back(self, request: HttpRequest) -> str:
        """The page that the button is on, of this site."""
        back = request.POST.get("back", "")
        good = back.startswith("/admin/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if good else "/admin/queues/queueswitch/live/"
