"""Links over HTTP: their owner makes and ends them, whoever holds one reads through it."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from webapp.catalogue import selectors as catalogue
from webapp.common.answers import answer, answers
from webapp.common.errors import not_found
from webapp.common.json_body import content_type_check
from webapp.common.origin import same_origin
from webapp.common.owners import owner_of
from webapp.runs import downloads
from webapp.runs.selectors import models_asked, result_of, run_of, run_state
from webapp.sharing import selectors, services
from webapp.sharing.models import Share
from webapp.uploads.api import source_answer
from webapp.uploads.models import Source
from workers.contract import MethodEntry, ModelEntry, Result, RunState, ShareRequest, ShareState, ShareView

EMBEDDABLE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Who made the link allowed every page to read through it; no cookie goes with such a request or counts for it."""

router = Router(tags=["sharing"])
NO_WISHES: Any = Body(ShareRequest())  # type: ignore[type-arg]


def embeddable(share: Share, response: HttpResponse) -> HttpResponse:
    """An answer through a link, which pages of other sites may read if the link says so."""
    for name, value in EMBEDDABLE.items() if share.embed else ():
        response[name] = value
    return response


@router.post("/runs/{id}/share", response={201: ShareState})
def share_create(request: HttpRequest, id: str, body: ShareRequest = NO_WISHES) -> HttpResponse:
    """Make a link; its address is told in this answer only."""
    run = run_of(id, owner_of(request))
    share, secret = services.share_create(run=run, request=body)
    url = request.build_absolute_uri(f"/s/{secret}")
    return answer(selectors.share_state(share, url=url), status=201)


@router.delete("/runs/{id}/shares/{sid}", response={204: None})
def share_revoke(request: HttpRequest, id: str, sid: str) -> HttpResponse:
    """End a link."""
    content_type_check(request)
    services.share_revoke(run=run_of(id, owner_of(request)), id=sid)
    return HttpResponse(status=204)


@router.get("/shares/{secret}", response=RunState)
def shared_run(request: HttpRequest, secret: str) -> HttpResponse:
    """The run behind a link, read-only."""
    share = selectors.share_of(secret)
    state = run_state(share.run, url=f"/s/{secret}", sources_at=f"/api/shares/{secret}/sources", mine=False)
    return embeddable(share, answer(state))


@router.get("/shares/{secret}/view", response=ShareView)
def shared_view(request: HttpRequest, secret: str) -> HttpResponse:
    """What was chosen, pinned and written when the link was made. Asked by another site's page, it counts as a view."""
    share = selectors.share_of(secret)
    if share.embed and not same_origin(request.headers.get("Origin"), request.get_host()):
        services.share_viewed(share=share)
    return embeddable(share, answer(selectors.share_view(share)))


@router.get("/shares/{secret}/methods", response=list[MethodEntry])
def shared_methods(request: HttpRequest, secret: str) -> HttpResponse:
    """Every method, for whoever holds a link to a run: what its results are called, and how they are read."""
    return embeddable(selectors.share_of(secret), answers(catalogue.methods()))


@router.get("/shares/{secret}/models", response=list[ModelEntry])
def shared_models(request: HttpRequest, secret: str) -> HttpResponse:
    """The models that the run behind a link asked, in whatever role."""
    share = selectors.share_of(secret)
    asked = models_asked(share.run)
    return embeddable(share, answers([model for model in catalogue.models() if model.key in asked]))


@router.get("/shares/{secret}/sources/{id}", openapi_extra={"responses": {200: {"description": "Text or PNG."}}})
def shared_source(request: HttpRequest, secret: str, id: str) -> HttpResponse:
    """A source of the run behind a link."""
    share = selectors.share_of(secret)
    source = Source.objects.filter(pk=id).first() if id in share.run.source_ids else None
    if source is None:
        raise not_found("source")
    response = source_answer(source)
    response["Cache-Control"] = "private, no-store"
    return embeddable(share, response)


@router.get("/shares/{secret}/results/{rid}.{form}", include_in_schema=False)
def shared_download(request: HttpRequest, secret: str, rid: str, form: str) -> HttpResponse:
    """A finished result of the run behind a link as csv, svg or html."""
    share = selectors.share_of(secret)
    return embeddable(share, downloads.download(result_of(share.run, rid), form))


@router.get("/shares/{secret}/results/{rid}", response=Result)
def shared_result(
    request: HttpRequest, secret: str, rid: str, arrays: Literal["list", "base64"] = "list"
) -> HttpResponse:
    """A finished result of the run behind a link."""
    share = selectors.share_of(secret)
    return embeddable(share, downloads.whole(request, result_of(share.run, rid), arrays))
