"""What the gallery shows."""

from webapp.gallery.models import Entry
from webapp.gallery.questions import QUESTIONS, Question
from webapp.sharing.models import Share
from webapp.sharing.services import hash_of
from workers.contract import Preview, WorkedQuestion


def worked_questions() -> list[WorkedQuestion]:
    """The questions that have been answered and may be read, in the order in which they are declared."""
    entries = {entry.id: entry for entry in Entry.objects.select_related("run")}
    return [
        _worked(question, entry)
        for question in QUESTIONS
        if (entry := entries.get(question.id)) is not None and is_open(entry)
    ]


def is_open(entry: Entry) -> bool:
    """Whether the link still leads to the run."""
    share = Share.objects.filter(secret_hash=hash_of(entry.secret), run_id=entry.run_id).first()
    return share is not None and share.open


def _worked(question: Question, entry: Entry) -> WorkedQuestion:
    sources = entry.run.source_ids
    picture = f"/api/shares/{entry.secret}/sources/{sources[0]}" if question.image and sources else None
    return WorkedQuestion(
        id=question.id,
        lens=question.lens,
        title=question.title,
        question=question.question,
        note=question.note,
        look=question.look,
        url=f"/s/{entry.secret}?question={question.id}",
        text=question.text,
        image_url=picture,
        preview=Preview.model_validate(entry.preview) if entry.preview else None,
    )
