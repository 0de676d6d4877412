"""Reads of runs: whose they are, and their whole state."""

from collections import defaultdict

from django.db.models import QuerySet

from webapp.common.errors import not_found
from webapp.common.ids import is_id
from webapp.common.owners import Owner
from webapp.runs.line import prospects
from webapp.runs.models import Job, Result, Run, State
from webapp.runs.shapes import job_state, result_state
from webapp.uploads.models import Source
from webapp.uploads.selectors import source_state
from workers.contract import Branch, Generate, Reading, RunState, RunSummary, ShareState

RECENT = 50


def run_of(id: str, owner: Owner) -> Run:
    """The person's run of this id. Refusal (404) if there is none or it is somebody else's."""
    run = Run.objects.filter(owner.owned(), pk=id).first() if is_id(id) else None
    if run is None:
        raise not_found()
    return run


def result_of(run: Run, id: str) -> Result:
    """The finished result of this id in a run. Refusal (404) if there is none, or not yet."""
    done = Result.objects.select_related("job__run").filter(job__run=run, state=State.DONE)
    result = done.filter(pk=id).first() if is_id(id) else None
    if result is None:
        raise not_found("result")
    return result


def models_asked(run: Run) -> set[str]:
    """The keys of the models of a run, those that fill a role included."""
    calls = Result.objects.filter(job__run=run).values_list("call", flat=True)
    asked = {key for call in calls for key in call.get("roles", {}).values()}
    return asked | {model for model in run.jobs.values_list("model", flat=True) if model}


def sources_of(run: Run) -> list[Source]:
    """The sources of a run, in the order in which they were given."""
    found = Source.objects.in_bulk(run.source_ids)
    return [found[id] for id in run.source_ids if id in found]


def run_state(run: Run, *, url: str, sources_at: str, mine: bool, shares: list[ShareState] | None = None) -> RunState:
    """The whole state of a run; the addresses of its pictures begin with `sources_at`.

    Only its owner learns from which other run it departs: nobody else could open that one.
    """
    jobs = list(run.jobs.all())
    told = prospects(jobs)
    said = {row.model: row for row in run.continuations.all()}
    return RunState(
        id=run.pk,
        seq=run.seq,
        url=url,
        created=run.created,
        mine=mine,
        reading=Reading.model_validate(run.reading),
        generate=Generate.model_validate(run.generate) if run.generate else None,
        branch=Branch.model_validate(run.branch) if run.branch and mine else None,
        sources=[source_state(source, at=sources_at) for source in sources_of(run)],
        jobs=[job_state(job, prospect=told.get(job.pk), continuation=said.get(job.model or "")) for job in jobs],
        results=[result_state(result) for result in Result.objects.filter(job__run=run)],
        shares=shares or [],
    )


def runs_of(owner: Owner, *, search: str = "") -> QuerySet[Run]:
    """The person's runs, newest first: those whose label holds the searched words, or all."""
    mine = Run.objects.filter(owner.owned()).order_by("-created", "id")
    return mine.filter(label__icontains=search) if search else mine


def run_summaries(owner: Owner, *, search: str = "", offset: int = 0, limit: int = RECENT) -> list[RunSummary]:
    """A page of the person's runs, newest first: four queries, of columns only."""
    shown = runs_of(owner, search=search).only("created", "label", "source_ids")
    runs = {run.pk: run for run in shown[offset : offset + limit]}
    jobs: defaultdict[str, list[tuple[str | None, State]]] = defaultdict(list)
    methods: defaultdict[str, list[str]] = defaultdict(list)
    for run, model, state in Job.objects.filter(run__in=runs).values_list("run", "model", "state"):
        jobs[run].append((model, State(state)))
    for run, method in Result.objects.filter(job__run__in=runs).values_list("job__run", "method"):
        methods[run].append(method)
    wanted = {id for run in runs.values() for id in run.source_ids}
    images = set(Source.objects.filter(pk__in=wanted, kind=Source.Kind.IMAGE).values_list("pk", flat=True))
    return [
        RunSummary(
            id=pk,
            url=f"/runs/{pk}",
            created=run.created,
            label=run.label,
            thumbnail=next((f"/api/sources/{id}" for id in run.source_ids if id in images), None),
            models=list(dict.fromkeys(model for model, _ in jobs[pk] if model)),
            methods=list(dict.fromkeys(methods[pk])),
            state=overall({state for _, state in jobs[pk]}),
        )
        for pk, run in runs.items()
    ]


def overall(states: set[State]) -> State:
    """One state for many jobs: what is still going on first, then what went wrong."""
    for state in (State.RUNNING, State.LEASED, State.QUEUED, State.DONE, State.FAILED):
        if state in states:
            return state
    return State.CANCELLED
