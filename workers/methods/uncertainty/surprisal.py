"""Surprisal of each token: how unexpected it was."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    ScoresPanel,
    Step,
    Track,
    Unit,
    WorkedExample,
)
from workers.core.method import PREDICTS, Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability, TokenRank
from workers.core.summaries import largest

_LARGEST = 700.0
"""e to this power is about the largest number that there is."""
_IMPOSSIBLE = "Tokens that the model holds impossible (probability 0) have no surprisal and are not in the means."


class Surprisal(Method):
    """How unexpected each token was to the model: −ln p(token | tokens before it).

    Computed from one teacher-forced pass at temperature 1, whatever settings a continuation was drawn with. A
    word's surprisal is the sum over its tokens (the chain rule). Perplexity is exp of the mean; bits per byte
    compares models with different tokenizers, because it divides by bytes and not by tokens.
    """

    key: ClassVar[str] = "surprisal"
    name: ClassVar[str] = "Surprisal"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    default: ClassVar[bool] = True
    reads: ClassVar[str] = "More colour: the model expected this token less; 0 nat means it was certain of it."
    caveat: ClassVar[str] = "Raw distribution at temperature 1. Without a BOS token the first token has no value."
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look for the dark tokens first: there the model was surprised. Then ask why. A name, a number or "
            "the first word of an answer is often surprising and right; a small word in the middle of a sentence "
            "seldom is."
        ),
        example=WorkedExample(
            setting=("After “the”, a model gives “cat” the probability 0.5. After “the cat” it gives “sat” 0.1."),
            given={"p": [0.5, 0.1]},
            steps=[
                Step(does="Surprisal of “cat”", formula="−ln(0.5)", gives=0.693),
                Step(does="Surprisal of “sat”", formula="−ln(0.1)", gives=2.303),
                Step(does="Their mean", formula="(0.693 + 2.303) / 2", gives=1.498),
                Step(does="Perplexity", formula="exp(1.498)", gives=4.473),
            ],
            means=(
                "“sat” surprised the model more than three times as much as “cat”. On average it was as "
                "undecided as among four and a half equally likely tokens."
            ),
        ),
        distrust=(
            "When you compare models with different tokenizers token by token: use bits per byte. And a low "
            "surprisal does not mean that a statement is true, only that it was expected."
        ),
        papers=[
            Paper(
                citation="Hale: A Probabilistic Earley Parser as a Psycholinguistic Model, NAACL",
                year=2001,
                id="doi:10.3115/1073336.1073357",
            ),
            Paper(
                citation="Levy: Expectation-based syntactic comprehension, Cognition",
                year=2008,
                id="doi:10.1016/j.cognition.2007.05.006",
            ),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = PREDICTS
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)

    def statistics(self) -> Sequence[Statistic]:
        """Log-probability and rank of each token."""
        return (TokenLogProbability(), TokenRank())

    def run(self, passes: Passes) -> Findings:
        """Tracks `surprisal` [nat], `probability`, `rank` over the units that the model predicted."""
        text = passes.text
        surprisal = -text.statistic(TokenLogProbability())["log_probability"] + 0.0
        impossible = np.isinf(surprisal)
        probability = np.exp(-surprisal)
        surprisal[impossible] = np.nan
        rank = text.statistic(TokenRank())["rank"]
        tracks = [
            Track(
                name="surprisal",
                label="Surprisal",
                unit="nat",
                domain=(0.0, largest(surprisal)),
                aggregate=["sum", "mean", "max"],
                values=surprisal,
            ),
            Track(
                name="probability",
                label="Probability",
                domain=(0.0, 1.0),
                aggregate=["min", "mean"],
                values=probability,
            ),
            Track(
                name="rank",
                label="Rank (0 = the most probable)",
                domain=(0.0, largest(rank)),
                aggregate=["max", "mean"],
                values=rank,
            ),
        ]
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=tracks)],
            figures=_figures(text.scored.strip.units, surprisal.astype(float)),
            caveat=f"{_IMPOSSIBLE} {self.caveat}" if impossible.any() else None,
        )


def _figures(units: Sequence[Unit], surprisal: npt.NDArray[np.float64]) -> dict[str, Figure]:
    """Means over all tokens that have a value; bits per byte over those that stand for text."""
    known = surprisal[~np.isnan(surprisal)]
    mean = float(known.mean()) if known.size else None
    said = [
        (value, (unit.byte_end or 0) - (unit.byte_start or 0))
        for unit, value in zip(units, surprisal, strict=True)
        if not math.isnan(value) and not unit.special
    ]
    covered = sum(size for _, size in said)
    bits = math.fsum(value for value, _ in said) / math.log(2) / covered if covered else None
    return {
        "perplexity": Figure(
            value=math.exp(mean) if mean is not None and mean < _LARGEST else None,
            label="Perplexity per token",
            domain=(1.0, None),
        ),
        "mean_nll": Figure(value=mean, label="Mean surprisal", unit="nat", domain=(0.0, None)),
        "bits_per_byte": Figure(value=bits, label="Bits per byte of text", unit="bit", domain=(0.0, None)),
    }
