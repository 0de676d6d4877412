"""Layers: one number per unit of one strip — what the strip is coloured by, once for each slice of the axes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

import numpy as np

from workers.contract import Axis, Coloured, FloatArray, LinksPanel, Panel, Result, ScoresPanel, Strip
from workers.export.numbers import amount
from workers.export.scaling import Scaler, scaler
from workers.export.tiles import unit_name

T = TypeVar("T")


@dataclass(frozen=True)
class Layer:
    """The numbers (units) that colour a strip, with what they are; `marked` units are what is explained."""

    quantity: Coloured
    strip: Strip
    values: FloatArray
    scaler: Scaler
    title: str = ""
    marked: frozenset[int] = frozenset()

    def says(self, index: int) -> str:
        """The number of a unit with its unit, or the name of its category."""
        value = float(self.values[index])
        names = self.scaler.categories
        if names and not np.isnan(value) and round(value) < len(names):
            return names[round(value)]
        return amount(value, self.quantity.unit)


def layers(result: Result, panel: Panel, slices: int, units: int) -> tuple[list[list[Layer]], int]:
    """The layers of a panel, grouped by quantity, and how many were left out.

    Of each quantity at most `slices` are kept, and no more than have `units` units together.
    """
    groups: list[list[Layer]] = []
    if isinstance(panel, ScoresPanel):
        strip = result.strip(panel.strip)
        for track in panel.tracks:
            known, marked = scaler(track, track.values), _marked(result, strip)
            groups.append(
                [Layer(track, strip, track.values[at], known, title, marked) for at, title in cuts(track.axes)]
            )
    elif isinstance(panel, LinksPanel):
        groups.append(list(_links(result, panel)))
    kept = [chosen(group, min(slices, units // max(1, len(group[0].strip.units)))) for group in groups if group]
    return kept, sum(map(len, groups)) - sum(map(len, kept))


def cuts(axes: Sequence[Axis]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Every index into the leading axes, and what it is called: `layer 3, head 2`."""
    for at in product(*(range(len(axis.values)) for axis in axes)):
        yield at, ", ".join(f"{axis.name} {axis.values[place]}" for axis, place in zip(axes, at, strict=True))


def full_weights(panel: LinksPanel, units: int) -> FloatArray:
    """The weights as (*axes, rows, units): what the top k of a row leave out has no value."""
    if panel.indices is None:
        return panel.weights
    full = np.full((*panel.weights.shape[:-1], units), np.nan, dtype=np.float32)
    known = np.isfinite(panel.indices)
    where = np.nonzero(known)
    full[(*where[:-1], panel.indices[known].astype(int))] = panel.weights[known]
    return full


def row_name(strip: Strip, row: tuple[int, int]) -> str:
    """What a row of links explains: the text of its units."""
    start, stop = row
    texts = [unit_name(strip.units[index], index) for index in range(start, min(stop, len(strip.units)))]
    return "".join(texts) if all(unit.text for unit in strip.units[start:stop]) else " ".join(texts)


def chosen(items: Sequence[T], limit: int) -> list[T]:
    """At most `limit` of the items, evenly spread, the first and the last among them (of one: the last)."""
    if len(items) <= max(1, limit):
        return list(items)
    if limit <= 1:
        return [items[-1]]
    return [items[round(place)] for place in np.linspace(0, len(items) - 1, limit)]


def _links(result: Result, panel: LinksPanel) -> Iterator[Layer]:
    strip, target = result.strip(panel.strip), result.strip(panel.target_strip)
    weights = full_weights(panel, len(strip.units))
    known = scaler(panel, panel.weights)
    for place, row in enumerate(panel.rows):
        marked = frozenset(range(*row)) if target.id == strip.id else frozenset()
        for at, title in cuts(panel.axes):
            name = f"“{row_name(target, row).strip()}”" + (f", {title}" if title else "")
            yield Layer(panel, strip, weights[(*at, place)], known, name, marked)


def _marked(result: Result, strip: Strip) -> frozenset[int]:
    target = result.target
    if target is None or target.strip != strip.id or target.start is None or target.stop is None:
        return frozenset()
    return frozenset(range(target.start, target.stop))
