"""Rows as the contract's shapes."""

from typing import Any

from webapp.runs.models import Continuation, Job, Result
from workers.contract import ContinuationState, JobState, Prospect, ResultState

PROSPECTS = set(Prospect.model_fields)
"""What changes by itself, without news of the job: it comes with the whole state and with every heartbeat."""


def job_state(job: Job, *, prospect: Prospect | None = None, continuation: Continuation | None = None) -> JobState:
    """A job, with when it begins or ends and what its model generated so far."""
    said = None
    if continuation is not None:
        said = ContinuationState(
            ids=continuation.data["ids"], text=continuation.data["text"], finish=continuation.data.get("finish")
        )
    return JobState.model_validate(
        {
            "id": job.pk,
            "state": job.state,
            "model": job.model,
            "targets": job.targets,
            **(prospect or Prospect()).model_dump(),
            "queue": job.queue,
            "created": job.created,
            "started": job.started,
            "finished": job.finished,
            "cancelling": job.cancelling,
            "freed": job.freed,
            "continuation": said,
            "problem": job.problem,
        }
    )


def result_state(result: Result) -> ResultState:
    """A result, without its arrays."""
    return ResultState.model_validate(
        {
            "id": result.pk,
            "job": result.job_id,
            "method": result.call,
            "lens": result.lens,
            "state": result.state,
            "progress": result.progress,
            "problem": result.problem,
            "figures": result.figures,
            "seconds": result.seconds,
        }
    )


def job_data(job: Job) -> dict[str, Any]:
    """What an event of kind `state` carries: the job, without what it generated."""
    return job_state(job).model_dump(mode="json", exclude={"continuation", *PROSPECTS})


def result_data(result: Result) -> dict[str, Any]:
    """What an event of kind `result` carries: the result's row."""
    return result_state(result).model_dump(mode="json")
