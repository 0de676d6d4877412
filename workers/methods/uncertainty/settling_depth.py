"""From which layer on a model's next token stays the same."""

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
    ScoresPanel,
    Series,
    Step,
    Track,
    WorkedExample,
)
from workers.core.charts import line
from workers.core.layers import LayerTop
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic
from workers.core.summaries import Over, counted, mean

Array = npt.NDArray[np.float32]


class SettlingDepth(Method):
    """After how many layers the model's most probable next token no longer changes: its settling depth.

    Each layer's residual stream goes through the model's final norm and head, as if the model ended there (the logit
    lens). Tokens that settle early would need no further layers. SkipDecode leaves by a schedule over positions and
    not by difficulty, Duo-LLM asks how much more compute helps: the depth is what an unchanged model shows of both.
    """

    key: ClassVar[str] = "settling_depth"
    name: ClassVar[str] = "Settling depth"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model changed its mind up to a later layer before this token."
    caveat: ClassVar[str] = (
        "Early layers were not trained to be read by the head. The depth is that of the model's own first choice, "
        "whatever token then came."
    )
    paper: ClassVar[str] = "SkipDecode, arXiv 2307.02628; Duo-LLM, arXiv 2410.10846; logit lens (nostalgebraist, 2020)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Light tokens were decided early, dark ones late. Compare function words with names: where even easy "
            "words settle late, the model uses its last layers for wording, not for thinking."
        ),
        example=WorkedExample(
            setting=(
                "A model has four layers. Read after each of them, its first choice would be “a”, “the”, “red” "
                "and “red”."
            ),
            given={"choices": [1, 2, 3, 3]},
            steps=[
                Step(does="Layers at the end that agree with the last", formula="1 + 1", gives=2),
                Step(does="Layer from which the choice stays", formula="4 + 1 − 2", gives=3),
            ],
            means="The choice settles after layer 3: the fourth layer changed nothing about it.",
        ),
        distrust=(
            "In the first layers of models whose final norm and head do not fit them: what is read there is not "
            "what the model “thinks”. A settled choice may still gain or lose probability."
        ),
        papers=[
            Paper(citation="nostalgebraist: interpreting GPT, the logit lens", year=2020, id=""),
            Paper(citation="Del Corro et al.: SkipDecode", year=2023, id="arXiv:2307.02628"),
            Paper(citation="Alizadeh et al.: Duo-LLM", year=2024, id="arXiv:2410.10846"),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "chart")

    over: Over = "all"

    def statistics(self) -> Sequence[Statistic]:
        """The most probable token of each layer."""
        return (LayerTop(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `depth` [layer] and `agreement` (share of layers that choose the same token)."""
        text = passes.text
        top = text.layers(LayerTop())["top_id"]
        depth, agreement = settled(top)
        of = counted(text, self.over) & ~np.isnan(depth)
        count = len(top)
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=text.scored.strip.id, tracks=_tracks(depth, agreement, count)),
                _share_chart(depth[of], count),
                ChartPanel(
                    mark="line",
                    label="Depth along the text",
                    x=ChartAxis(label="Token"),
                    y=ChartAxis(label="Settling depth", unit="layer"),
                    series=[line("Settling depth", depth[of])],
                    baseline=mean(depth[of]),
                ),
            ],
            figures={
                "mean_depth": Figure(
                    value=mean(depth[of]), label=f"Mean depth, of {count} layers", unit="layer", domain=(1.0, count)
                ),
                "layers_spare": Figure(
                    value=None if not of.any() else 1 - float(depth[of].mean()) / count,
                    label="Share of layers after settling",
                    domain=(0.0, 1.0),
                ),
            },
        )


def settled(top: Array) -> tuple[Array, Array]:
    """From each layer's choice (layers, units): after which layer it stays the last one's, and how many agree."""
    same = top == top[-1]
    stays = np.logical_and.accumulate(same[::-1])[::-1]
    depth = len(top) + 1 - stays.sum(0).astype(np.float32)
    unknown = np.isnan(top[-1])
    return np.where(unknown, np.float32(np.nan), depth), np.where(
        unknown, np.float32(np.nan), same.mean(0, dtype=np.float32)
    )


def _tracks(depth: Array, agreement: Array, layers: int) -> list[Track]:
    return [
        Track(
            name="depth",
            label="Settling depth",
            unit="layer",
            domain=(1.0, max(2.0, layers)),
            aggregate=["max", "mean"],
            values=depth,
        ),
        Track(
            name="agreement",
            label="Share of layers that choose the final token",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=agreement,
        ),
    ]


def _share_chart(depth: Array, layers: int) -> ChartPanel:
    """How many tokens have settled by each layer."""
    every: list[float | str] = [float(layer) for layer in range(1, layers + 1)]
    shares = [float((depth <= layer).mean()) if depth.size else None for layer in range(1, layers + 1)]
    return ChartPanel(
        mark="line",
        label="Tokens that have settled by each layer",
        x=ChartAxis(label="Layer"),
        y=ChartAxis(label="Share of tokens"),
        series=[Series(label="Settled", x=every, y=shares)],
    )
