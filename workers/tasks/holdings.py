"""What a worker's child holds, told to the site after each task: jobs are sent where their model is in memory."""

import functools
import logging
import os

from celery.signals import task_postrun, task_prerun

from webapp.queues.services import worker_holds
from workers.models import room
from workers.tasks import child, memory
from workers.tasks.names import worker_name

logger = logging.getLogger("tessera.holdings")

_told: list[list[str]] = []


def loaded() -> list[str]:
    """The models in this process's memory, the latest used first."""
    return child.models().keys if child.models.cache_info().currsize else []


@task_prerun.connect
@task_postrun.connect
def tell(**_: object) -> None:
    """Tell the site where that changed since the last time; a site that is away hears it after the next task."""
    now = loaded()
    if _told == [now]:
        return
    try:
        where = str(child.models().device) if now else child.device()
        name, fills = worker_name(os.getppid()), capacity() if now else None
        worker_holds(name=name, loaded=now, device=where, used=memory.held(), memory=fills)
    except Exception:
        logger.warning("what this worker holds could not be told", exc_info=True)
    else:
        _told[:] = [now]


@functools.cache
def capacity() -> int:
    """Bytes that models and what they compute may fill: the GPU's, else the allowance less what the rest takes."""
    models = child.models()
    if models.device.type != "cuda":
        return max(0, room.allowance() - (room.data() - models.held))
    import torch

    return int(torch.cuda.get_device_properties(models.device).total_memory)
