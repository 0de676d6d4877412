"""What is written under every result: how it was computed, on what, and what it cost."""

import resource
import sys
import time
from types import TracebackType
from typing import Any, Self

import torch

from workers.contract import ModelUse, Provenance, ResolvedTarget, Result
from workers.core.method import Findings, Method
from workers.core.named import named
from workers.core.passes import Passes
from workers.models.cache import Model
from workers.models.language import LanguageModel


class Meter:
    """Seconds and peak memory of a block: the device's allocations on CUDA, else the process's resident set."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self.seconds = 0.0
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
        self._start = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._cuda:
            torch.cuda.synchronize()
            self.peak_bytes = torch.cuda.max_memory_allocated()
        else:
            unit = 1 if sys.platform == "darwin" else 1024
            self.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        self.seconds = time.perf_counter() - self._start


def result_of(method: Method, findings: Findings, passes: Passes, meter: Meter) -> Result:
    """The findings with their provenance."""
    targets = list(findings.targets)
    return Result(
        method=method.key,
        version=method.version,
        lens=method.lens,
        target=targets[0] if len(targets) == 1 else None,
        strips=list(findings.strips),
        panels=list(findings.panels),
        figures=findings.figures,
        provenance=_provenance(method, findings, passes, meter, targets),
    )


def _provenance(
    method: Method, findings: Findings, passes: Passes, meter: Meter, targets: list[ResolvedTarget]
) -> Provenance:
    parameters: dict[str, Any] = method.model_dump(mode="json")
    uses = [*(model_uses(passes) if method.needs else []), *_named_uses(method, parameters, passes)]
    return Provenance(
        models=uses,
        device=str(passes.models.device) if method.needs else "cpu",
        method=method.key,
        version=method.version,
        parameters=parameters,
        reading=passes.reading,
        target=targets,
        rows=sorted({row for target in targets for row in target.rows}),
        seed=passes.seed,
        seconds=meter.seconds,
        peak_memory_bytes=meter.peak_bytes,
        reads=findings.reads or method.reads,
        caveat=" ".join(filter(None, (_caveat(method, findings), _of_the_model(method, passes)))),
    )


def _caveat(method: Method, findings: Findings) -> str:
    return findings.caveat if findings.caveat is not None else method.caveat


def _of_the_model(method: Method, passes: Passes) -> str:
    reads = bool(method.needs) and "text" in method.inputs and isinstance(passes.model, LanguageModel)
    return passes.text.caveat if reads else ""


def model_uses(passes: Passes) -> list[ModelUse]:
    """The models that took part, in their roles: the job's model, then those of the running call's roles."""
    return [_use("main", passes.model), *(_use(name, passes.role(name).model) for name in passes.roles)]


def _named_uses(method: Method, parameters: dict[str, Any], passes: Passes) -> list[ModelUse]:
    """The models that parameters name, under the parameter's name."""
    keys = {name: key for name, (_, key) in named(method.model_json_schema(), parameters).items()}
    return [_use(name, passes.named_models[key]) for name, key in keys.items() if key in passes.named_models]


def _use(role: str, model: Model) -> ModelUse:
    return ModelUse(
        role=role,
        model=model.key,
        revision=model.folder.revision,
        dtype=str(model.dtype).removeprefix("torch."),
        tokenizer_hash=model.tokenizer.hash if isinstance(model, LanguageModel) else "",
    )
