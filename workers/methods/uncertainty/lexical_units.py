"""LUD: runs of tokens that a model is sure of, which could be written in one step."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    Figure,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    PanelKind,
    Paper,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.charts import histogram
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.summaries import Over, counted, largest

Array = npt.NDArray[np.float32]

_LONGEST = 64
"""Longer runs are counted in the histogram's last bin."""


class LexicalUnits(Method):
    """Runs of tokens that the model was sure of: each a unit that could be written in one step instead of several.

    A unit is a longest run of neighbouring tokens that were all predicted with at least the threshold's probability;
    every other token is a unit by itself. The fewer units for the same tokens, the more decoding in units could save.
    The paper fine-tunes a model to write units and does not state its threshold; here an unchanged model is read.
    """

    key: ClassVar[str] = "lexical_units"
    name: ClassVar[str] = "Lexical units"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the token belongs to a longer run that the model was sure of."
    caveat: ClassVar[str] = "What is saved is an upper bound for a model that was not trained to write units."
    paper: ClassVar[str] = "Lexical Unit Decoding, LREC-COLING 2024"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Long brackets are stretches that the model could have written in one go. Look where they end: that "
            "is where it had to decide."
        ),
        example=WorkedExample(
            setting=("Four tokens have the probabilities 0.95, 0.97, 0.4 and 0.92. A run needs 0.9 for each token."),
            given={"p": [0.95, 0.97, 0.4, 0.92], "threshold": 0.9},
            steps=[
                Step(does="Units: one pair and two single tokens", formula="1 + 1 + 1", gives=3),
                Step(does="Share of steps saved at most", formula="1 − 3 / 4", gives=0.25),
            ],
            means=(
                "The first two tokens make one unit. The last is sure too, but its neighbour is not, so it "
                "stands alone."
            ),
        ),
        distrust=(
            "As a speed-up that you will measure: an unchanged model cannot write units. A text that the model "
            "knows by heart is one long unit."
        ),
        papers=[
            Paper(
                citation=(
                    "Sun et al.: Decoding at the Speed of Thought, Harnessing Parallel Decoding of Lexical Units "
                    "for LLMs, LREC-COLING"
                ),
                year=2024,
                id="arXiv:2405.15208",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "groups", "chart")

    threshold: Annotated[float, Field(ge=0, le=1, description="The least probability of a token inside a run.")] = 0.9
    over: Over = "all"

    def statistics(self) -> Sequence[Statistic]:
        """Probabilities."""
        return (TokenLogProbability(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `unit_length` [tokens] and `probability`; runs in brackets; a histogram of lengths."""
        text = passes.text
        probability = np.exp(text.statistic(TokenLogProbability())["log_probability"])
        known = counted(text, self.over) & ~np.isnan(probability)
        places = [place for place in text.scored.places if known[place]]
        sure = probability[places] >= self.threshold
        lengths, starts = runs(sure, _neighbours(text.scored.places, places))
        length = np.full(probability.shape, np.nan, np.float32)
        length[places] = np.repeat(lengths, lengths)
        strip = text.scored.strip.id
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=_tracks(length, probability)),
                GroupsPanel(
                    label=f"Runs of tokens with p ≥ {self.threshold:g}",
                    groups=[
                        _group(strip, places[start : start + size], probability)
                        for start, size in zip(starts, lengths, strict=True)
                        if size > 1
                    ],
                ),
                histogram(
                    "Units by their length",
                    ChartAxis(label=f"Tokens in a unit ({_LONGEST}: or more)"),
                    np.minimum(lengths, _LONGEST).astype(float),
                    (np.arange(1, min(int(lengths.max(initial=1)), _LONGEST) + 2) - 0.5).tolist(),
                    "Units",
                ),
            ],
            figures=_figures(len(lengths), len(places)),
        )


def runs(sure: npt.NDArray[np.bool_], neighbours: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], list[int]]:
    """Lengths and starts of units: a token joins the unit before it when both are sure and neighbours."""
    if not sure.size:
        return np.zeros(0, np.int64), []
    joins = sure[1:] & sure[:-1] & neighbours[1:]
    starts = np.concatenate(([0], np.flatnonzero(~joins) + 1))
    return np.diff(np.append(starts, len(sure))).astype(np.int64), starts.tolist()


def _neighbours(every: Sequence[int], chosen: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Whether each chosen token directly follows the one chosen before it."""
    index = {place: token for token, place in enumerate(every)}
    tokens = np.array([index[place] for place in chosen], dtype=np.int64)
    follows: npt.NDArray[np.bool_] = np.diff(tokens, prepend=-2) == 1
    return follows


def _group(strip: str, places: Sequence[int], probability: Array) -> Group:
    joint = float(np.exp(np.log(probability[list(places)].astype(float)).sum()))
    return Group(label=f"{len(places)} tokens", strip=strip, ranges=[(places[0], places[-1] + 1)], value=joint)


def _tracks(length: Array, probability: Array) -> list[Track]:
    return [
        Track(
            name="unit_length",
            label="Length of the unit",
            unit="token",
            domain=(1.0, largest(length, 2.0)),
            aggregate=["max", "mean"],
            values=length,
        ),
        Track(
            name="probability",
            label="Probability",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=probability,
        ),
    ]


def _figures(units: int, tokens: int) -> dict[str, Figure]:
    return {
        "units": Figure(value=float(units), label="Units", domain=(0.0, None)),
        "tokens_per_unit": Figure(
            value=tokens / units if units else None, label="Tokens per unit", unit="token", domain=(1.0, None)
        ),
        "steps_saved": Figure(
            value=1 - units / tokens if tokens else None, label="Share of steps saved at most", domain=(0.0, 1.0)
        ),
    }
