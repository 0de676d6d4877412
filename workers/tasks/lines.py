"""Every line that a worker logs says which worker it is."""

import os

from celery.signals import worker_init, worker_process_init

from webapp.common.logs import always
from workers.tasks import child
from workers.tasks.names import worker_name


@worker_init.connect
def of_the_parent(**_: object) -> None:
    """The process that reports and sweeps."""
    always(worker=worker_name(os.getpid()))


@worker_process_init.connect
def of_the_child(**_: object) -> None:
    """The process that computes."""
    always(worker=child.name())
