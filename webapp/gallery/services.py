"""Asking the questions of the gallery: once, one after the other, when nobody else waits."""

import hashlib
import json
import time
from dataclasses import asdict
from enum import StrEnum

from django.core.files.base import ContentFile
from django.db import transaction

from webapp.catalogue.models import Method, Model
from webapp.common.owners import Owner
from webapp.gallery.models import Entry
from webapp.gallery.previews import preview_of
from webapp.gallery.questions import Question
from webapp.gallery.selectors import is_open
from webapp.runs import estimates
from webapp.runs.contents import result_read
from webapp.runs.models import ENDED, OPEN, Job, Run, State
from webapp.runs.services import run_cancel, run_start
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of, share_create, share_revoke
from webapp.uploads.services import file_keep
from workers.contract import Preview, Result, RunRequest, ShareRequest

HOUSE = Owner("house:gallery", None)
"""Whose the runs are: no browser's id holds a colon."""
ADDRESS = "house"
LAST = estimates.BACKGROUND - 10
"""The priority of its jobs: everybody else goes first."""
POLL = 0.5


class Outcome(StrEnum):
    """What became of a question."""

    KEPT = "kept"
    MADE = "made"
    MISSING = "missing"
    FAILED = "failed"


def question_make(question: Question, *, patience: float = 600.0) -> Outcome:
    """Ask a question unless it stands answered by the present versions; the old answer stays until the new is there.

    `patience`: seconds to wait until nobody else has anything queued, and again for the answer.
    """
    made_of = fingerprint(question)
    if made_of is None:
        return Outcome.MISSING
    known = Entry.objects.filter(pk=question.id).first()
    if known is not None and known.made_of == made_of and is_open(known):
        return Outcome.KEPT
    _wait_for_quiet(patience)
    run = _ask(question)
    if not _wait_for_end(run, patience):
        run_cancel(run=run)
        return Outcome.FAILED
    with transaction.atomic():
        if known is not None:
            _end_link(known)
        _, secret = share_create(run=run, request=ShareRequest(expires_in=None, note=question.note))
        preview = _preview(run, question.look)
        shown = preview.model_dump(mode="json") if preview else None
        values = {"run": run, "secret": secret, "made_of": made_of, "asked": question.said(), "preview": shown}
        Entry.objects.update_or_create(pk=question.id, defaults=values)
    return Outcome.MADE


def fingerprint(question: Question) -> str | None:
    """A hash of the question and of the versions that answer it; None while no worker offers one of them."""
    keys = [call["key"] for call in question.methods]
    models = [key for call in question.methods for key in call.get("roles", {}).values()]
    models += [question.model] if question.model else []
    methods = {row.key: row for row in Method.objects.filter(key__in=keys)}
    found = {row.key: row for row in Model.objects.filter(key__in=models)}
    if set(methods) != set(keys) or set(found) != set(models):
        return None
    if not all(row.available for row in (*methods.values(), *found.values())):
        return None
    versions = [
        [[key, methods[key].card["version"]] for key in sorted(methods)],
        [[key, *(found[key].card[part] for part in ("revision", "dtype", "tokenizer_hash"))] for key in sorted(found)],
    ]
    told = json.dumps([asdict(question), versions], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _ask(question: Question) -> Run:
    """Queue the run behind all others."""
    with transaction.atomic():
        sources = []
        if (path := question.picture) is not None:
            file = ContentFile(path.read_bytes(), name=path.name)
            sources.append(file_keep(file=file, kind="image", owner=HOUSE, address=ADDRESS).pk)  # type: ignore[arg-type]
        request = RunRequest.model_validate(question.request(sources))
        run, _ = run_start(request=request, owner=HOUSE, address=ADDRESS)
        Run.objects.filter(pk=run.pk).update(label=question.title)
        Job.objects.filter(run=run).update(priority=LAST)
    return run


def _end_link(entry: Entry) -> None:
    """Nothing leads to this answer any more; the run is deleted as any other."""
    for share in Share.objects.filter(secret_hash=hash_of(entry.secret), run_id=entry.run_id):
        share_revoke(run=entry.run, id=share.pk)


def _wait_for_quiet(patience: float) -> None:
    """Until nobody has a job that is queued or computed; after that long it is asked all the same, as the last."""
    deadline = time.monotonic() + patience
    while Job.objects.filter(state__in=OPEN).exists() and time.monotonic() < deadline:
        time.sleep(POLL)


def _wait_for_end(run: Run, patience: float) -> bool:
    """Whether every answer came."""
    deadline = time.monotonic() + patience
    while run.jobs.exclude(state__in=ENDED).exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    results = [result for job in run.jobs.all() for result in job.results.all()]
    return all(result.state == State.DONE for result in results)


def _preview(run: Run, look: str) -> Preview | None:
    for job in run.jobs.all():
        for result in job.results.filter(method=look):
            return preview_of(Result.model_validate(result_read(result.key)))
    return None
