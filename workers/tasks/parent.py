"""A worker's parent process: reports itself, sweeps, kills what does not end, and has its child publish its cards.

Both run on the timer of the parent's own event loop, so that no other thread is at work when it forks a child.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery import bootsteps
from celery.signals import worker_shutdown, worker_shutting_down
from celery.utils.nodenames import worker_direct
from celery.worker import state
from django.db import connections

from webapp.catalogue.errands import errands_lost, errands_sweep
from webapp.config.celery import QUEUES, app
from webapp.queues.selectors import orders_of
from webapp.queues.services import RESTART_PATIENCE, worker_beat, worker_gone
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
            self.known = True
        acts: tuple[tuple[float, Callable[[], object]], ...] = (
            (BEAT_EVERY, lambda: beat(consumer)),
            (BEAT_EVERY, lambda: obey(consumer)),
            (LOOK_EVERY, lambda: look(consumer.pool)),
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


def beat(consumer: Any) -> None:
    """Report this worker, and ask its child for cards where the site has none of the present allow-list."""
    name = worker_name(os.getpid())
    used = sum(memory.of(process.pid) or 0 for process in consumer.pool._pool._pool)
    if worker_beat(name=name, queues=QUEUES, node=consumer.hostname, host=socket.gethostname(), used=used):
        dispatch.ask_for_cards(worker_direct(consumer.hostname))


def obey(consumer: Any) -> None:
    """Take no more messages while the admin drains this worker, and end when it is to be restarted."""
    orders = orders_of(worker_name(os.getpid()), patience=RESTART_PATIENCE)
    for queue in QUEUES:
        listening = consumer.task_consumer.consuming_from(queue)
        if orders.drain and listening:
            consumer.cancel_task_queue(queue)
        elif not orders.drain and not listening:
            consumer.add_task_queue(queue)
    if orders.end and orders.now:
        logger.warning("this worker is to be restarted; its job goes back to the queue")
        give_back()
        state.should_terminate = os.EX_OK  # type: ignore[assignment]  # None until then
    elif orders.end:
        logger.info("this worker is to be restarted, and has nothing to do")
        state.should_stop = os.EX_OK  # type: ignore[assignment]  # the same


def look(pool: Any) -> None:
    """See to the children: those that die from now on are noticed, those that should have ended are ended."""
    notice_deaths(pool)
    end_overdue(pool)


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
    """Have jobs brought back at once whose child died, before the pool puts another in its place.

    To be asked for again and again: Celery puts its own act in this place whenever its event loop starts.
    """
    billiard = pool._pool
    before = billiard.on_process_down
    if getattr(before, "notices", False):
        return

    def down(process: Any) -> None:
        if before is not None:
            before(process)
        worker = f"{worker_name(os.getpid())}:{process.index}"
        how = how_it_died(process.exitcode)
        guarded(lambda: sweeper.recover(worker=worker, how=how))
        guarded(lambda: errands_lost(worker=worker, how=how))

    down.notices = True  # type: ignore[attr-defined]
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
