"""Three means that sum up how confident a model was: geometric, arithmetic, and by kurtosis."""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import Ability, Figure, Guide, Lens, PanelKind, Paper, ScoresPanel, Step, Track, WorkedExample
from workers.core.method import PREDICTS, Findings, Method
from workers.core.moments import Kurtosis
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability, Top
from workers.core.summaries import Over, counted, largest, mean

Array = npt.NDArray[np.float32]

_NORMAL = 3.0
"""The kurtosis of a normal distribution, which Fisher's definition takes off."""


class ConfidenceMeans(Method):
    """Three dials of confidence: geometric and arithmetic mean of token probabilities, and the mean kurtosis.

    The geometric mean exp(mean ln p) is 1 / perplexity: one bad token pulls it down. The arithmetic mean hides a
    single bad token. Kurtosis says how peaked the whole distribution was: of V probabilities it is V − 2 + 1/(V − 1)
    when one token has all the mass and about V/k when k tokens share it, so V / kurtosis counts effective choices.
    The paper does not say whether it takes kurtosis over probabilities or logits, nor whether 3 is subtracted
    (Fisher): both are parameters, and the figure says which it is.
    """

    key: ClassVar[str] = "confidence_means"
    name: ClassVar[str] = "Confidence means"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    default: ClassVar[bool] = True
    reads: ClassVar[str] = "More colour: a more probable token, or a distribution that is more sharply peaked."
    caveat: ClassVar[str] = "Raw distribution at temperature 1. Where all tokens are equally probable, kurtosis is 0/0."
    paper: ClassVar[str] = "Visualizing Uncertainty in Translation Tasks, arXiv 2501.17187 v1 (v2 withdraws the paper)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Compare the two means. Where the geometric mean lies far below the arithmetic one, a few tokens "
            "were very improbable: find them in the strip. Then see by the kurtosis whether there was one clear "
            "first choice."
        ),
        example=WorkedExample(
            setting="A model writes two tokens, with the probabilities 0.9 and 0.4.",
            given={"p": [0.9, 0.4]},
            steps=[
                Step(does="Arithmetic mean", formula="(0.9 + 0.4) / 2", gives=0.65),
                Step(does="Mean of the logarithms", formula="(ln(0.9) + ln(0.4)) / 2", gives=-0.511),
                Step(does="Geometric mean", formula="exp(−0.511)", gives=0.6),
            ],
            means=(
                "The geometric mean is lower because one token was only half as sure as the other; it is 1 "
                "divided by the perplexity."
            ),
        ),
        distrust=(
            "As the chance that an answer is right. Long answers have more tokens that say nothing, and these "
            "lift every mean. The paper behind the kurtosis dial was withdrawn; treat that dial as a "
            "description, not as a test."
        ),
        papers=[
            Paper(
                citation="Visualizing Uncertainty in Translation Tasks (withdrawn in version 2)",
                year=2025,
                id="arXiv:2501.17187",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = PREDICTS
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives")

    kurtosis_of: Annotated[
        Literal["probabilities", "logits"],
        Field(description="What the kurtosis is that of: the probabilities of all tokens, or their logits."),
    ] = "probabilities"
    definition: Annotated[
        Literal["pearson", "fisher"],
        Field(description="Pearson's kurtosis (3 for a normal distribution), or Fisher's, which is 3 less."),
    ] = "pearson"
    over: Over = "continuation"

    def statistics(self) -> Sequence[Statistic]:
        """Log-probability, kurtosis, and the most probable tokens to show."""
        return (TokenLogProbability(), Kurtosis(self.kurtosis_of), Top(10))

    def run(self, passes: Passes) -> Findings:
        """Tracks `probability`, `kurtosis`, `log10_kurtosis` and, of probabilities, `effective_choices`."""
        text = passes.text
        log_probability = text.statistic(TokenLogProbability())["log_probability"]
        pearson = text.statistic(Kurtosis(self.kurtosis_of))["kurtosis"]
        of = counted(text, self.over)
        strip = text.scored.strip.id
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=self._tracks(np.exp(log_probability), pearson, text.model.vocabulary)),
                text.alternatives(Top(10)),
            ],
            figures=self._figures(log_probability[of].astype(float), pearson[of].astype(float), text.model.vocabulary),
        )

    @property
    def _shift(self) -> float:
        return _NORMAL if self.definition == "fisher" else 0.0

    @property
    def _named(self) -> str:
        return f"{self.definition.capitalize()}, of {self.kurtosis_of}"

    def _tracks(self, probability: Array, pearson: Array, vocabulary: int) -> list[Track]:
        kurtosis = pearson - self._shift
        tracks = [
            Track(
                name="probability",
                label="Probability",
                domain=(0.0, 1.0),
                aggregate=["min", "mean"],
                values=probability,
            ),
            Track(
                name="kurtosis",
                label=f"Kurtosis ({self._named})",
                domain=(1.0 - self._shift, largest(kurtosis, 4.0 - self._shift)),
                aggregate=["mean", "min"],
                values=kurtosis,
            ),
            Track(
                name="log10_kurtosis",
                label=f"log₁₀ of the kurtosis (Pearson, of {self.kurtosis_of})",
                domain=(0.0, max(math.log10(vocabulary), 1.0)),
                aggregate=["mean", "min"],
                values=np.log10(pearson),
            ),
        ]
        if self.kurtosis_of == "probabilities":
            choices = np.float32(vocabulary) / pearson
            tracks.append(
                Track(
                    name="effective_choices",
                    label="Effective choices (vocabulary / Pearson kurtosis)",
                    domain=(1.0, largest(choices, 2.0)),
                    aggregate=["max", "mean"],
                    values=choices,
                )
            )
        return tracks

    def _figures(
        self, log_probability: npt.NDArray[np.float64], pearson: npt.NDArray[np.float64], vocabulary: int
    ) -> dict[str, Figure]:
        """The dials; an impossible token (probability 0) makes the geometric mean 0."""
        logs, peaked = mean(log_probability), mean(pearson)
        highest = vocabulary - 2 + 1 / (vocabulary - 1) - self._shift if vocabulary > 1 else None
        figures = {
            "geometric_mean": Figure(
                value=None if logs is None else math.exp(logs),
                label="Geometric mean of probabilities",
                domain=(0.0, 1.0),
            ),
            "arithmetic_mean": Figure(
                value=mean(np.exp(log_probability)), label="Arithmetic mean of probabilities", domain=(0.0, 1.0)
            ),
            "kurtosis_mean": Figure(
                value=None if peaked is None else peaked - self._shift,
                label=f"Mean kurtosis ({self._named})",
                domain=(1.0 - self._shift, highest),
            ),
        }
        if self.kurtosis_of == "probabilities":
            value = None if peaked is None else vocabulary / peaked
            figures["effective_choices"] = Figure(
                value=value, label="Effective choices (vocabulary / mean Pearson kurtosis)", domain=(1.0, None)
            )
        return figures
