"""Attention of the class token: where a vision transformer's answer looks."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.contract import (
    Ability,
    Axis,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.method import Findings, Method
from workers.core.passes import Passes


class ClsAttention(Method):
    """Where the class token looks: its attention to every patch, layer by layer.

    Rows of softmax(q kᵀ / √d) read at the class token, reduced over heads. The patches of a layer sum to 1 less what
    the class token gives to itself. Attention says where information may flow from, not what it does to the answer.
    """

    key: ClassVar[str] = "cls_attention"
    name: ClassVar[str] = "Class-token attention"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = "More colour: the class token attends to this patch more in this layer."
    caveat: ClassVar[str] = "Attention is not influence: a patch may be looked at and change nothing."
    paper: ClassVar[str] = "Caron et al. 2021, Emerging Properties in Self-Supervised Vision Transformers (ICCV)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Go through the layers with the band: early ones look everywhere, late ones often at one object. "
            "Look at the class token's own share too; where it is near 1, the colours are about very little."
        ),
        example=WorkedExample(
            setting=(
                "A class token has two heads. They give 0.2 and 0.4 to itself, 0.5 and 0.1 to a first patch, 0.3 "
                "and 0.5 to a second."
            ),
            given={"heads": [[0.2, 0.5, 0.3], [0.4, 0.1, 0.5]]},
            steps=[
                Step(does="First patch, mean of the heads", formula="(0.5 + 0.1) / 2", gives=0.3),
                Step(does="Second patch", formula="(0.3 + 0.5) / 2", gives=0.4),
                Step(does="The class token itself", formula="(0.2 + 0.4) / 2", gives=0.3),
                Step(does="All patches together", formula="1 − 0.3", gives=0.7),
            ],
            means=(
                "The second patch is looked at most, although the first head prefers the first patch: a mean "
                "hides such differences, so look at the maximum too."
            ),
        ),
        distrust=(
            "As the reason for an answer: a patch may be looked at and change nothing. Some models keep notes "
            "for themselves in patches of plain background, which then glow for no visible reason."
        ),
        papers=[
            Paper(
                citation="Caron et al.: Emerging Properties in Self-Supervised Vision Transformers, ICCV",
                year=2021,
                id="arXiv:2104.14294",
            ),
            Paper(
                citation="Darcet et al.: Vision Transformers Need Registers, ICLR 2024",
                year=2023,
                id="arXiv:2309.16588",
            ),
        ],
    )
    inputs: ClassVar = ("image",)
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.CLS_TOKEN, Ability.PATCHES}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)

    heads: Annotated[
        Literal["mean", "max", "each"],
        Field(description="How the heads of a layer become one number: their mean or maximum; or each head apart."),
    ] = "mean"

    def run(self, passes: Passes) -> Findings:
        """Track `attention` over `layer`, and `head` where each stands apart; the class token's own share: a figure."""
        vision = passes.vision
        attention = vision.class_token_attention.cpu().numpy()
        axes = [Axis(name="layer", values=list(range(1, len(attention) + 1)))]
        if self.heads == "each":
            axes.append(Axis(name="head", values=list(range(1, attention.shape[1] + 1))))
            reduced = attention
        else:
            reduced = attention.mean(1) if self.heads == "mean" else attention.max(1)
        patches = [index for index, unit in enumerate(vision.strip.units) if unit.kind == "patch"]
        track = Track(
            name="attention",
            label="Attention of the class token",
            domain=(0.0, float(reduced[..., patches].max())),
            axes=axes,
            aggregate=["sum", "mean", "max"],
            values=np.where(_special(len(vision.strip.units), patches), np.nan, reduced),
        )
        return Findings(
            strips=[vision.strip],
            panels=[ScoresPanel(strip=vision.strip.id, tracks=[track])],
            figures={**_answer(passes), "own_attention": _own(reduced)},
        )


def _special(units: int, patches: list[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.ones(units, dtype=bool)
    mask[patches] = False
    return mask


def _own(reduced: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Figure:
    """Of the last layer; of heads that stand apart, their mean."""
    return Figure(
        value=float(reduced[-1, ..., 0].mean()),
        label="Attention of the class token to itself, last layer",
        domain=(0, 1),
    )


def _answer(passes: Passes) -> dict[str, Figure]:
    probabilities = passes.vision.logits.softmax(-1)
    best = int(probabilities.argmax())
    label = f"Probability of {passes.vision.model.labels[best]}"
    return {"probability": Figure(value=float(probabilities[best]), label=label, domain=(0, 1))}
