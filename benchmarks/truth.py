"""How near measured surprisal and entropy come to the true ones, on stories and translations whose truth is known."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.rows import Row
from workers.contract import AnalysisRequest, Continuation, Generate, MethodCall, Result, ScoresPanel, SourceData
from workers.core.run import run
from workers.core.steps import Failed, Finished, Step
from workers.demo.world import story
from workers.demo.world.translation import phrase
from workers.models.cache import ModelCache

STORIES, PHRASES = 300, 300
READERS = ("demo-lm", "demo-lm-small")
KINDS = {"free": "free choices", "story": "choices that the story bounds", "answer": "answers"}


@dataclass
class Readings:
    """True and measured numbers of the same words [nat]."""

    true: list[float] = field(default_factory=list)
    measured: list[float] = field(default_factory=list)

    def row(self, what: str) -> Row:
        """Mean distance, and the correlation where the truth varies."""
        true, measured = np.array(self.true), np.array(self.measured)
        distance = f"{np.abs(true - measured).mean():.3f} nat"
        means = f"true {true.mean():.3f}, measured {measured.mean():.3f}, {len(true):,} words"
        varies = true.std() > 1e-9
        return Row(what, distance, means, f"r = {np.corrcoef(true, measured)[0, 1]:.3f}" if varies else "")


def measured(models: ModelCache, model: str, text: str, said: str | None = None) -> dict[str, Result]:
    """Surprisal and entropy of a text, or of what an encoder-decoder says to it, by method."""
    results: dict[str, Result] = {}

    def take(step: Step) -> None:
        if isinstance(step, Failed):
            raise RuntimeError(step.problem.detail)
        if isinstance(step, Finished):
            results[step.result.method] = step.result

    request = AnalysisRequest(
        model=model,
        sources=[SourceData(id="text", kind="text", text=text)],
        methods=[MethodCall(key="surprisal"), MethodCall(key="entropy")],
        continuation=None if said is None else _spoken(models, model, said),
    )
    run(request, models, lambda: "go", take)
    return results


def _spoken(models: ModelCache, model: str, said: str) -> Continuation:
    ids = models.get(model).tokenizer.encode(said)  # type: ignore[union-attr]
    return Continuation(ids=[piece.id for piece in ids], text=said, finish="length", generate=Generate())


def values(result: Result, name: str) -> dict[int, float]:
    """A track's numbers by the character at which their unit begins."""
    (panel,) = [panel for panel in result.panels if isinstance(panel, ScoresPanel)]
    (track,) = [track for track in panel.tracks if track.name == name]
    (strip,) = [strip for strip in result.strips if strip.id == panel.strip]
    starts = [unit.char_start for unit in strip.units]
    return {
        start: float(value)
        for start, value in zip(starts, track.values, strict=True)
        if start is not None and not math.isnan(value)
    }


def stories(models: ModelCache, model: str) -> Iterator[Row]:
    """Every word of held-out stories."""
    found = {(kind, name): Readings() for kind in KINDS for name in ("surprisal", "entropy")}
    for seed in range(STORIES):
        drawn = story(seed)
        results = measured(models, model, drawn.text)
        said = {name: values(results[name], name) for name in ("surprisal", "entropy")}
        for choice in drawn.choices:
            if choice.kind not in KINDS or choice.start not in said["surprisal"]:
                continue
            truth = {
                "surprisal": -math.log(choice.options[choice.word]),
                "entropy": -math.fsum(chance * math.log(chance) for chance in choice.options.values()),
            }
            for name, true in truth.items():
                found[choice.kind, name].true.append(true)
                found[choice.kind, name].measured.append(said[name][choice.start])
    for (kind, name), readings in found.items():
        yield readings.row(f"{model}: {name} of {KINDS[kind]}")


def translations(models: ModelCache) -> Iterator[Row]:
    """Whole translations: their true share among the right ones, and the sum of their tokens' surprisals."""
    certain, ambiguous = Readings(), Readings()
    for one in map(phrase, range(PHRASES)):
        for target, share in one.targets.items():
            result = measured(models, "demo-seq2seq", one.source, target)["surprisal"]
            readings = certain if one.certain else ambiguous
            readings.true.append(-math.log(share))
            readings.measured.append(math.fsum(values(result, "surprisal").values()))
    yield certain.row("demo-seq2seq: surprisal of the one right translation")
    yield ambiguous.row("demo-seq2seq: surprisal of one of several right translations")


def rows() -> Iterable[Row]:
    """The distance of each from its truth."""
    models = ModelCache(budget=1 << 40, device="cpu")
    for model in READERS:
        yield from stories(models, model)
    yield from translations(models)
