"""Mail leaves after the answer: how long an answer takes does not tell whether a mail was sent."""

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import send_mail
from limits import RateLimitItemPerHour

from webapp.common import counters
from webapp.common.counters import AwayError
from webapp.config.mail import FILES

logger = logging.getLogger("tessera.mail")
MOST_WAITING = 100
MOST_PER_HOUR = RateLimitItemPerHour(5)
"""To one address: nobody's box is filled by somebody who types their address here."""
_room = BoundedSemaphore(MOST_WAITING)
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_soon(*, subject: str, body: str, to: str) -> None:
    """Hand a mail to the one thread that sends them; over MOST_WAITING, or MOST_PER_HOUR to an address, it is dropped.

    Nobody who asked is told: it would tell that the address is known.
    """
    if _too_many(to):
        logger.warning("a mail was dropped: its address was sent %d within an hour", MOST_PER_HOUR.amount)
        return
    if not _room.acquire(blocking=False):
        logger.error("a mail was dropped: %d wait already", MOST_WAITING)
        return
    _sender.submit(_send, subject, body, to)


def wait_sent() -> None:
    """Return once everything handed over so far is sent."""
    _sender.submit(int).result()


def _too_many(to: str) -> bool:
    key = ("mail", hashlib.sha256(to.casefold().encode()).hexdigest()[:24])
    try:
        return counters.shared().hit([MOST_PER_HOUR], *key, exact=True) is not None
    except AwayError:
        return counters.own().hit([MOST_PER_HOUR], *key, exact=True) is not None


def _send(subject: str, body: str, to: str) -> None:
    try:
        if settings.EMAIL_BACKEND == FILES:  # whoever reads such a file can set a password
            Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        send_mail(" ".join(subject.split()), body, None, [to])
    except Exception:
        logger.exception("a mail could not be sent")
    finally:
        _room.release()
