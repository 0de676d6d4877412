"""Entropy of the distribution at each position: how undecided the model was, and what else it would have said."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    AlternativesPanel,
    Candidate,
    Figure,
    Lens,
    PanelKind,
    ScoresPanel,
    Track,
    encode_bytes,
)
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Entropy as EntropyStatistic
from workers.core.statistics import Statistic, Top
from workers.models.language import LanguageModel

Array = npt.NDArray[np.float32]


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
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives")

    top_k: Annotated[int, Field(ge=2, le=50, description="How many alternatives are kept for each token.")] = 10

    def statistics(self) -> Sequence[Statistic]:
        """Entropy and the most probable tokens at each position."""
        return (EntropyStatistic(), Top(self.top_k))

    def run(self, passes: Passes) -> Findings:
        """Tracks `entropy` [nat], `effective_choices`, `margin`, `top_k_mass`, and the alternatives."""
        text = passes.text
        entropy = text.statistic(EntropyStatistic())["entropy"]
        top = text.statistic(Top(self.top_k))
        probabilities = top["top_probabilities"]
        covered = np.minimum(probabilities.sum(-1), 1.0)
        limit = float(np.log(text.model.vocabulary))
        choices = np.exp(entropy)
        tracks = [
            Track(name="entropy", label="Entropy", unit="nat", domain=(0.0, limit), values=entropy),
            Track(
                name="effective_choices",
                label="Effective choices",
                domain=(1.0, max(2.0, float(np.nanmax(choices, initial=1.0)))),
                values=choices,
            ),
            Track(
                name="margin",
                label="Lead of the first over the second",
                domain=(0.0, 1.0),
                values=probabilities[:, 0] - probabilities[:, 1],
            ),
            Track(name="top_k_mass", label=f"Mass of the top {self.top_k}", domain=(0.0, 1.0), values=covered),
        ]
        strip = text.scored.strip.id
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=tracks),
                _alternatives(text.model, strip, top["top_ids"], probabilities, covered),
            ],
            figures={"mean_entropy": _mean(entropy)},
        )


def _mean(entropy: Array) -> Figure:
    known = entropy[~np.isnan(entropy)]
    value = float(known.astype(float).mean()) if known.size else None
    return Figure(value=value, label="Mean entropy", unit="nat", domain=(0.0, None))


def _alternatives(
    model: LanguageModel, strip: str, ids: Array, probabilities: Array, covered: Array
) -> AlternativesPanel:
    """The panel: every token that is an alternative anywhere once, and per unit the indices of its k."""
    known = ~np.isnan(ids)
    distinct, positions = np.unique(ids[known].astype(np.int64), return_inverse=True)
    choices = np.full(ids.shape, np.nan, np.float32)
    choices[known] = positions
    tokenizer = model.tokenizer
    candidates = [
        Candidate(
            id=int(id),
            text=tokenizer.token_text(int(id)),
            bytes=encode_bytes(tokenizer.token_bytes(int(id))),
            special=tokenizer.is_special(int(id)),
        )
        for id in distinct
    ]
    return AlternativesPanel(
        strip=strip, candidates=candidates, choices=choices, probabilities=probabilities, covered=covered
    )
