"""Turns the steps of a computation into rows and news."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from webapp.catalogue.selectors import Cards
from webapp.common.errors import system_problem
from webapp.common.files import NoRoomError
from webapp.runs import work
from webapp.runs.models import Job
from workers.contract import DeltaData, ProgressData, Refusal, Result
from workers.core.steps import Cancelled, Continued, Delta, Failed, Finished, Progress, Step
from workers.tasks.patience import AWAY, patiently

logger = logging.getLogger("tessera.desk")

TELL_EVERY = 0.1
KEEP_EVERY = 1.0


class Desk:
    """Takes the steps of one job. Whoever lost the lease is told to give up, once; nothing is raised for that."""

    def __init__(
        self, lease: work.Lease, job: Job, results: Sequence[tuple[int, str]], cards: Cards, give_up: Callable[[], None]
    ) -> None:
        self._lease, self._job, self._cards, self._give_up = lease, job, cards, give_up
        self._results = results
        self._lock = threading.RLock()
        self._said: list[Delta] = []
        self._ids: list[int] = []
        self._text = ""
        self._kept = self._written = self._told = 0.0
        self._call: int | None = -1
        self.lost = False
        self.cancelled = False
        self.failed: Failed | None = None
        self.broke = False
        """Whether something failed that may have left this process unwell."""

    def take(self, step: Step) -> None:
        """Keep and tell one step. What follows a lost lease is ignored."""
        with self._lock:
            if self.lost:
                return
            try:
                patiently(lambda: self._take(step))
            except work.LeaseLost:
                self.lost = True
                self._give_up()

    def gathered(self) -> None:
        """Send the tokens that gathered since the last time, and keep the text so far each second."""
        with self._lock:
            if not self._said or self.lost:
                return
            first, said = self._said[0], self._said
            self._said = []
            delta = DeltaData(
                start=first.start,
                ids=[id for part in said for id in part.ids],
                text=said[-1].text,  # each says the whole text so far
                ends=[end for part in said for end in part.ends],
                probabilities=[value for part in said for value in part.probabilities],
            )
            work.delta_tell(lease=self._lease, delta=delta)
            if time.monotonic() - self._kept >= KEEP_EVERY:
                self._kept = time.monotonic()
                model = self._job.model or ""
                work.continuation_keep(lease=self._lease, model=model, ids=self._ids, text=self._text)

    def _take(self, step: Step) -> None:
        match step:
            case Progress(call, message, fraction):
                self._progress(call, ProgressData(message=message, fraction=fraction))
            case Delta():
                self._said.append(step)
                self._ids = self._ids[: step.start] + step.ids
                self._text = step.text
            case Continued(continuation):
                self.gathered()
                work.continuation_store(lease=self._lease, job=self._job, continuation=continuation, cards=self._cards)
            case Finished(call, result):
                self._finished(self._index(call), result)
            case Failed(None):
                self.failed = step
                self.broke |= _breaks(step)
            case Failed(int(call), problem, fault):
                self.broke |= _breaks(step)
                work.result_fail(lease=self._lease, index=self._index(call), problem=problem, fault=fault)
            case Cancelled():
                self.cancelled = True

    def _progress(self, call: int | None, progress: ProgressData) -> None:
        now = time.monotonic()
        fresh = call != self._call
        if fresh or now - self._written >= KEEP_EVERY:
            self._written, self._call = now, call
            index = None if call is None else self._index(call)
            work.result_progress(lease=self._lease, index=index, progress=progress)
        if fresh or now - self._told >= TELL_EVERY:
            self._told = now
            result = None if call is None else self._results[call][1]
            work.progress_tell(lease=self._lease, result=result, progress=progress)

    def _finished(self, index: int, result: Result) -> None:
        try:
            work.result_store(lease=self._lease, job=self._job, index=index, computed=result, cards=self._cards)
        except Refusal as refusal:
            work.result_fail(lease=self._lease, index=index, problem=refusal.problem(), fault="person")
        except (work.LeaseLost, *AWAY):
            raise
        except NoRoomError:
            logger.exception("there is no room for the result %s of job %s", result.method, self._lease.job)
            work.result_fail(
                lease=self._lease, index=index, problem=system_problem("no-room-for-results"), fault="system"
            )
        except Exception:
            logger.exception("result %s of job %s could not be stored", result.method, self._lease.job)
            work.result_fail(lease=self._lease, index=index, problem=system_problem("internal"), fault="system")

    def _index(self, call: int) -> int:
        return self._results[call][0]


def _breaks(failed: Failed) -> bool:
    return failed.fault == "system" or failed.problem.type == "/problems/out-of-memory"
