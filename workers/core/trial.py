"""Loads a model on trial: what it offers, what it costs, and which methods fit it; then the memory is as before."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import torch
from PIL import Image

from workers.contract import ModelCard, ModelSpec, Refusal
from workers.contract.trials import TrialReport
from workers.core.catalogue import card_of
from workers.core.discovery import all_methods
from workers.models.cache import Model, ModelCache
from workers.models.folders import ModelFolder, find_model
from workers.models.heads import DetectionHead
from workers.models.judges import PairClassifier, SentenceEncoder
from workers.models.language import LanguageModel

TOKENS = 128
RESET_PEAK = "5"
"""What proc(5) has one write to clear_refs so that the peak of the resident set counts from now."""


def try_model(models: ModelCache, key: str, spec: ModelSpec | None) -> TrialReport:
    """Load a model afresh, run one pass and describe it. Raises Refusal for what cannot or may not be loaded.

    The model stays in memory only if it was there before.
    """
    _check_pinned(key, spec)
    was_here = models.drop(key) > 0
    peak = _Peak(models.device)
    start = time.perf_counter()
    folder = find_model(key, spec)
    _check_room(models, folder)
    try:
        model = models.get(key, spec)
        loaded = time.perf_counter() - start
        tokens = _pass_tokens(model)
        seconds = _seconds_of(_one_pass(model, tokens))
        card = card_of(model, folder)
        return TrialReport(
            card=card,
            device=str(models.device),
            layers=_layers(model),
            weight_bytes=folder.parameters * model.dtype.itemsize,
            budget_bytes=models.budget,
            load_seconds=loaded,
            peak_bytes=peak.bytes(),
            pass_seconds=seconds,
            pass_tokens=tokens,
            methods=fitting(card),
        )
    finally:
        if not was_here:
            models.drop(key)


def fitting(card: ModelCard) -> list[str]:
    """The keys of the methods whose needs and inputs a model meets."""
    able, reads = set(card.abilities), {str(kind) for kind in card.inputs}
    found = []
    for key, method in all_methods().items():
        said = method.card()
        able_to = not said.needs or any(set(needs) <= able for needs in said.needs)
        inputs = {"text" if kind == "table" else str(kind) for kind in said.inputs}
        if said.needs_model and able_to and (not inputs or inputs & reads):
            found.append(key)
    return found


def _check_pinned(key: str, spec: ModelSpec | None) -> None:
    """Refusal: a hub id whose files could be others tomorrow."""
    if spec is None or spec.revision or Path(spec.location).expanduser().is_dir():
        return
    if spec.location.count("/") == 1 and not spec.location.startswith(("/", ".", "~")):
        detail = f"“{key}” is the hub's {spec.location} without a revision; pin the commit that is to be used."
        raise Refusal("revision-not-pinned", detail, field="model")


def _check_room(models: ModelCache, folder: ModelFolder) -> None:
    """Refusal with both numbers: the parameters alone do not fit what the machine has left now."""
    if models.device.type != "cpu":
        return
    size = models.size_of(folder)
    left = psutil.virtual_memory().available
    if models.budget >= size > left:
        detail = (
            f"“{folder.key}” needs {size / 2**20:,.0f} MiB for its parameters; "
            f"this machine has {left / 2**20:,.0f} MiB of memory left."
        )
        raise Refusal("model-too-large", detail, field="model", limit=left, value=size)


def _layers(model: Model) -> int | None:
    config = getattr(model.config, "get_text_config", lambda: model.config)()
    for name in ("num_hidden_layers", "n_layer", "num_layers"):
        value = getattr(config, name, None)
        if isinstance(value, int):
            return value
    return None


def _pass_tokens(model: Model) -> int | None:
    if isinstance(model, LanguageModel | PairClassifier | SentenceEncoder):
        return min(TOKENS, model.context or TOKENS)
    return None


def _one_pass(model: Model, tokens: int | None) -> Callable[[], object] | None:
    """One forward pass; None for what is nothing without another model."""
    if isinstance(model, LanguageModel):
        ids = model.ids([number % model.vocabulary for number in range(tokens or TOKENS)])
        if model.masked:
            return lambda: model.encoded(ids)
        if model.sequence_to_sequence:
            return lambda: model.decode(model.encode(ids=ids), ids=ids[:, :1])
        return lambda: model.hidden(ids=ids)
    words = "a " * (tokens or TOKENS)
    if isinstance(model, PairClassifier):
        return lambda: model._logits([(words, "a")])
    if isinstance(model, SentenceEncoder):
        return lambda: model.embed([words])
    if isinstance(model, DetectionHead):
        return None
    pixels = model.prepare(Image.new("RGB", model.input_size))
    return lambda: model.logits(pixels)


@torch.no_grad()
def _seconds_of(act: Callable[[], object] | None) -> float | None:
    """Of the second of two: the first one also pays for what is set up once."""
    if act is None:
        return None
    act()
    _wait()
    start = time.perf_counter()
    act()
    _wait()
    return time.perf_counter() - start


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


class _Peak:
    """The most that is held beyond what is held now: of the device's memory on a GPU, else of the resident set."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
            self._before = int(torch.cuda.memory_allocated())
            return
        self._before = int(psutil.Process().memory_info().rss)
        with contextlib.suppress(OSError):  # then it counts from the start of the process
            Path("/proc/self/clear_refs").write_text(RESET_PEAK)

    def bytes(self) -> int:
        """How much that was."""
        if self._cuda:
            return max(0, int(torch.cuda.max_memory_allocated()) - self._before)
        try:
            lines = Path("/proc/self/status").read_text().splitlines()
            most = int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024
        except (OSError, StopIteration):
            most = int(psutil.Process().memory_info().rss)
        return max(0, most - self._before)
