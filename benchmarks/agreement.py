"""Tessera's numbers beside lm-polygraph's, on the same models and texts, where it has the estimator.

TESSERA_POLYGRAPH names the interpreter of an environment with lm-polygraph (pip install lm-polygraph==0.7.0, with
this project's torch and transformers); without it this benchmark is left out. Its `Perplexity` is the mean surprisal,
not e to its power; it counts the end of the text as a token; its token-level estimators leave out the last token.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import Row
from workers.contract import AnalysisRequest, Generate, MethodCall, ModelSpec, Result, ScoresPanel, SourceData
from workers.core.run import run
from workers.core.steps import Continued, Failed, Finished, Step
from workers.models.cache import ModelCache
from workers.models.folders import find_model

TOKENS = 24
CLOSE = 2e-5
"""Both compute in float32, on logits of the same weights in another order of additions."""
DATA = Path(os.environ.get("TESSERA_TEST_DATA", "../shared/data")) / "models"


@dataclass(frozen=True)
class Subject:
    """A model and texts that it continues."""

    folder: Path
    kind: str
    texts: Sequence[str]


def subjects() -> Iterator[Subject]:
    """The built-in model, and of the test data those that are there."""
    yield Subject(find_model("demo-lm", None).path, "CausalLM", ["Mia put the red ball in the box.", "Ben has a dog"])
    stories = ["Once upon a time", "Lily and Tom went to the park. They saw"]
    for folder, kind, texts in (
        ("stories260k", "CausalLM", stories),
        ("arabic-transliteration", "Seq2SeqLM", ["آتزمون"]),
    ):
        if (DATA / folder).is_dir():
            yield Subject((DATA / folder).resolve(), kind, texts)


def rows() -> Iterator[Row]:
    """One row for each model and estimator: the largest difference over its texts."""
    python = os.environ.get("TESSERA_POLYGRAPH", "")
    if not Path(python).is_file():
        print("lm-polygraph is left out: TESSERA_POLYGRAPH names no interpreter", file=sys.stderr)
        return
    for subject in subjects():
        told = _theirs(python, subject)
        pairs = [_ours(subject, text, one) for text, one in zip(subject.texts, told, strict=True)]
        for name in pairs[0]:
            ours, theirs = (np.concatenate([pair[name][side] for pair in pairs]) for side in (0, 1))
            gap = float(np.abs(ours - theirs).max())
            shown = [f"{float(values.mean()):.6f}" for values in (ours, theirs)]
            what = f"{name}, {subject.folder.name}, {len(ours)} values: mean"
            yield Row(what, shown[0], f"lm-polygraph: {shown[1]}", f"off by {gap:.1e}", f"≤ {CLOSE:g}", gap <= CLOSE)


def _theirs(python: str, subject: Subject) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("polygraph_process.py")
    command = [python, str(script), str(subject.folder), subject.kind, str(TOKENS), *subject.texts]
    settings = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=settings)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _ours(subject: Subject, text: str, told: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By estimator, our numbers and theirs. Raises RuntimeError when the two did not read or say the same tokens."""
    calls = [MethodCall(key=key) for key in ("surprisal", "entropy", "reasoning_entropy")]
    calls.append(MethodCall(key="quantile_deferral", params={"end": True}))
    results, said, ended = _job(subject, text, calls)
    strip = results["surprisal"].strips[0]
    read = [unit.id for unit in strip.units if unit.id is not None and unit.segment != "generated"]
    theirs = [id for id in told["said"] if id != told["end"]]
    if said != theirs or read != told["read"]:
        raise RuntimeError(f"{subject.folder.name} was given {read} and {told['read']}, and said {said} and {theirs}")
    told = told["told"]
    figures = results["quantile_deferral"].figures
    found = {
        "mean surprisal (Perplexity)": (_single(figures["chow_average"].value, -1), told["Perplexity"]),
        "summed surprisal (MSP)": (_single(figures["chow_sum"].value, -1), told["MaximumSequenceProbability"]),
    }
    count = len(told["MaximumTokenProbability"])
    for track, method, name in (
        ("surprisal", "surprisal", "MaximumTokenProbability"),
        ("entropy", "entropy", "TokenEntropy"),
    ):
        found[f"{track} ({name})"] = (_track(results[method], track)[-len(said) :][:count], told[name])
    if not ended:
        mean = results["reasoning_entropy"].figures["trace_entropy"].value
        found["mean entropy (MeanTokenEntropy)"] = (_single(mean, 1), told["MeanTokenEntropy"])
    return found


def _single(value: float | None, sign: int) -> list[float]:
    return [] if value is None else [sign * value]


def _track(result: Result, name: str) -> Any:
    panel = next(panel for panel in result.panels if isinstance(panel, ScoresPanel))
    values = next(track.values for track in panel.tracks if track.name == name)
    units = next(strip for strip in result.strips if strip.id == panel.strip).units
    return values[[index for index, unit in enumerate(units) if unit.id is not None]]


def _job(subject: Subject, text: str, calls: list[MethodCall]) -> tuple[dict[str, Result], list[int], bool]:
    """Results by method, the ids of the continuation, and whether the model ended it itself."""
    spec = ModelSpec(location=str(subject.folder))
    request = AnalysisRequest(
        model="subject",
        specs={"subject": spec},
        sources=[SourceData(id="text", kind="text", text=text)],
        generate=Generate(max_new_tokens=TOKENS),
        methods=calls,
        device="cpu",
    )
    steps: list[Step] = []
    run(request, ModelCache(budget=1 << 33, device="cpu"), lambda: "go", steps.append)
    for step in steps:
        if isinstance(step, Failed):
            raise RuntimeError(step.problem.detail)
    results = {step.result.method: step.result for step in steps if isinstance(step, Finished)}
    (made,) = (step.continuation for step in steps if isinstance(step, Continued))
    return results, made.ids, made.finish == "end"
