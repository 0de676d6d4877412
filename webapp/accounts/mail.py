"""Mail leaves after the answer: how long an answer takes does not tell whether a mail was sent."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.core.mail import send_mail

logger = logging.getLogger("tessera.mail")
MOST_WAITING = 100
_room = BoundedSemaphore(MOST_WAITING)
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_soon(*, subject: str, body: str, to: str) -> None:
    """Hand a mail to the one thread that sends them; over MOST_WAITING it is dropped and written down."""
    if not _room.acquire(blocking=False):
        logger.error("a mail was dropped: %d wait already", MOST_WAITING)
        return
    _sender.submit(_send, subject, body, to)


def wait_sent() -> None:
    """Return once everything handed over so far is sent."""
    _sender.submit(int).result()


def _send(subject: str, body: str, to: str) -> None:
    try:
        send_mail(" ".join(subject.split()), body, None, [to])
    except Exception:
        logger.exception("a mail could not be sent")
    finally:
        _room.release()
