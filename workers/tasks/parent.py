"""A worker's parent process: reports itself, sweeps, kills what does not end, and has its child publish its cards.

Both run on the timer of the parent's own event loop, so that no other thread is at work when it forks a child.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from celery import bootsteps
from celery.signals import worker_shutdown, worker_shutting_down
from celery.utils.nodenames import worker_direct
from django.db import connections

from webapp.catalogue.errands import errands_lost, errands_sweep
from webapp.config.celery import app
from webapp.queues.services import worker_beat, worker_gone
from webapp.runs import dispatch, sweeper
from workers.tasks import memory
from workers.tasks.names import worker_name

logger = logging.getLogger("tessera.parent")

BEAT_EVERY = 5.0
LOOK_EVERY = 2.0
"""Seconds between two looks for children that do not end although they should."""
GONE_AFTER = 5.0
"""Seconds within which a killed process has to be gone."""


class Heart(bootsteps.StartStopStep):
    """Starts with the consumer (again after each loss of the broker), and ends with it."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        self.entries: list[Any] = []
        self.known = False

    def start(self, consumer: Any) -> None:
        """Report and sweep at once, then again and again."""
        if not self.known:  # in a container that was started again the name is the old one, its cards may not be
            guarded(lambda: worker_gone(name=worker_name(os.getpid())))
            notice_deaths(consumer.pool)
            self.known = True
        acts: tuple[tuple[float, Callable[[], object]], ...] = (
            (BEAT_EVERY, lambda: beat(consumer.hostname)),
            (LOOK_EVERY, lambda: end_overdue(consumer.pool)),
            (sweeper.EVERY, sweeper.sweep),
            (sweeper.EVERY, errands_sweep),
        )
        for every, act in acts:
            guarded(act)
            self.entries.append(consumer.timer.call_repeatedly(every, guarded, (act,)))

    def stop(self, consumer: Any) -> None:
        """No more of it."""
        for entry in self.entries:
            entry.cancel()
        self.entries.clear()


def beat(hostname: str) -> None:
    """Report this worker, and ask its child for cards where the site has none of the present allow-list."""
    queues = sorted(str(name) for name in app.amqp.queues.consume_from)
    if worker_beat(name=worker_name(os.getpid()), queues=queues):
        dispatch.ask_for_cards(worker_direct(hostname))


def end_overdue(pool: Any) -> None:
    """Kill children that do not end although they should, and end their jobs once they are gone.

    The pool puts others in their places: not before this returns, since it does so on the same event loop.
    """
    late = {each.place: each for each in sweeper.overdue(worker=worker_name(os.getpid()))}
    for process in list(pool._pool._pool) if late else []:
        if process.index in late:
            logger.warning("job %s does not end: its child %d is killed", late[process.index].job.pk, process.pid)
            held = memory.of(process.pid)
            pool.terminate_job(process.pid, signal.SIGKILL)
            process.join(GONE_AFTER)
            if process.exitcode is None:  # in the middle of a system call that does not end: the next round asks again
                logger.error("the child %d was killed and is not gone after %.0f s", process.pid, GONE_AFTER)
                continue
            sweeper.killed(late=late[process.index], freed=held)


def notice_deaths(pool: Any) -> None:
    """Have jobs brought back at once whose child died, before the pool puts another in its place."""
    billiard = pool._pool
    before = billiard.on_process_down

    def down(process: Any) -> None:
        if before is not None:
            before(process)
        worker = f"{worker_name(os.getpid())}:{process.index}"
        how = how_it_died(process.exitcode)
        guarded(lambda: sweeper.recover(worker=worker, how=how))
        guarded(lambda: errands_lost(worker=worker, how=how))

    billiard.on_process_down = down


def how_it_died(exitcode: int | None) -> str:
    """In words; empty where nothing is known."""
    if exitcode is None:
        return ""
    if exitcode >= 0:
        return f"ended with exit code {exitcode}"
    guess = "; perhaps out of memory" if -exitcode == signal.SIGKILL else ""
    return f"killed by signal {-exitcode}{guess}"


def guarded(act: Callable[[], object]) -> None:
    """Act, and leave no connection open over a fork; a database that is away is only logged."""
    try:
        act()
    except Exception:
        logger.warning("the worker could not report or sweep; it tries again", exc_info=True)
    finally:
        connections.close_all()


@worker_shutting_down.connect
def give_back(**_: object) -> None:
    """The worker is told to end: its job goes back to the queue, which ends the computation, too.

    In a thread of its own, since the signal may have come in the middle of the parent's own query.
    """
    name = worker_name(os.getpid())
    thread = threading.Thread(target=guarded, args=(lambda: sweeper.release(worker=name),), name="give-back")
    thread.start()
    thread.join(timeout=3)


@worker_shutdown.connect
def leave(**_: object) -> None:
    """The worker ends in order."""
    guarded(lambda: worker_gone(name=worker_name(os.getpid())))


app.steps["consumer"].add(Heart)
