"""Speculative decoding: which drafted tokens a target model would accept."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

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
from workers.core.paired import Overlap, PairedStatistic, TopRank
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.summaries import mean

Array = npt.NDArray[np.float32]


class SpeculativeAcceptance(Method):
    """How likely the model would accept what a draft model proposes at each position, in speculative decoding.

    The expected acceptance Σ min(p, q) over the vocabulary is the probability that a token drawn from the draft q is
    kept by the target p: 1 less their total variation distance. The acceptance of the token that came is
    min(1, p/q). Decoding greedily, a draft is kept where both models' first choices agree. Two teacher-forced passes
    give the whole map: no loop of drafting and checking is run, so this is what it could do on this very text.
    """

    key: ClassVar[str] = "speculative_acceptance"
    name: ClassVar[str] = "Speculative acceptance"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model would keep a token drafted here with higher probability."
    caveat: ClassVar[str] = (
        "Raw distributions at temperature 1. The value for several drafts, 1 − (1 − a)^k, is a guide and not the "
        "optimal-transport acceptance of SpecTr."
    )
    paper: ClassVar[str] = "Leviathan et al., ICML 2023; Chen et al., 2023; Sun et al.: SpecTr, NeurIPS 2023"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Dark stretches are where a small model could write for the large one. Light tokens cost a rejected "
            "draft: look whether they come singly (fine) or in a row (drafting does not pay there)."
        ),
        example=WorkedExample(
            setting=(
                "The model gives “red” and “blue” 0.6 and 0.4. The draft gives them 0.9 and 0.1. Two tokens are "
                "drafted at a time."
            ),
            given={"model": [0.6, 0.4], "draft": [0.9, 0.1], "length": 2},
            steps=[
                Step(does="Expected acceptance", formula="min(0.6, 0.9) + min(0.4, 0.1)", gives=0.7),
                Step(does="Tokens per check", formula="1 + 0.7 + 0.7 · 0.7", gives=2.19),
            ],
            means=(
                "Seven of ten drafted tokens would be kept, so one check of two drafts yields 2.19 tokens on average."
            ),
        ),
        distrust=(
            "As a speed: drafting costs time too, and acceptance changes along a text that was drafted, because "
            "it is then another text. At other temperatures the numbers are others."
        ),
        papers=[
            Paper(
                citation=(
                    "Leviathan, Kalman & Matias: Fast Inference from Transformers via Speculative Decoding, ICML 2023"
                ),
                year=2022,
                id="arXiv:2211.17192",
            ),
            Paper(
                citation=("Chen et al.: Accelerating Large Language Model Decoding with Speculative Sampling"),
                year=2023,
                id="arXiv:2302.01318",
            ),
            Paper(citation="Sun et al.: SpecTr, NeurIPS", year=2023, id="arXiv:2310.15141"),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    roles: ClassVar[dict[str, RoleCard]] = {
        "draft": RoleCard(
            summary="The small model that drafts; the job's model checks its drafts. They share one tokenizer.",
            needs=[Ability.NEXT_TOKEN],
        )
    }

    draft_length: Annotated[int, Field(ge=1, le=64, description="How many tokens are drafted at a time.")] = 5
    drafts: Annotated[int, Field(ge=1, le=64, description="How many drafts are tried at a position (SpecTr's k).")] = 4

    def statistics(self) -> Sequence[Statistic]:
        """The target's log-probability of each token."""
        return (TokenLogProbability(),)

    def role_statistics(self) -> Sequence[Statistic]:
        """The draft's log-probability of each token."""
        return (TokenLogProbability(),)

    def paired_statistics(self) -> Sequence[PairedStatistic]:
        """The overlap of both distributions, and where the draft ranks the target's choice."""
        return (Overlap(), TopRank())

    def run(self, passes: Passes) -> Findings:
        """Tracks `expected_acceptance`, `token_acceptance`, `several_drafts`, and `greedy` [categorical]."""
        text = passes.text
        expected = passes.paired.statistic(Overlap())["overlap"]
        rank = passes.paired.statistic(TopRank())["top_rank"]
        p, q = (one.statistic(TokenLogProbability())["log_probability"] for one in (text, passes.role("draft")))
        with np.errstate(invalid="ignore"):  # −inf − −inf: neither model would ever say it, so there is no value
            token = np.exp(np.minimum(p - q, np.float32(0.0)))
        agree = np.where(np.isnan(rank), np.float32(np.nan), rank == 0).astype(np.float32)
        several = 1 - (1 - expected) ** self.drafts
        tracks = [
            _probability("expected_acceptance", "Expected acceptance", expected),
            _probability("token_acceptance", "Acceptance of this token", token),
            _probability("several_drafts", f"Guide for {self.drafts} drafts: 1 − (1 − a)^{self.drafts}", several),
            Track(
                name="greedy",
                label="Decoding greedily",
                scale="categorical",
                categories=["rejected", "accepted"],
                domain=(0.0, 1.0),
                values=agree,
                aggregate=[],
            ),
        ]
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=tracks)],
            figures=self._figures(expected, agree),
        )

    def _figures(self, expected: Array, agree: Array) -> dict[str, Figure]:
        rate, greedy = mean(expected), mean(agree)
        return {
            "acceptance_rate": Figure(value=rate, label="Mean expected acceptance", domain=(0.0, 1.0)),
            "greedy_rate": Figure(value=greedy, label="Greedy drafts accepted", domain=(0.0, 1.0)),
            "tokens_per_check": Figure(
                value=None if rate is None else expected_tokens(rate, self.draft_length),
                label=f"Expected tokens per check of {self.draft_length} drafted ones",
                domain=(1.0, self.draft_length + 1.0),
            ),
        }


def expected_tokens(rate: float, length: int) -> float:
    """(1 − α^(γ+1)) / (1 − α) tokens come of one check of γ drafted ones at acceptance rate α (Leviathan et al.)."""
    return sum(rate**count for count in range(length + 1))


def _probability(name: str, label: str, values: Array) -> Track:
    return Track(name=name, label=label, domain=(0.0, 1.0), values=values, aggregate=["min", "mean"])
