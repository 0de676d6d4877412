"""Language model cascades: the quantile of token log-probabilities that decides whether to ask a larger model."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    ScoresPanel,
    Series,
    Step,
    Track,
    WorkedExample,
)
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.summaries import IMPOSSIBLE, Over, counted, possible
from workers.core.text_passes import TextPasses

Array = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

_LEVELS = 200
"""Steps of α at which the curve is drawn."""


class QuantileDeferral(Method):
    """Whether to ask a larger model: the α-quantile of the tokens' log-probabilities, beside their sum and mean.

    Sorted from the least certain token (α = 0) to the most certain (α = 1), the tokens make a curve. Its value at α
    is Chow-Quantile(α): below a limit that you choose, the answer is handed on to a larger model. The sum punishes
    long answers and the mean lets one bad token hide; the curve shows both. Quantiles between two tokens are
    interpolated linearly.
    """

    key: ClassVar[str] = "quantile_deferral"
    name: ClassVar[str] = "Deferral by quantiles"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Less certain tokens stand further left on the curve and have a lower level."
    caveat: ClassVar[str] = (
        "A short answer has few distinct quantiles. The limit below which to defer is yours to find."
    )
    paper: ClassVar[str] = "Gupta et al.: Language Model Cascades, ICLR 2024, arXiv 2404.10136"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the left end of the curve: there are the tokens that the model was least sure of. A curve that "
            "is low only at its very left has a few bad tokens; one that is low all along is a doubtful answer."
        ),
        example=WorkedExample(
            setting=(
                "Three tokens have the log-probabilities −0.1, −0.2 and −2.3 nat. The quantile at α = 0.1 is wanted."
            ),
            given={"logs": [-0.1, -0.2, -2.3], "alpha": 0.1},
            steps=[
                Step(does="Sum (punishes long answers)", formula="−0.1 − 0.2 − 2.3", gives=-2.6),
                Step(does="Mean (hides the bad token)", formula="−2.6 / 3", gives=-0.867),
                Step(does="Place of α among the sorted tokens", formula="0.1 · (3 − 1)", gives=0.2),
                Step(does="Between the lowest and the next", formula="−2.3 + 0.2 · (−0.2 + 2.3)", gives=-1.88),
            ],
            means=(
                "The quantile sees the one bad token that the mean hides: with a limit of −1, this answer would "
                "be handed to a larger model."
            ),
        ),
        distrust=(
            "With a limit taken from elsewhere. It depends on the model, the length of answers and the task: "
            "find it on answers whose quality you know."
        ),
        papers=[
            Paper(
                citation="Gupta et al.: Language Model Cascades, Token-level uncertainty and beyond, ICLR",
                year=2024,
                id="arXiv:2404.10136",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "chart")

    alpha: Annotated[float, Field(ge=0, le=1, description="Which quantile decides: 0 is the least certain token.")] = (
        0.1
    )
    defer_below: Annotated[
        float | None, Field(le=0, description="Hand on to a larger model when the quantile [nat] is below this.")
    ] = None
    end: Annotated[
        bool, Field(description="Count the end of the text as one more token, where the model ended it itself.")
    ] = False
    over: Over = "continuation"

    def statistics(self) -> Sequence[Statistic]:
        """Log-probabilities."""
        return (TokenLogProbability(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `log_probability` [nat] and `level` (share of tokens that are less certain); the quantile curve."""
        text = passes.text
        raw = text.statistic(TokenLogProbability())["log_probability"]
        values = possible(raw)
        known = counted(text, self.over) & ~np.isnan(values)
        sample = np.sort(values[known].astype(float))
        level = np.full(values.shape, np.nan, np.float32)
        level[known] = levels(sample, values[known])
        with_end = self._with_end(text, sample)
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=text.scored.strip.id, tracks=_tracks(values, level)),
                curve(with_end, self.defer_below),
            ],
            figures=self._figures(with_end),
            caveat=f"{IMPOSSIBLE} {self.caveat}" if np.isneginf(raw).any() else None,
        )

    def _with_end(self, text: TextPasses, sample: Numbers) -> Numbers:
        if not self.end or text.continuation is None or text.continuation.finish != "end":
            return sample
        ended = text.end_log_probability
        return sample if ended is None else np.sort(np.append(sample, ended))

    def _figures(self, sample: Numbers) -> dict[str, Figure]:
        value = float(np.quantile(sample, self.alpha)) if sample.size else None
        figures = {
            "chow_quantile": Figure(
                value=value, label=f"Chow-Quantile({self.alpha:g})", unit="nat", domain=(None, 0.0)
            ),
            "chow_sum": Figure(
                value=float(sample.sum()) if sample.size else None, label="Chow-Sum", unit="nat", domain=(None, 0.0)
            ),
            "chow_average": Figure(
                value=float(sample.mean()) if sample.size else None,
                label="Chow-Average",
                unit="nat",
                domain=(None, 0.0),
            ),
        }
        if self.defer_below is not None:
            defers = None if value is None else float(value < self.defer_below)
            figures["defers"] = Figure(value=defers, label="Hands on to a larger model (1: yes)", domain=(0.0, 1.0))
        return figures


def levels(ordered: Numbers, values: Array) -> Array:
    """At which quantile each value stands among the ordered ones, between 0 and 1; equal values in the middle."""
    low = np.searchsorted(ordered, values.astype(float), side="left")
    high = np.searchsorted(ordered, values.astype(float), side="right") - 1
    return ((low + high) / 2 / max(1, len(ordered) - 1)).astype(np.float32)


def curve(ordered: Numbers, limit: float | None) -> ChartPanel:
    """The quantiles of ln p at evenly spaced α."""
    alphas = np.linspace(0, 1, min(_LEVELS, max(1, len(ordered) - 1)) + 1)
    heights: list[float | None] = list(np.quantile(ordered, alphas).tolist()) if ordered.size else [None] * len(alphas)
    return ChartPanel(
        mark="line",
        label="Quantiles of the tokens' log-probabilities, from the least certain to the most certain",
        x=ChartAxis(label="α"),
        y=ChartAxis(label="Chow-Quantile(α)", unit="nat"),
        series=[Series(label="Quantile", x=alphas.tolist(), y=heights)],
        baseline=limit,
    )


def _tracks(values: Array, level: Array) -> list[Track]:
    lowest = float(np.nanmin(values)) if np.isfinite(values).any() else -1.0
    return [
        Track(
            name="log_probability",
            label="Log-probability",
            unit="nat",
            domain=(lowest, 0.0),
            aggregate=["sum", "min", "mean"],
            values=values,
        ),
        Track(
            name="level",
            label="Level: share of tokens that are less certain",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=level,
        ),
    ]
