"""Edits of an input: units that are removed, replaced or masked, and the objective that reads what is left.

Ids are never tokenised anew: what stays keeps its ids, what is removed lets all behind it move up, and the target is
read teacher-forced at its moved row.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from workers.contract import Refusal, Strip
from workers.contract.base import Text
from workers.core.objectives import CausalObjective, ClassObjective, EncoderDecoderObjective, Objective, Place
from workers.core.objectives.embeddings import replacement_id
from workers.core.targets import ids_within

Action = Literal["remove", "replace", "mask"]
TextMask = Literal["mask", "pad", "mean", "zero"]
PatchMask = Literal["grey", "mean", "blurred", "zero"]

MOST_UNITS = 4096
MOST_IDS = 256
MOST_GROWTH = 4096
"""Ids that an input may grow by, for a model without a context length would take any number."""


class Edit(BaseModel):
    """Units of one strip, and what becomes of them; of `replace`, what comes instead: a text, or token ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strip: Text = "main"
    units: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=MOST_UNITS)]
    action: Action
    text: Annotated[Text, Field(min_length=1, max_length=4096)] | None = None
    ids: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=MOST_IDS)] | None = None

    @model_validator(mode="after")
    def _one_replacement(self) -> "Edit":
        given = sum(value is not None for value in (self.text, self.ids))
        if given != (self.action == "replace"):
            raise ValueError("replace names a text or ids, one of them; remove and mask name neither")
        return self


@dataclass(frozen=True)
class Changes:
    """By row of an objective: the ids that stand there instead (none: it is gone), and the rows that are masked."""

    ids: dict[int, list[int]] = field(default_factory=dict)
    vectors: dict[int, Tensor] = field(default_factory=dict)

    def starts(self, rows: int) -> list[int]:
        """Where each of so many rows, and what follows them, begins in the edited input."""
        starts = [0]
        for row in range(rows):
            starts.append(starts[-1] + len(self.ids.get(row, (0,))))
        return starts

    def fresh(self, rows: int) -> list[int]:
        """Rows of the edited input that were not there before, in order."""
        spans = list(pairwise(self.starts(rows)))
        return [at for row, (start, stop) in enumerate(spans) if self._touches(row) for at in range(start, stop)]

    def _touches(self, row: int) -> bool:
        return row in self.ids or row in self.vectors

    @property
    def last(self) -> int:
        """The last row that is changed; -1 where nothing is."""
        return max([*self.ids, *self.vectors], default=-1)


@dataclass(frozen=True)
class Rules:
    """What masks a token and a patch, and how a typed replacement is read."""

    mask: TextMask
    patch: PatchMask
    special_text: Literal["escape", "parse"] = "escape"


def changes_of(objective: Objective, edits: Sequence[Edit], rules: Rules) -> Changes:
    """What edits do to an objective's rows. Raises Refusal with limit and value for units that cannot be changed."""
    found = Changes()
    taken: set[Place] = set()
    for edit in edits:
        rows = list(_rows(objective, edit, taken))
        if edit.action == "mask":
            _mask(objective, rows, rules, found)
            continue
        ids = _ids(objective, edit, rules)
        for index, row in enumerate(rows):
            follows = index > 0 and row == rows[index - 1] + 1
            found.ids[row] = [] if follows else list(ids)
        _check_growth(found)
    return found


def _check_growth(changes: Changes) -> None:
    growth = sum(len(ids) - 1 for ids in changes.ids.values() if ids)
    if growth > MOST_GROWTH:
        detail = f"The edits make the input longer by {growth:,} tokens or more; {MOST_GROWTH:,} are the most."
        raise _refused("edits-too-long", detail, limit=MOST_GROWTH, value=growth)


