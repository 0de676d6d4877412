"""DiffAdapt: how undecided a model is along its reasoning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Figure,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    PanelKind,
    Paper,
    ScoresPanel,
    Step,
    Strip,
    Text,
    Track,
    WorkedExample,
)
from workers.core.charts import line
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Entropy, Statistic
from workers.core.summaries import Over, counted, mean

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class ReasoningEntropy(Method):
    """How undecided the model was along its reasoning: entropy, smoothed over neighbouring tokens.

    What stands between the two marks is the reasoning, what follows it the answer; each has its mean. Over many
    questions, the paper finds much entropy for easy ones, least for those of middling difficulty, and more again for
    hard ones; a single trace cannot show that.
    """

    key: ClassVar[str] = "reasoning_entropy"
    name: ClassVar[str] = "Entropy over the reasoning"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: around here the model was more undecided about what to write next."
    caveat: ClassVar[str] = (
        "Raw distribution at temperature 1. Marks and template tokens are not in the means. Difficulty shows over "
        "many questions, not in one trace, and longer traces differ from shorter ones."
    )
    paper: ClassVar[str] = "DiffAdapt, ICLR 2026, arXiv 2510.19669"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the curve, not single tokens: a long hill is a stretch in which the model had to decide. "
            "Compare the mean of the reasoning with that of the answer."
        ),
        example=WorkedExample(
            setting=(
                "Three neighbouring tokens have the entropies 0.3, 1.2 and 0.3 nat. The window holds three "
                "tokens; the middle one weighs 2, its neighbours 1."
            ),
            given={"entropy": [0.3, 1.2, 0.3], "window": 3},
            steps=[
                Step(does="Weights together", formula="1 + 2 + 1", gives=4),
                Step(
                    does="Smoothed entropy of the middle token", formula="(1 · 0.3 + 2 · 1.2 + 1 · 0.3) / 4", gives=0.75
                ),
            ],
            means=(
                "One undecided token does not make an undecided stretch: smoothing takes 1.2 down to 0.75. "
                "Several in a row would stay high."
            ),
        ),
        distrust=(
            "As a measure of difficulty from one trace: the paper's U-shape is a statement about many questions. "
            "Long traces and short ones differ for reasons of their own."
        ),
        papers=[
            Paper(citation="DiffAdapt: Difficulty-Adaptive Reasoning, ICLR 2026", year=2025, id="arXiv:2510.19669")
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "groups", "chart")

    window: Annotated[
        int, Field(ge=1, le=1001, description="Over how many tokens is smoothed (odd: as many on both sides).")
    ] = 9
    kernel: Annotated[
        Literal["triangular", "uniform"],
        Field(description="Weights within the window: falling with the distance, or all the same."),
    ] = "triangular"
    think: Annotated[Text, Field(max_length=64, description="The mark with which the reasoning begins.")] = "<think>"
    answer: Annotated[Text, Field(max_length=64, description="The mark with which it ends.")] = "</think>"
    over: Over = "continuation"

    def statistics(self) -> Sequence[Statistic]:
        """Entropy."""
        return (Entropy(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `entropy` and `smoothed_entropy` [nat]; groups reasoning and answer; both over the trace."""
        text = passes.text
        entropy = text.statistic(Entropy())["entropy"]
        strip = text.scored.strip
        parts = self.parts(strip, counted(text, self.over))
        smoothed = np.full(entropy.shape, np.nan, np.float32)
        trace = np.logical_or.reduce([part.units for part in parts]) & ~np.isnan(entropy)
        smoothed[trace] = smooth(entropy[trace], self.window, self.kernel)
        top = float(np.log(text.model.vocabulary))
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip.id, tracks=_tracks(entropy, smoothed, self.window, top)),
                GroupsPanel(
                    label="Reasoning and answer",
                    groups=[part.group(strip.id, entropy) for part in parts if part.units.any()],
                ),
                _chart(parts, entropy, smoothed),
            ],
            figures={
                f"{part.key}_entropy": Figure(
                    value=mean(entropy[part.units]), label=f"Mean entropy: {part.label}", unit="nat", domain=(0.0, None)
                )
                for part in parts
            },
        )

    def parts(self, strip: Strip, trace: Mask) -> list["Part"]:
        """Reasoning and answer where the marks are found, else the whole trace; marks belong to neither."""
        opened, closed = _find(strip, self.think, trace), None
        start = opened[1] if opened else 0
        closed = _find(strip, self.answer, trace, start)
        if opened is None and closed is None:
            return [Part("trace", "Whole trace", trace)]
        at = np.arange(len(strip.units))
        end = closed[0] if closed else len(at)
        parts = [Part("reasoning", "Reasoning", trace & (at >= start) & (at < end))]
        if closed:
            parts.append(Part("answer", "Answer", trace & (at >= closed[1])))
        return parts


