"""Runs over HTTP."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from ninja import Query, Router

from webapp.common.answers import answer, answers
from webapp.common.json_body import content_type_check
from webapp.common.owners import address_of, owner_of, owner_or_new
from webapp.runs import deleting, downloads, estimates, selectors, services
from webapp.runs.models import Job, Run
from webapp.sharing.selectors import share_states
from workers.contract import Estimate, JobsRequest, Result, RunCreated, RunRequest, RunState, RunSummary

router = Router(tags=["runs"])
MOST = 100
"""Runs of one page of a list."""
FARTHEST = 1_000_000


@router.get("/runs", response=list[RunSummary])
def run_list(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many.")] = selectors.RECENT,
    offset: Annotated[int, Query(ge=0, le=FARTHEST, description="How many to pass over.")] = 0,
    q: Annotated[str, Query(max_length=120, description="Words of the label.")] = "",
) -> HttpResponse:
    """My runs, newest first; `X-Total-Count` says how many there are, `Link` where the next ones are."""
    owner = owner_of(request)
    search = q.replace("\0", "")
    total = selectors.runs_of(owner, search=search).count()
    response = answers(selectors.run_summaries(owner, search=search, offset=offset, limit=limit))
    response["X-Total-Count"] = str(total)
    if offset + limit < min(total, FARTHEST):
        following = urlencode({"limit": limit, "offset": offset + limit} | ({"q": search} if search else {}))
        response["Link"] = f'</api/runs?{following}>; rel="next"'
    return response


@router.post("/runs", response={201: RunCreated})
def run_create(request: HttpRequest, body: RunRequest) -> HttpResponse:
    """Ask something about a text, an image or both."""
    run, jobs = services.run_start(request=body, owner=owner_or_new(request), address=address_of(request))
    return _created(run, jobs)


@router.post("/estimates", response=Estimate)
def estimate(request: HttpRequest, body: RunRequest) -> HttpResponse:
    """What a new run would cost and when it would begin; nothing is kept."""
    return answer(estimates.estimate_new(request=body, owner=owner_of(request), address=address_of(request)))


@router.post("/runs/{id}/estimates", response=Estimate)
def estimate_again(request: HttpRequest, id: str, body: JobsRequest) -> HttpResponse:
    """What another question about the same run would cost and when it would begin; nothing is kept."""
    owner = owner_of(request)
    run = selectors.run_of(id, owner)
    return answer(estimates.estimate_further(run=run, request=body, owner=owner, address=address_of(request)))


@router.get("/runs/{id}", response=RunState)
def run_read(request: HttpRequest, id: str) -> HttpResponse:
    """The whole state of a run."""
    run = selectors.run_of(id, owner_of(request))
    state = selectors.run_state(
        run, url=f"/runs/{run.pk}", sources_at="/api/sources", mine=True, shares=share_states(run)
    )
    return answer(state)


@router.delete("/runs/{id}", response={204: None})
def run_cancel(request: HttpRequest, id: str) -> HttpResponse:
    """Cancel what of the run is not finished."""
    content_type_check(request)
    services.run_cancel(run=selectors.run_of(id, owner_of(request)))
    return HttpResponse(status=204)


@router.post("/runs/{id}/delete", response={204: None})
def run_delete(request: HttpRequest, id: str) -> HttpResponse:
    """Delete a run for good: with its results, its links, and texts and files that no other run of mine holds."""
    content_type_check(request)
    deleting.run_delete(run=selectors.run_of(id, owner_of(request)))
    return HttpResponse(status=204)


@router.post("/runs/{id}/stop", response={204: None})
def run_stop(request: HttpRequest, id: str) -> HttpResponse:
    """End generation and keep what exists."""
    content_type_check(request)
    services.run_stop(run=selectors.run_of(id, owner_of(request)))
    return HttpResponse(status=204)


@router.post("/runs/{id}/jobs", response={201: RunCreated})
def jobs_create(request: HttpRequest, id: str, body: JobsRequest) -> HttpResponse:
    """Another question about the same run."""
    owner = owner_of(request)
    run = selectors.run_of(id, owner)
    return _created(run, services.jobs_add(run=run, request=body, owner=owner, address=address_of(request)))


@router.get("/runs/{id}/results/{rid}.{form}", include_in_schema=False)
def result_download(request: HttpRequest, id: str, rid: str, form: str) -> HttpResponse:
    """A finished result as csv, svg or html."""
    run = selectors.run_of(id, owner_of(request))
    return downloads.download(selectors.result_of(run, rid), form)


@router.get("/runs/{id}/results/{rid}", response=Result)
def result_read(request: HttpRequest, id: str, rid: str, arrays: Literal["list", "base64"] = "list") -> HttpResponse:
    """A finished result; `.csv`, `.svg` and `.html` lie beside it."""
    run = selectors.run_of(id, owner_of(request))
    return downloads.whole(request, selectors.result_of(run, rid), arrays)


def _created(run: Run, jobs: list[Job]) -> HttpResponse:
    made = RunCreated(id=run.pk, url=f"/runs/{run.pk}", jobs=[job.pk for job in jobs])
    return answer(made, status=201)
