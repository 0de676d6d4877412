"""Surprisal of each token: how unexpected it was."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from workers.contract import Ability, Figure, Lens, PanelKind, ScoresPanel, Track
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability, TokenRank


class Surprisal(Method):
    """How unexpected each token was to the model: −ln p(token | tokens before it).

    Computed from one teacher-forced pass at temperature 1, whatever settings a continuation was drawn with. A
    word's surprisal is the sum over its tokens (the chain rule). Perplexity is exp of the mean; bits per byte
    compares models with different tokenizers, because it divides by bytes and not by tokens.
    """

    key: ClassVar[str] = "surprisal"
    name: ClassVar[str] = "Surprisal"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model expected this token less; 0 nat means it was certain of it."
    caveat: ClassVar[str] = "Raw distribution at temperature 1. Without a BOS token the first token has no value."
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)

    def statistics(self) -> Sequence[Statistic]:
        """Log-probability and rank of each token."""
        return (TokenLogProbability(), TokenRank())

    def run(self, passes: Passes) -> Findings:
        """Tracks `surprisal` [nat], `probability`, `rank` over the units that the model predicted."""
        text = passes.text
        surprisal = -text.statistic(TokenLogProbability())["log_probability"] + 0.0
        rank = text.statistic(TokenRank())["rank"]
        tracks = [
            _track("surprisal", "Surprisal", "nat", surprisal, _ceiling(surprisal)),
            _track("probability", "Probability", "", np.exp(-surprisal), 1.0),
            _track("rank", "Rank (0 = the most probable)", "", rank, _ceiling(rank)),
        ]
        covered = sum(
            (unit.byte_end or 0) - (unit.byte_start or 0)
            for unit, value in zip(text.scored.strip.units, surprisal, strict=True)
            if not math.isnan(value)
        )
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=tracks)],
            figures=_figures(surprisal[~np.isnan(surprisal)].astype(float), covered),
        )


def _track(name: str, label: str, unit: str, values: npt.NDArray[np.float32], top: float) -> Track:
    return Track(name=name, label=label, unit=unit, domain=(0.0, top), values=values)


def _ceiling(values: npt.NDArray[np.float32]) -> float:
    return float(np.nanmax(values)) if np.isfinite(values).any() else 1.0


def _figures(surprisal: npt.NDArray[np.float64], covered: int) -> dict[str, Figure]:
    mean = float(surprisal.mean()) if surprisal.size else None
    bits = float(surprisal.sum()) / math.log(2) / covered if surprisal.size and covered else None
    return {
        "perplexity": Figure(
            value=math.exp(mean) if mean is not None else None, label="Perplexity per token", domain=(1.0, None)
        ),
        "mean_nll": Figure(value=mean, label="Mean surprisal", unit="nat", domain=(0.0, None)),
        "bits_per_byte": Figure(value=bits, label="Bits per byte of text", unit="bit", domain=(0.0, None)),
    }
