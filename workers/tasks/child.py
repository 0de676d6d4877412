"""What a worker's child keeps between jobs: its models, its event loop, its name. Here torch is imported."""

import functools
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from billiard.process import current_process
from celery.signals import worker_process_init
from django.db import connections

from webapp.runs import news
from workers.contract import AnalysisRequest, Catalogue, ModelSpec
from workers.contract.trials import TrialReport
from workers.core.steps import Step
from workers.models import room
from workers.tasks import memory
from workers.tasks.names import worker_name
from workers.tasks.post import Post

if TYPE_CHECKING:
    from workers.models.cache import ModelCache

logger = logging.getLogger("tessera.child")

GPU = Path("/dev/nvidiactl")
"""There where the machine has a GPU of NVIDIA's, and its driver."""
BROKEN = 70
"""Exit code of a child that ends itself (EX_SOFTWARE)."""
FULL = 0.75
"""A child that still holds more of its allowance than this, once it has given back what it can, is put anew."""
SHARE_OF_MEMORY = 0.5
"""How much of the memory models may fill unless TESSERA_MODEL_BUDGET_MB says it: the rest is for what they compute."""
REMEMBERED = 4
recent: list[str] = []
"""Models of this process's last jobs, which are likely still in memory."""
Control = Callable[[], Literal["go", "stop", "cancel"]]


def device() -> Literal["cpu", "cuda", "auto"]:
    """Where TESSERA_DEVICE wants the models to be. ValueError for what is no device."""
    wanted = os.environ.get("TESSERA_DEVICE", "auto").strip().lower() or "auto"
    match wanted:
        case "cpu" | "cuda" | "auto":
            return wanted
    raise ValueError(f"TESSERA_DEVICE is auto, cpu or cuda, not {wanted!r}")


@functools.cache
def models() -> "ModelCache":
    """The one cache of this process."""
    from workers.models.cache import ModelCache

    given = os.environ.get("TESSERA_MODEL_BUDGET_MB")
    return ModelCache(int(given) * 2**20 if given else int(SHARE_OF_MEMORY * _memory()), device())


def _memory() -> int:
    """Bytes of the memory in which models lie: the GPU's, else what this process may fill of the machine's."""
    import torch

    if device() != "cpu" and torch.cuda.is_available():
        return int(torch.cuda.get_device_properties(0).total_memory)
    return room.allowance()


@functools.cache
def post() -> Post:
    """The one event loop of this process; from its first use on all news go through it."""
    made = Post()
    news.send_with(made.send)
    return made


def remember(model: str | None) -> None:
    """A job uses this model now."""
    if model:
        recent[:] = [model, *(key for key in recent if key != model)][:REMEMBERED]


def forget(model: str) -> int:
    """Let go of a model; the bytes of its parameters, 0 if it was not in memory."""
    recent[:] = [key for key in recent if key != model]
    return models().drop(model) if models.cache_info().currsize else 0


def try_model(key: str, spec: ModelSpec | None) -> TrialReport:
    """Load a model on trial beside this process's models. Raises Refusal for what cannot or may not be loaded."""
    from workers.core.trial import try_model

    return try_model(models(), key, spec)


def name() -> str:
    """This child's name: its parent's and its place among the parent's children, which its successor inherits."""
    return f"{worker_name(os.getppid())}:{getattr(current_process(), 'index', 0)}"


@worker_process_init.connect
def bound(**_: object) -> None:
    """A child holds no more memory than it is allowed: it fails itself before the kernel kills whom it likes.

    Where it may use a GPU there is no such limit: CUDA maps more of the machine's memory than it fills.
    """
    if device() != "cpu" and GPU.exists():
        return
    try:
        room.limit(room.allowance())
    except (OSError, ValueError):
        logger.warning("this system sets no limit to the memory of a process", exc_info=True)


def healthy() -> bool:
    """Whether this process can take another job after something broke: its GPU answers, its memory is free again."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        try:
            torch.cuda.synchronize()
        except RuntimeError:
            logger.exception("the GPU does not answer any more")
            return False
    memory.give_back()
    if room.data() > FULL * room.allowance() and models.cache_info().currsize:
        models().clear()
        recent.clear()
        memory.give_back()
    return room.data() <= FULL * room.allowance()


def end(why: str) -> NoReturn:
    """End this process at once, news sent; the pool puts another in its place."""
    logger.error("this child ends itself: %s", why)
    if post.cache_info().currsize:
        post().close()
    connections.close_all()
    os._exit(BROKEN)


def compute(request: AnalysisRequest, control: Control, emit: Callable[[Step], None]) -> None:
    """Compute one job with this process's models."""
    from workers.core.run import run

    run(request, models(), control, emit)


def catalogue(specs: dict[str, ModelSpec], tokenizers: dict[str, ModelSpec]) -> Catalogue:
    """What this process can run."""
    from workers.core.catalogue import catalogue

    return catalogue(models(), specs, tokenizers)
