"""An objective before and after an edit: its values, the candidates at each target, and the answer from there on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from workers.contract import ChartAxis, ChartPanel, Group, GroupsPanel, Series, Strip
from workers.core.answers import answer_begins, greedy_answer
from workers.core.edits import Changes, edited
from workers.core.objectives import CausalObjective, ClassObjective, EncoderDecoderObjective, Objective
from workers.core.reading import read_ids

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Changed:
    """What an edit does to the targets of one objective: values (targets), probabilities (targets, classes)."""

    objective: Objective
    after: Objective
    changes: Changes
    values: tuple[Array, Array]
    chances: tuple[Array, Array]

    @classmethod
    @torch.no_grad()
    def of(cls, objective: Objective, changes: Changes) -> "Changed":
        """Each side costs one pass for the values and one for the distributions."""
        after = edited(objective, changes)
        sides = (objective, after)
        before, now = (one.original().double().cpu().numpy() for one in sides)
        first, second = (one.distributions(one.inputs[None])[0].double().cpu().numpy() for one in sides)
        return cls(objective, after, changes, (before, now), (first, second))

    def divergence(self, target: int) -> float:
        """KL(before ‖ after) where the target is read [nat]; 0 where nothing moved."""
        before, after = (chances[target] for chances in self.chances)
        held = before > 0
        return max(0.0, float(np.sum(before[held] * np.log(before[held] / np.maximum(after[held], 1e-45)))))

    def candidates(self, target: int, most: int) -> ChartPanel:
        """The most probable candidates before, those after, and what is explained, with both probabilities."""
        before, after = (chances[target] for chances in self.chances)
        asked = self.objective.targets[target]
        top = [int(id) for chances in (before, after) for id in np.argsort(-chances, kind="stable")[:most]]
        ids = list(dict.fromkeys([*top, *asked.ids[:1], *asked.contrast_ids[:1]]))
        names = self._names([id for id in ids if id < len(before)])
        return ChartPanel(
            mark="bar",
            label=f"What stands to choose at “{asked.class_label or asked.text}”, before and after",
            x=ChartAxis(label="Candidate", scale="band"),
            y=ChartAxis(label="Probability"),
            series=[
                Series(label=label, x=list(names.values()), y=[float(chances[id]) for id in names])
                for label, chances in (("before", before), ("after", after))
            ],
            baseline=0.0,
        )

    def _names(self, ids: list[int]) -> dict[int, str]:
        """A name for each id, no two alike."""
        names = {id: self._name(id) for id in ids}
        written = list(names.values())
        return {id: name if written.count(name) == 1 else f"{name} #{id}" for id, name in names.items()}

    def _name(self, id: int) -> str:
        if isinstance(self.objective, ClassObjective):
            return self.objective.model.labels[id]
        if isinstance(self.objective, CausalObjective | EncoderDecoderObjective):
            tokenizer = self.objective.model.tokenizer
            text = tokenizer.token_text(id)
            return text if text and not tokenizer.is_special(id) else tokenizer.token_string(id)
        return str(id)

    def answers(self, tokens: int) -> list[Strip]:
        """What the model says before and after, each a strip of its own; none for a model that continues nothing."""
        if tokens == 0 or not isinstance(self.objective, CausalObjective | EncoderDecoderObjective):
            return []
        begin = answer_begins(self.objective, self.changes.last)
        starts = self.changes.starts(len(self.objective.places))
        made = []
        for id, one, row in (("before", self.objective, begin), ("after", self.after, starts[begin])):
            ids = greedy_answer(one, row, tokens) or []
            made.append(read_ids(self.objective.model, ids, id, "sample", f"The answer {id}").strip)
        return made

    def marks(self) -> tuple[GroupsPanel, list[Strip]]:
        """What was changed, on the strips as they were, and on what is read now, where that has other ids."""
        gone = [row for row, ids in self.changes.ids.items() if not ids]
        others = [row for row, ids in self.changes.ids.items() if ids]
        kinds = {"Gone": gone, "Another token instead": others, "Masked": list(self.changes.vectors)}
        groups = [
            Group(label=label, strip=strip.id, ranges=ranges)
            for label, rows in kinds.items()
            for strip in self.objective.strips
            if (ranges := _ranges(self._units(rows, strip)))
        ]
        edited = self._edited() if self.changes.ids else []
        groups += [Group(label="New", strip=strip.id, ranges=ranges) for strip, ranges in edited if ranges]
        return GroupsPanel(label="What was changed", groups=groups, style="underline"), [strip for strip, _ in edited]

    def _edited(self) -> list[tuple[Strip, list[tuple[int, int]]]]:
        """What is read now, strip by strip, and where its new tokens lie."""
        found: list[tuple[Strip, list[tuple[int, int]]]] = []
        if not isinstance(self.after, CausalObjective | EncoderDecoderObjective):
            return found
        fresh, begin = set(self.changes.fresh(len(self.objective.places))), 0
        for id, ids in self.after.sequences.items():
            label = "The edited text" if id == "main" else f"The edited {id}"
            tokens = read_ids(self.after.model, ids, f"edited-{id}", "document", label)
            new = [place for row, place in enumerate(tokens.places) if begin + row in fresh]
            found.append((tokens.strip, _ranges(new)))
            begin += len(ids)
        return found

    def _units(self, rows: Sequence[int], strip: Strip) -> list[int]:
        places = [self.objective.places[row] for row in rows]
        return sorted(place.unit for place in places if place.strip == strip.id)


def _ranges(units: Sequence[int]) -> list[tuple[int, int]]:
    """Units in order as half-open runs."""
    found: list[tuple[int, int]] = []
    for unit in units:
        if found and found[-1][1] == unit:
            found[-1] = (found[-1][0], unit + 1)
        else:
            found.append((unit, unit + 1))
    return found
