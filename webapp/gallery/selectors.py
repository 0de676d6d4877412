"""What the gallery shows."""

from webapp.gallery.models import Entry
from webapp.gallery.questions import QUESTIONS
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of
from workers.contract import Preview, WorkedQuestion


def worked_questions() -> list[WorkedQuestion]:
    """The questions that have been answered and may be read, in the order in which they are declared."""
    entries = {entry.id: entry for entry in Entry.objects.select_related("run")}
    return [
        _worked(entry) for question in QUESTIONS if (entry := entries.get(question.id)) is not None and is_open(entry)
    ]


def is_open(entry: Entry) -> bool:
    """Whether the link still leads to the run, and what the run was asked is known."""
    share = Share.objects.filter(secret_hash=hash_of(entry.secret), run_id=entry.run_id).first()
    return share is not None and share.open and bool(entry.asked)


def _worked(entry: Entry) -> WorkedQuestion:
    """As it was when it was asked: the question may have changed since, and the run has not."""
    sources = entry.run.source_ids
    return WorkedQuestion(
        id=entry.id,
        **entry.asked,
        url=f"/s/{entry.secret}?question={entry.id}",
        image_url=f"/api/shares/{entry.secret}/sources/{sources[0]}" if sources else None,
        preview=Preview.model_validate(entry.preview) if entry.preview else None,
    )
