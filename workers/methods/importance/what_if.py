"""What if: the target and the answer once some units are removed, replaced or masked."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from workers.contract import (
    Ability,
    BranchesPanel,
    BranchNode,
    Figure,
    Guide,
    Lens,
    Panel,
    PanelKind,
    Paper,
    Step,
    Strip,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.attribution import unit_of
from workers.core.changed import Changed
from workers.core.edits import Edit, PatchMask, Rules, TextMask, changes_of
from workers.core.method import FORWARD, Findings, Method
from workers.core.passes import Passes

CANDIDATES = 5


class WhatIf(Method):
    """What the target and the answer become when chosen units are removed, replaced or masked: computed, not estimated.

    Removed tokens are cut out and all behind them move up; a replacement is spliced in as its own tokens; a mask
    leaves the place and takes what stands there. Nothing is tokenised anew: what stays keeps its ids, and the target
    is read teacher-forced at its moved place. Patches of a picture are painted over. `change` is the target's quantity
    after the edit less that before, what scores of importance can only predict.
    """

    key: ClassVar[str] = "what_if"
    name: ClassVar[str] = "What if"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = (
        "The change is the target after the edit less before: below zero, what was taken away spoke for it; the bars "
        "are the model's candidates there before and after."
    )
    caveat: ClassVar[str] = (
        "It is the change of this one edit: units that repeat each other can each be missed alone, and an edited input "
        "may be unlike any that the model was trained on."
    )
    paper: ClassVar[str] = (
        "Li, Monroe & Jurafsky 2016, Understanding Neural Networks through Representation Erasure (arXiv 1612.08220)"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the change first: it is what the target really gained or lost by this edit. Then hold it against "
            "what the scores had predicted, and look whether the answer itself became another one."
        ),
        example=WorkedExample(
            setting=(
                "A model scores “not so good”: 2 for each unit of “good”, −3 of “not”, 1 of “so”. Their values are 1, "
                "0.5 and 0.25, and masking makes a value 0. What if “not” and “so” are masked?"
            ),
            given={"weights": [-3.0, 1.0, 2.0], "inputs": [0.5, 0.25, 1.0]},
            steps=[
                Step(does="The score before", formula="−3 · 0.5 + 1 · 0.25 + 2 · 1", gives=0.75),
                Step(does="The score after, “good” alone", formula="2 · 1", gives=2),
                Step(does="The change", formula="2 − 0.75", gives=1.25),
            ],
            means=(
                "The score rises by 1.25: the two spoke against it. Their scores of importance, −1.5 and 0.25, predict "
                "exactly that here; in a deep model the two can differ, and the change is the one to believe."
            ),
        ),
        distrust=(
            "When the edited input is one that nobody would write: the model then answers about that. Try a "
            "replacement that makes sense beside a removal. One edit says nothing about others: two copies of a clue "
            "can each be removed without any change."
        ),
        papers=[
            Paper(
                citation="Li, Monroe & Jurafsky: Understanding Neural Networks through Representation Erasure",
                year=2016,
                id="arXiv:1612.08220",
            )
        ],
    )
    inputs: ClassVar = ("text", "image")
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (
        frozenset({Ability.NEXT_TOKEN}),
        frozenset({Ability.IMAGE_CLASSES, Ability.PATCHES}),
    )
    explains: ClassVar[bool] = True
    follows: ClassVar[bool] = True
    produces: ClassVar[tuple[PanelKind, ...]] = ("groups", "chart", "branches")
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=4), Term(times=2, of=["answer"], limit="bytes")],
        most=[FORWARD, Term(times=6, of=["targets"]), Term(times=2, of=["answer"])],
    )

    edits: Annotated[list[Edit], Field(max_length=64, description="Which units change, and how.")] = []
    mask: Annotated[
        TextMask, Field(description="What stands in a masked token's place: a mask token, padding, or a vector.")
    ] = "mask"
    patch: Annotated[PatchMask, Field(description="What covers a masked patch.")] = "grey"
    answer: Annotated[
        int, Field(ge=0, le=128, description="Tokens of the answer that are generated before and after.")
    ] = 16

    def run(self, passes: Passes) -> Findings:
        """Figures `before`, `after`, `change` and `divergence` per target, candidates, and the answer on both sides."""
        found: list[Changed] = []
        for objective in passes.objectives:
            passes.report("Computing the edited input", None)
            rules = Rules(self.mask, self.patch, passes.reading.special_text)
            found.append(Changed.of(objective, changes_of(objective, self.edits, rules)))
        first = found[0]
        marks, edited = first.marks()
        passes.report("Asking for the new answer", None)
        answers = first.answers(self.answer)
        pairs = [(one, target) for one in found for target in range(len(one.objective.targets))]
        panels: list[Panel] = [marks, *(one.candidates(target, CANDIDATES) for one, target in pairs)]
        if answers:
            panels.append(_side_by_side(answers))
        return Findings(
            strips=[*first.objective.strips, *edited, *answers],
            panels=panels,
            figures=_figures(pairs),
            targets=[
                one.objective.targets[target].model_copy(update={"value": float(one.values[0][target])})
                for one, target in pairs
            ],
        )


def _figures(pairs: Sequence[tuple[Changed, int]]) -> dict[str, Figure]:
    """Of one target `before`, `after`, `change`, `divergence`; of several the same with their number behind."""
    figures: dict[str, Figure] = {}
    for index, (one, target) in enumerate(pairs):
        behind = "" if len(pairs) == 1 else f"_{index + 1}"
        asked, unit = one.objective.targets[target], unit_of(one.objective)
        before, after = (float(values[target]) for values in one.values)
        name = f" of “{asked.class_label or asked.text}”" if behind else ""
        figures |= {
            f"before{behind}": Figure(value=before, label=f"Before{name}", unit=unit),
            f"after{behind}": Figure(value=after, label=f"After{name}", unit=unit),
            f"change{behind}": Figure(value=after - before, label=f"Change{name}", unit=unit),
            f"divergence{behind}": Figure(
                value=one.divergence(target),
                label=f"How far the distribution moved{name}, KL(before ‖ after)",
                unit="nat",
                domain=(0.0, None),
            ),
        }
    return figures


def _side_by_side(answers: Sequence[Strip]) -> BranchesPanel:
    nodes = [BranchNode(id=strip.id, parent=None, strip=strip.id, label=strip.id.capitalize()) for strip in answers]
    return BranchesPanel(label="The answer, before and after", layout="columns", nodes=nodes)
