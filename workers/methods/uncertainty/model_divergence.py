"""R2R: where a model and a reference model would go different ways."""

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
from workers.core.paired import Divergence, PairedStatistic, TopRank
from workers.core.passes import Passes
from workers.core.statistics import Entropy, Statistic
from workers.core.summaries import largest, mean

Array = npt.NDArray[np.float32]

_NEAR = 5
"""A choice among the reference's first five is close to what it would have said."""
_WAYS = ["same token", f"in its top {_NEAR}", "another way"]
_RULED_OUT = "The divergence is infinite, and has no value, where one model rules out a token that the other allows."


class ModelDivergence(Method):
    """Where a model and a reference model would say different things: same token, a close one, or another way.

    At each position, after the text that both have read: would both choose the same token; if not, is the model's
    choice among the five that the reference finds most probable? Beside it stands the divergence between the two
    distributions. Most tokens are the same for a small and a large model, so that a router may keep the small one
    for them: a token is routed to the reference where the model's own entropy is above a threshold (the switch
    without training of R2R's code; its trained router needs labels of a judge, which are not used here).
    """

    key: ClassVar[str] = "model_divergence"
    name: ClassVar[str] = "Divergence of two models (R2R)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the two models expected more different things before this token."
    caveat: ClassVar[str] = "Different tokens may mean the same: nobody has judged whether a difference matters."
    paper: ClassVar[str] = "Fu et al.: R2R, NeurIPS 2025"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look at “different” first: there the two models would go separate ways. Hover what they would say. "
            "Many are harmless (another word, same sense); the rest is what a larger model buys you."
        ),
        example=WorkedExample(
            setting="The reference gives “red” and “blue” 0.5 each. The model gives them 0.9 and 0.1.",
            given={"reference": [0.5, 0.5], "model": [0.9, 0.1]},
            steps=[
                Step(does="What “red” adds", formula="0.5 · ln(0.5 / 0.9)", gives=-0.294),
                Step(does="What “blue” adds", formula="0.5 · ln(0.5 / 0.1)", gives=0.805),
                Step(does="Divergence", formula="−0.294 + 0.805", gives=0.511),
            ],
            means=(
                "Most of the divergence comes from “blue”, which the reference holds possible and the model hardly."
            ),
        ),
        distrust=(
            "As a judgement of which model is right, and near zero as a sign that both are good. The routed "
            "tokens follow a simple rule of entropy, not the paper's trained router."
        ),
        papers=[
            Paper(
                citation=(
                    "Fu et al.: R2R, Efficiently Navigating Divergent Reasoning Paths with Small-Large Model "
                    "Token Routing, NeurIPS"
                ),
                year=2025,
                id="arXiv:2505.21600",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    roles: ClassVar[dict[str, RoleCard]] = {
        "reference": RoleCard(
            summary="The model to compare with, usually the larger one; it has the same tokenizer.",
            needs=[Ability.NEXT_TOKEN],
        )
    }

    direction: Annotated[
        Literal["reference_to_model", "model_to_reference"],
        Field(description="KL(reference ‖ model), what the model misses of the reference, or KL(model ‖ reference)."),
    ] = "reference_to_model"
    route_above: Annotated[
        float | None,
        Field(ge=0, le=20, description="Route tokens to the reference where the model's entropy [nat] is above this."),
    ] = 0.45

    def statistics(self) -> Sequence[Statistic]:
        """The model's own entropy, by which tokens are routed."""
        return (Entropy(),)

    def paired_statistics(self) -> Sequence[PairedStatistic]:
        """The divergence, and where the reference ranks the model's choice."""
        return (self._divergence, TopRank())

    @property
    def _divergence(self) -> Divergence:
        return Divergence(first=self.direction == "model_to_reference")

    def run(self, passes: Passes) -> Findings:
        """Tracks `divergence` [nat], `choice` [categorical], `reference_rank`, and `routed` with a threshold."""
        text = passes.text
        divergence = passes.paired.statistic(self._divergence)["divergence"]
        infinite = np.isinf(divergence)
        divergence[infinite] = np.nan
        rank = passes.paired.statistic(TopRank())["top_rank"]
        way = np.where(np.isnan(rank), np.float32(np.nan), np.digitize(rank, [1, _NEAR])).astype(np.float32)
        tracks = [
            _categories("choice", "What the model would say", way, _WAYS),
            Track(
                name="divergence",
                label="Divergence (KL)",
                unit="nat",
                domain=(0.0, largest(divergence)),
                values=divergence,
                aggregate=["sum", "mean", "max"],
            ),
            Track(
                name="reference_rank",
                label="The reference's rank of the model's choice",
                domain=(0.0, largest(rank)),
                values=rank,
                aggregate=["max", "mean"],
            ),
        ]
        figures = _figures(way, divergence)
        if self.route_above is not None:
            routed, more = _routed(text.statistic(Entropy())["entropy"], way, self.route_above)
            tracks.append(_categories("routed", "Who would write it", routed, ["model", "reference"]))
            figures |= more
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=tracks)],
            figures=figures,
            caveat=f"{_RULED_OUT} {self.caveat}" if infinite.any() else None,
        )


def _categories(name: str, label: str, values: Array, categories: list[str]) -> Track:
    domain = (0.0, float(len(categories) - 1))
    return Track(
        name=name, label=label, scale="categorical", categories=categories, domain=domain, values=values, aggregate=[]
    )


def _figures(way: Array, divergence: Array) -> dict[str, Figure]:
    figures = {
        name: _share(f"Tokens: {_WAYS[index]}", (way == index)[~np.isnan(way)])
        for index, name in enumerate(("identical", "close", "different"))
    }
    figures["mean_divergence"] = Figure(value=mean(divergence), label="Mean divergence", unit="nat", domain=(0.0, None))
    return figures


def _routed(entropy: Array, way: Array, threshold: float) -> tuple[Array, dict[str, Figure]]:
    """Who writes each token, what share goes to the reference, and how many of those that differ are among them."""
    known = ~np.isnan(entropy)
    above = np.where(known, entropy > threshold, np.float32(np.nan)).astype(np.float32)
    return above, {
        "routed": _share("Tokens routed to the reference", above[known] == 1),
        "routed_different": _share("Tokens that differ and are routed", above[known & (way > 0)] == 1),
    }


def _share(label: str, holds: npt.NDArray[np.bool_]) -> Figure:
    return Figure(value=float(holds.mean()) if holds.size else None, label=label, domain=(0.0, 1.0))