@dataclass(frozen=True)
class Part:
    """A stretch of the trace."""

    key: str
    label: str
    units: Mask

    def group(self, strip: str, entropy: Array) -> Group:
        """From its first unit to its last, with its mean entropy."""
        inside = np.flatnonzero(self.units)
        ranges = [(int(inside[0]), int(inside[-1]) + 1)]
        return Group(label=self.label, strip=strip, ranges=ranges, value=mean(entropy[self.units]), unit="nat")


def smooth(values: Array, window: int, kernel: Literal["triangular", "uniform"]) -> Array:
    """A moving mean; at the edges, and where a value is missing, the weights of what is there add up to 1."""
    reach = window // 2
    offsets = np.abs(np.arange(-reach, window - reach)).astype(float)
    weights = np.ones(window) if kernel == "uniform" else reach + 1 - offsets
    known = ~np.isnan(values)
    padded = (reach, window - reach - 1)
    numbers = np.pad(np.where(known, values, 0.0).astype(float), padded)
    there = np.pad(known.astype(float), padded)
    total = np.correlate(numbers, weights, "valid") if values.size else np.zeros(0)
    weight = np.correlate(there, weights, "valid") if values.size else np.zeros(0)
    found = np.full(values.shape, np.nan, np.float32)
    np.divide(total, weight, out=found, where=weight > 0, casting="same_kind")
    return found


def _find(strip: Strip, mark: str, trace: Mask, start: int = 0) -> tuple[int, int] | None:
    """The units [from, to) that spell a mark, whether it is text or a special token; those before `start` aside."""
    if not mark:
        return None
    shown = [(unit.surface or "") if unit.special else (unit.text or "") for unit in strip.units]
    ends = np.cumsum([len(text) for text in shown])
    begin = int(ends[start - 1]) if start else 0
    at = "".join(shown).find(mark, begin)
    if at < 0:
        return None
    first = int(np.searchsorted(ends, at, side="right"))
    last = int(np.searchsorted(ends, at + len(mark), side="left"))
    return first, last + 1


def _tracks(entropy: Array, smoothed: Array, window: int, top: float) -> list[Track]:
    return [
        Track(
            name="smoothed_entropy",
            label=f"Entropy, smoothed over {window} tokens",
            unit="nat",
            domain=(0.0, top),
            aggregate=["mean", "max"],
            values=smoothed,
        ),
        Track(
            name="entropy",
            label="Entropy",
            unit="nat",
            domain=(0.0, top),
            aggregate=["mean", "max", "sum"],
            values=entropy,
        ),
    ]


def _chart(parts: Sequence[Part], entropy: Array, smoothed: Array) -> ChartPanel:
    series, at = [], 1
    for part in parts:
        series.append(line(part.label, entropy[part.units], first=at))
        series.append(line(f"{part.label}, smoothed", smoothed[part.units], first=at))
        at += int(part.units.sum())
    return ChartPanel(
        mark="line",
        label="Entropy over the trace",
        x=ChartAxis(label="Token of the trace"),
        y=ChartAxis(label="Entropy", unit="nat"),
        series=series,
    )
