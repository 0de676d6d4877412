"""What a worker's child keeps between jobs: its models, its event loop, its name. Here torch is imported."""

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from billiard.process import current_process

from webapp.runs import news
from workers.contract import AnalysisRequest, Catalogue, ModelSpec
from workers.contract.trials import TrialReport
from workers.core.steps import Step
from workers.tasks.names import worker_name
from workers.tasks.post import Post

if TYPE_CHECKING:
    from workers.models.cache import ModelCache

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
    """Bytes of the memory in which models lie: the GPU's, else the machine's."""
    import torch

    if device() != "cpu" and torch.cuda.is_available():
        return int(torch.cuda.get_device_properties(0).total_memory)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


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


def compute(request: AnalysisRequest, control: Control, emit: Callable[[Step], None]) -> None:
    """Compute one job with this process's models."""
    from workers.core.run import run

    run(request, models(), control, emit)


def catalogue(specs: dict[str, ModelSpec], tokenizers: dict[str, ModelSpec]) -> Catalogue:
    """What this process can run."""
    from workers.core.catalogue import catalogue

    return catalogue(models(), specs, tokenizers)
