"""Where a model would have ended the text, and how likely it was to come this far."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.charts import line
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import EndProbability, Statistic
from workers.core.summaries import Over, counted, largest, mean

Array = npt.NDArray[np.float32]


class EndOfText(Method):
    """How probable it was at each token that the text had ended instead, and that it came this far at all.

    Survival is Π (1 − p(end)) over the tokens so far, this one included. Inputs that keep a model talking push
    p(end) down; of several answers drawn side by side, First Finish Search keeps the one that ends first. A model
    with several end tokens ends with any of them.
    """

    key: ClassVar[str] = "end_of_text"
    name: ClassVar[str] = "End of text"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model would more likely have ended the text here than go on."
    caveat: ClassVar[str] = (
        "Raw distribution at temperature 1. Models that were never shown an end give it no probability."
    )
    paper: ClassVar[str] = (
        "Gao et al.: Verbose images, ICLR 2024, arXiv 2401.11170; Agarwal et al.: First Finish Search, arXiv 2505.18149"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look where the colour rises: there the model could have stopped. A long text whose survival stays "
            "near 1 never had an end in sight."
        ),
        example=WorkedExample(
            setting="Before three tokens in a row, a model gives the end of the text 0.1, 0.2 and 0.5.",
            given={"p": [0.1, 0.2, 0.5]},
            steps=[
                Step(does="After the first token", formula="1 − 0.1", gives=0.9),
                Step(does="After the second", formula="0.9 · (1 − 0.2)", gives=0.72),
                Step(does="After the third", formula="0.72 · (1 − 0.5)", gives=0.36),
            ],
            means=("Of 100 texts drawn after this beginning, about 36 would have come as far as this one."),
        ),
        distrust=(
            "With models that end by another token than the tokenizer names, or that were never taught to end: "
            "then it is 0 everywhere and says nothing."
        ),
        papers=[
            Paper(
                citation=(
                    "Gao et al.: Inducing High Energy-Latency of Large Vision-Language Models with Verbose Images, ICLR"
                ),
                year=2024,
                id="arXiv:2401.11170",
            ),
            Paper(citation="Agarwal et al.: First Finish Search", year=2025, id="arXiv:2505.18149"),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "chart")

    over: Over = "continuation"

    def statistics(self) -> Sequence[Statistic]:
        """The probability of the end."""
        return (EndProbability(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `eos_probability` and `survival`; the survival curve; what the end is worth after the last token."""
        text = passes.text
        if not text.ends:
            raise Refusal("no-end-token", f"“{text.model.key}” has no token that ends a text.", field="model")
        probability = np.minimum(text.statistic(EndProbability())["end_probability"], np.float32(1.0))
        of = counted(text, self.over) & ~np.isnan(probability)
        survival = np.full(probability.shape, np.nan, np.float32)
        survival[of] = survived(probability[of])
        ended = text.end_log_probability
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=text.scored.strip.id, tracks=_tracks(probability, survival)),
                _chart(probability[of], survival[of]),
            ],
            figures={
                "ends_now": Figure(
                    value=None if ended is None else min(float(np.exp(ended)), 1.0),
                    label="Probability of the end after the last token",
                    domain=(0.0, 1.0),
                ),
                "survival": Figure(
                    value=float(survival[of][-1]) if of.any() else None,
                    label="Probability of coming this far",
                    domain=(0.0, 1.0),
                ),
                "mean_eos_probability": Figure(
                    value=mean(probability[of]), label="Mean probability of the end", domain=(0.0, 1.0)
                ),
            },
        )


def survived(probability: Array) -> Array:
    """Π (1 − p) up to and including each token, in double precision."""
    return np.cumprod(1 - probability.astype(float)).astype(np.float32)


def _tracks(probability: Array, survival: Array) -> list[Track]:
    return [
        Track(
            name="eos_probability",
            label="Probability that the text ended before this token",
            domain=(0.0, largest(probability, 1e-6)),
            aggregate=["max", "mean"],
            values=probability,
        ),
        Track(
            name="survival",
            label="Probability of coming this far",
            domain=(0.0, 1.0),
            aggregate=["min"],
            values=survival,
        ),
    ]


def _chart(probability: Array, survival: Array) -> ChartPanel:
    return ChartPanel(
        mark="line",
        label="Probability of the end, and of coming this far",
        x=ChartAxis(label="Token"),
        y=ChartAxis(label="Probability"),
        series=[line("Coming this far", survival), line("Ending here", probability)],
    )
