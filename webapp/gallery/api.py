"""The gallery over HTTP."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from webapp.common.answers import answers
from webapp.gallery.selectors import worked_questions
from workers.contract import WorkedQuestion

router = Router(tags=["gallery"])


@router.get("/gallery", response=list[WorkedQuestion])
def gallery(request: HttpRequest) -> HttpResponse:
    """Questions that the house asked once, each a stored run that everybody may open."""
    return answers(worked_questions())