def edited(objective: Objective, changes: Changes) -> Objective:
    """The objective on the edited input. Raises Refusal where nothing is left that could predict the target."""
    after = objective.spliced(changes.ids) if changes.ids else copy(objective)
    starts = changes.starts(len(objective.places))
    if changes.vectors:
        after.inputs = after.inputs.clone()
        for row, vector in changes.vectors.items():
            after.inputs[starts[row]] = vector
    return after


def _rows(objective: Objective, edit: Edit, taken: set[Place]) -> Iterator[int]:
    """The rows of an edit's units, in order; gaps between tokens have none."""
    strip = next((one for one in objective.strips if one.id == edit.strip), None)
    if strip is None:
        known = " or ".join(f"“{one.id}”" for one in objective.strips)
        raise _refused("unknown-strip", f"There is no strip “{edit.strip}” here; an edit lies on {known}.")
    rows = {place: row for row, place in enumerate(objective.places)}
    found = False
    for unit in sorted(edit.units):
        place = Place(strip.id, unit)
        _check_unit(objective, strip, unit)
        if place in taken:
            raise _refused("unit-twice", f"Unit {unit} of “{strip.id}” is edited twice.", value=unit)
        taken.add(place)
        if place in rows:
            found = True
            yield rows[place]
    if not found:
        raise _refused("edit-without-token", "The units hold no token, only gaps of the tokenizer.")


def _check_unit(objective: Objective, strip: Strip, unit: int) -> None:
    count = len(strip.units)
    if unit >= count:
        detail = f"“{strip.id}” has {count:,} units, 0 to {count - 1:,}; unit {unit:,} was to be changed."
        raise _refused("unit-out-of-range", detail, limit=count - 1, value=unit)
    if strip.units[unit].special:
        name = strip.units[unit].surface or "it"
        detail = f"Unit {unit} is a special token ({name}); it belongs to how the text is read and stays."
        raise _refused("special-unit", detail, value=unit)
    starts = [one.start for one in objective.targets if one.strip == strip.id and one.start is not None]
    if starts and unit >= min(starts):
        detail = (
            f"Unit {unit} lies in or behind the target, which begins at unit {min(starts)}: it is what is explained, "
            "or comes later. Only units before it can be changed."
        )
        raise _refused("edit-touches-target", detail, limit=min(starts) - 1, value=unit)


def _mask(objective: Objective, rows: Sequence[int], rules: Rules, changes: Changes) -> None:
    if isinstance(objective, CausalObjective | EncoderDecoderObjective) and rules.mask in ("mask", "pad"):
        changes.ids.update({row: [replacement_id(objective.model, rules.mask)] for row in rows})
        return
    if isinstance(objective, ClassObjective):
        covers = objective.cover(rules.patch)
    else:
        covers = objective.baseline("zero" if rules.mask == "zero" else "mean")
    changes.vectors.update({row: covers[row] for row in rows})


def _ids(objective: Objective, edit: Edit, rules: Rules) -> list[int]:
    if not isinstance(objective, CausalObjective | EncoderDecoderObjective):
        raise _refused("patches-stay", "A picture keeps its patches: they can be masked, not removed or replaced.")
    model = objective.model
    if edit.action == "remove":
        return []
    found = edit.ids if edit.ids is not None else ids_within(model, edit.text or "", rules.special_text)
    if not found:
        raise _refused("empty-replacement", "The replacement holds no token; remove the units instead.")
    if len(found) > MOST_IDS:
        detail = f"The replacement has {len(found):,} tokens; {MOST_IDS} are the most."
        raise _refused("replacement-too-long", detail, limit=MOST_IDS, value=len(found))
    if max(found) >= model.vocabulary:
        detail = f"There is no token {max(found)}; the vocabulary has {model.vocabulary:,}."
        raise _refused("unknown-token", detail, limit=model.vocabulary - 1, value=max(found))
    return found


def _refused(id: str, detail: str, *, limit: int | None = None, value: int | None = None) -> Refusal:
    return Refusal(id, detail, field="methods.what_if.edits", limit=limit, value=value)
