"""Entropy of the distribution at each position: how undecided the model was, and what else it would have said."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from workers.contract import Ability, Figure, Guide, Lens, PanelKind, Paper, ScoresPanel, Step, Track, WorkedExample
from workers.core.alternatives import covered
from workers.core.method import PREDICTS, Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Entropy as EntropyStatistic
from workers.core.statistics import Statistic, Top
from workers.core.summaries import largest, mean


class Entropy(Method):
    """How undecided the model was before each token: −Σ p ln p over its whole vocabulary.

    `effective_choices` = exp(entropy) is the number of equally likely tokens that would be just as undecided;
    `margin` is the lead of the most probable token over the second; `top_k_mass` what the k most probable hold.
    Hover a token to see what else the model would have said there, each with its probability.
    """

    key: ClassVar[str] = "entropy"
    name: ClassVar[str] = "Entropy"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    default: ClassVar[bool] = True
    reads: ClassVar[str] = "More colour: the model was more undecided before this token, whatever token then came."
    caveat: ClassVar[str] = "Raw distribution at temperature 1. High entropy is not an error: many words may fit."
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "A dark token is one before which the model had many ways on. Hover it and read what else it would "
            "have said: several words of one meaning are harmless, several answers are not."
        ),
        example=WorkedExample(
            setting="Before a token, a model gives three words the probabilities 0.5, 0.25 and 0.25.",
            given={"p": [0.5, 0.25, 0.25]},
            steps=[
                Step(does="Entropy", formula="−(0.5 · ln(0.5) + 0.25 · ln(0.25) + 0.25 · ln(0.25))", gives=1.04),
                Step(does="Lead of the first over the second", formula="0.5 − 0.25", gives=0.25),
                Step(does="Effective choices", formula="exp(1.04)", gives=2.829),
            ],
            means=(
                "The model was about as undecided as among 2.8 equally likely words, a little less than three "
                "because one of them leads."
            ),
        ),
        distrust=(
            "When you look for errors: a model can be sure and wrong, and undecided between words that all fit. "
            "Entropy says nothing about the token that came; read it beside surprisal."
        ),
        papers=[
            Paper(
                citation="Shannon: A Mathematical Theory of Communication, Bell System Technical Journal",
                year=1948,
                id="doi:10.1002/j.1538-7305.1948.tb01338.x",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = PREDICTS
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives")

    top_k: Annotated[int, Field(ge=2, le=50, description="How many alternatives are kept for each token.")] = 10

    def statistics(self) -> Sequence[Statistic]:
        """Entropy and the most probable tokens at each position."""
        return (EntropyStatistic(), Top(self.top_k))

    def run(self, passes: Passes) -> Findings:
        """Tracks `entropy` [nat], `effective_choices`, `margin`, `top_k_mass`, and the alternatives."""
        text = passes.text
        entropy = text.statistic(EntropyStatistic())["entropy"]
        probabilities = text.statistic(Top(self.top_k))["top_probabilities"]
        limit = float(np.log(text.model.vocabulary))
        choices = np.exp(entropy)
        tracks = [
            Track(
                name="entropy",
                label="Entropy",
                unit="nat",
                domain=(0.0, limit),
                aggregate=["mean", "max", "sum"],
                values=entropy,
            ),
            Track(
                name="effective_choices",
                label="Effective choices",
                domain=(1.0, largest(choices, 2.0)),
                aggregate=["max", "mean"],
                values=choices,
            ),
            Track(
                name="margin",
                label="Lead of the first over the second",
                domain=(0.0, 1.0),
                aggregate=["min", "mean"],
                values=probabilities[:, 0] - probabilities[:, 1],
            ),
            Track(
                name="top_k_mass",
                label=f"Mass of the top {self.top_k}",
                domain=(0.0, 1.0),
                aggregate=["min", "mean"],
                values=covered(probabilities),
            ),
        ]
        strip = text.scored.strip.id
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=tracks),
                text.alternatives(Top(self.top_k)),
            ],
            figures={"mean_entropy": Figure(value=mean(entropy), label="Mean entropy", unit="nat", domain=(0.0, None))},
        )
