"""Problems by whose fault they are: the ids, their status, and the text of those that are not the person's."""

from enum import StrEnum

from workers.contract import Problem, Refusal


class Fault(StrEnum):
    """Who can do something about it."""

    PERSON = "person"
    SYSTEM = "system"
    CANCELLED = "cancelled"


PERSON: dict[str, int] = {
    "not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "catalogue-empty": 409,
    "body-too-slow": 408,
    "body-too-large": 413,
    "body-not-json": 400,
    "bad-request": 400,
    "content-type": 415,
    "login-required": 401,
    "token-invalid": 401,
    "scope-missing": 403,
    "foreign-origin": 403,
    "forbidden": 403,
    "too-many-requests": 429,
    "requests-uncounted": 429,
    "no-room": 429,
    "too-many-runs": 429,
    "too-many-sources": 429,
    "pictures-waiting": 429,
    "too-many-jobs": 429,
    "too-much-computing": 429,
    "too-many-tokens": 429,
    "invalid": 422,
    "text-empty": 422,
    "text-too-long": 422,
    "text-not-utf8": 422,
    "text-unclean": 422,
    "input-missing": 422,
    "file-missing": 422,
    "image-unreadable": 422,
    "image-truncated": 422,
    "image-too-large": 422,
    "image-svg": 422,
    "file-too-large": 422,
    "source-kind": 422,
    "source-unknown": 422,
    "method-unknown": 422,
    "method-missing": 422,
    "method-does-not-fit": 422,
    "model-unknown": 422,
    "model-missing": 422,
    "tokenizer-unknown": 422,
    "role-missing": 422,
    "role-unknown": 422,
    "roles-differ": 422,
    "tokenizers-differ": 422,
    "parameter-invalid": 422,
    "target-invalid": 422,
    "result-too-large": 422,
    "too-much-memory": 422,
    "share-invalid": 422,
}
"""Problems that the person can mend, with the HTTP status that tells so."""

SYSTEM: dict[str, str] = {
    "model-disabled": "The model was switched off before this job's turn came, so it was not computed.",
    "trial-failed": "The model cannot be loaded by this worker; its log says why.",
    "trial-lost": "The worker that was at it ended.",
    "internal": "Something in this house failed; it is not your input's fault. It has been written down.",
    "no-room-for-results": "The disk on which results are kept is full, so this one was not kept. Ask again later.",
    "job-too-long": "The computation took longer than this house lets a job take, so it was ended.",
    "worker-lost": "The worker that computed this was lost again and again, so it is not tried any more.",
}
"""Problems of the house: generic texts only, details go to the log."""

CANCELLED: dict[str, str] = {"cancelled": "It was cancelled before it finished."}


def refuse(
    id: str, detail: str, *, field: str | None = None, limit: float | None = None, value: float | None = None
) -> Refusal:
    """The refusal of something that a person asked for. KeyError for an id that nobody declared."""
    return Refusal(id, detail, field=field, status=PERSON[id], limit=limit, value=value)


def not_found(what: str = "run") -> Refusal:
    """404, for what does not exist and for what belongs to somebody else alike."""
    return refuse("not-found", f"There is no such {what}, or it is not yours.")


def system_problem(id: str, *, more: str = "", limit: float | None = None, value: float | None = None) -> Problem:
    """The problem document of a failure of the house (or of a cancellation); `more` follows its text."""
    texts = SYSTEM | CANCELLED
    title = id.replace("-", " ").capitalize()
    status = 500 if id in SYSTEM else 499
    detail = f"{texts[id]} {more}".strip()
    return Problem(type=f"/problems/{id}", title=title, status=status, detail=detail, limit=limit, value=value)
