"""Binoculars: a text's perplexity beside the cross-perplexity of two models."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    RoleCard,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.method import Findings, Method
from workers.core.paired import CrossEntropy, PairedStatistic
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.summaries import IMPOSSIBLE, largest, mean

Array = npt.NDArray[np.float32]


class PairedPerplexity(Method):
    """How surprising a text is, measured by how surprising it had to be: Binoculars' ratio for two related models.

    The score divides the mean surprisal of the text under the model (the performer) by the mean cross-entropy between
    what a second model (the observer) would have said and what the model expected. Text that a machine wrote is less
    surprising than its prompt makes one expect. Each token shows its two parts and their difference.

    Both means are taken over the same tokens. The authors' code averages the cross-entropy over one position more,
    the one after the last token: choose `published` to compare with its numbers.
    """

    key: ClassVar[str] = "paired_perplexity"
    name: ClassVar[str] = "Paired perplexity (Binoculars)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Below 0: less surprising than the observer's own words would have been; above 0, more."
    caveat: ClassVar[str] = (
        "A score, not a verdict: short texts and those of non-native writers mislead it, and a threshold holds only "
        "for the pair of models and the number type that it was chosen for, so none is drawn."
    )
    paper: ClassVar[str] = "Hans et al.: Spotting LLMs with Binoculars, ICML 2024"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look at the score of the whole text first. Below its usual value, the text surprises the model less "
            "than its own words would. Then see by the signed colours which tokens pull it there."
        ),
        example=WorkedExample(
            setting=(
                "Two tokens have the surprisals 1 and 2 nat. What the observer would have said would have "
                "surprised the model by 2 and 2 nat."
            ),
            given={"nll": [1.0, 2.0], "cross": [2.0, 2.0]},
            steps=[
                Step(does="Mean surprisal", formula="(1 + 2) / 2", gives=1.5),
                Step(does="Mean cross-entropy", formula="(2 + 2) / 2", gives=2),
                Step(does="Score", formula="1.5 / 2", gives=0.75),
            ],
            means=(
                "The text was less surprising than it had to be after these beginnings: machines write so, and "
                "so do people in set phrases."
            ),
        ),
        distrust=(
            "On fewer than some hundred tokens, on code, poems and lists, and on texts of people who write in a "
            "foreign language. A threshold holds for one pair of models only."
        ),
        papers=[Paper(citation="Hans et al.: Spotting LLMs with Binoculars, ICML", year=2024, id="arXiv:2401.12070")],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    roles: ClassVar[dict[str, RoleCard]] = {
        "observer": RoleCard(
            summary="A closely related model with the same tokenizer; in the paper, the base of the tuned performer.",
            needs=[Ability.NEXT_TOKEN],
        )
    }

    positions: Annotated[
        Literal["same", "published"],
        Field(description="Average the cross-entropy over the text's tokens, or one more as the authors' code does."),
    ] = "same"

    def statistics(self) -> Sequence[Statistic]:
        """The performer's log-probability of each token."""
        return (TokenLogProbability(),)

    def paired_statistics(self) -> Sequence[PairedStatistic]:
        """What the performer makes of the observer's words."""
        return (CrossEntropy(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `excess`, `nll`, `cross_entropy` [nat]; figure `score` = mean nll / mean cross-entropy."""
        text = passes.text
        cross = passes.paired.statistic(CrossEntropy())["cross_entropy"]
        nll = -text.statistic(TokenLogProbability())["log_probability"] + np.float32(0.0)
        over = cross[~np.isnan(cross)]
        if self.positions == "published":
            over = np.append(over, passes.paired.after(CrossEntropy())["cross_entropy"])
        infinite = np.isinf(nll).any() or np.isinf(over).any()
        nll, cross, over = (np.where(np.isinf(each), np.float32(np.nan), each) for each in (nll, cross, over))
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=_tracks(nll, cross))],
            figures=_figures(mean(nll), mean(over)),
            caveat=f"{IMPOSSIBLE} {self.caveat}" if infinite else None,
        )


def _tracks(nll: Array, cross: Array) -> list[Track]:
    excess = nll - cross
    limit, top = largest(np.abs(excess), 1e-6), max(largest(nll), largest(cross))
    tracks = [
        Track(
            name="excess",
            label="Surprisal less what was to be expected",
            unit="nat",
            scale="diverging",
            domain=(-limit, limit),
            values=excess,
        ),
        Track(name="nll", label="Surprisal under the model", unit="nat", domain=(0.0, top), values=nll),
        Track(name="cross_entropy", label="Cross-entropy", unit="nat", domain=(0.0, top), values=cross),
    ]
    return [track.model_copy(update={"aggregate": ["sum", "mean", "max"]}) for track in tracks]


def _figures(nll: float | None, cross: float | None) -> dict[str, Figure]:
    score = nll / cross if nll is not None and cross else None
    return {
        "score": Figure(value=score, label="Score: mean surprisal / mean cross-entropy", domain=(0.0, None)),
        "mean_nll": Figure(value=nll, label="Mean surprisal", unit="nat", domain=(0.0, None)),
        "mean_cross_entropy": Figure(value=cross, label="Mean cross-entropy", unit="nat", domain=(0.0, None)),
    }
