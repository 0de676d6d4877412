"""A result as records: flat rows of named cells, the same whatever file they go to."""

import base64
import json
from collections.abc import Iterator
from itertools import groupby, product
from typing import Any

import numpy as np

from workers.contract import (
    AlternativesPanel,
    Axis,
    BranchesPanel,
    ChartPanel,
    GroupsPanel,
    LinksPanel,
    Panel,
    ReductionPanel,
    Result,
    ScoresPanel,
    SegmentationsPanel,
    Strip,
)
from workers.export.branching import path_probabilities, text_of

Cell = str | int | np.float32 | float | None
Record = dict[str, Cell]

AXES = ("layer", "head", "step", "iteration", "parameter")
UNIT = (
    "strip", "index", "unit_kind", "segment", "special", "text", "surface", "id", "bytes", "byte_start", "byte_end",
    "char_start", "char_end", "group", "row", "col", "left", "top", "right", "bottom",
)  # fmt: skip
OTHER = (
    "name", "label", "rank", "other_id", "other", "target_strip", "target_start", "target_stop", "shared",
    "destination", "x", "kept",
    "cluster", "log_probability", "path_probability", "value", "low", "high", "physical_unit", "note",
)  # fmt: skip
FIXED = ("record", "panel", *UNIT, *AXES, *OTHER)


def records(result: Result) -> Iterator[Record]:
    """Every number of the result, panel by panel, then its figures and provenance."""
    for number, panel in enumerate(result.panels):
        for record in _of_panel(result, panel):
            yield {"record": record.pop("record"), "panel": number, **record}
    for name, figure in result.figures.items():
        yield {
            "record": "figure",
            "name": name,
            "label": figure.label,
            "value": figure.value,
            "physical_unit": figure.unit,
        }
    for field, value in result.provenance.model_dump(mode="json").items():
        plain = isinstance(value, str | int | float)
        yield {"record": "provenance", "name": field, "note": value if plain else _json(value)}


def unit_cells(strip: Strip, index: int) -> Record:
    """All that is known of a unit."""
    unit = strip.units[index]
    left, top, right, bottom = unit.box or (None, None, None, None)
    return {
        "strip": strip.id,
        "index": index,
        "unit_kind": unit.kind,
        "segment": unit.segment,
        "special": int(unit.special),
        "text": unit.text,
        "surface": unit.surface,
        "id": unit.id,
        "bytes": None if unit.bytes is None else f"0x{base64.b64decode(unit.bytes).hex()}",
        **{name: getattr(unit, name) for name in ("byte_start", "byte_end", "char_start", "char_end", "group")},
        "row": unit.row,
        "col": unit.col,
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
    }


def _of_panel(result: Result, panel: Panel) -> Iterator[Record]:
    match panel:
        case ScoresPanel():
            yield from _scores(result, panel)
        case LinksPanel():
            yield from _links(result, panel)
        case AlternativesPanel():
            yield from _alternatives(result, panel)
        case SegmentationsPanel():
            yield from _segmentations(result, panel)
        case ReductionPanel():
            yield from _reduction(result, panel)
        case ChartPanel():
            yield from _chart(panel)
        case BranchesPanel():
            yield from _branches(result, panel)
        case GroupsPanel():
            yield from _groups(result, panel)


def _scores(result: Result, panel: ScoresPanel) -> Iterator[Record]:
    strip = result.strip(panel.strip)
    for track in panel.tracks:
        cells: Record = {"label": track.label, "physical_unit": track.unit or None, "note": track.scale}
        low, high = track.domain
        yield {"record": "track", "strip": strip.id, "name": track.name, **cells, "low": low, "high": high}
    for axes, alike in groupby(panel.tracks, key=lambda track: track.axes):
        tracks = list(alike)
        for at, where in _slices(axes):
            for index in range(len(strip.units)):
                values = {track_column(track.name): track.values[at][index] for track in tracks}
                yield {"record": "unit", **unit_cells(strip, index), **where, **values}


def track_column(name: str) -> str:
    """The column of a track."""
    return f"track_{name}" if name in FIXED else name


def _links(result: Result, panel: LinksPanel) -> Iterator[Record]:
    strip = result.strip(panel.strip)
    for at, where in _slices(panel.axes):
        for place, (start, stop) in enumerate(panel.rows):
            weights = panel.weights[(*at, place)]
            units = np.arange(len(weights)) if panel.indices is None else panel.indices[(*at, place)]
            for unit, weight in zip(units, weights, strict=True):
                if np.isfinite(unit) and np.isfinite(weight):
                    yield {
                        "record": "link",
                        **_brief(strip, int(unit)),
                        **where,
                        "name": panel.name,
                        "target_strip": panel.target_strip,
                        "target_start": start,
                        "target_stop": stop,
                        "value": weight,
                        "physical_unit": panel.unit,
                    }


def _alternatives(result: Result, panel: AlternativesPanel) -> Iterator[Record]:
    strip = result.strip(panel.strip)
    for index in range(len(strip.units)):
        if np.isfinite(panel.covered[index]):
            yield {"record": "alternative", **_brief(strip, index), "rank": 0, "value": panel.covered[index]}
        for rank, choice in enumerate(panel.choices[index], start=1):
            if np.isfinite(choice):
                candidate = panel.candidates[int(choice)]
                share = panel.probabilities[index, rank - 1]
                other: Record = {"rank": rank, "other_id": candidate.id, "other": candidate.text, "value": share}
                yield {"record": "alternative", **_brief(strip, index), **other}


def _segmentations(result: Result, panel: SegmentationsPanel) -> Iterator[Record]:
    shared = set(panel.shared)
    for name in panel.strips:
        strip = result.strip(name)
        for index, unit in enumerate(strip.units):
            yield {"record": "segment", **unit_cells(strip, index), "shared": int(unit.byte_start in shared)}
    for metric in panel.metrics:
        for name, value in zip(panel.strips, metric.values, strict=True):
            cells: Record = {"name": metric.name, "label": metric.label, "value": value, "physical_unit": metric.unit}
            yield {"record": "metric", "strip": name, **cells}


def _reduction(result: Result, panel: ReductionPanel) -> Iterator[Record]:
    strip = result.strip(panel.strip)
    for stage in panel.stages:
        where: Record = {name: value for name, value in stage.at.items() if name in AXES}
        for index, (home, size) in enumerate(zip(stage.destination, stage.size, strict=True)):
            lives = int(home) if np.isfinite(home) else None
            cells: Record = {"name": stage.label, "destination": lives, "value": size}
            yield {"record": "stage", **unit_cells(strip, index), **where, **cells}
    for cost in panel.costs:
        for when, value in (("before", cost.before), ("after", cost.after)):
            label: Record = {"label": cost.label, "physical_unit": cost.unit, "note": cost.formula}
            yield {"record": "cost", "name": f"{cost.name} {when}", "value": value, **label}
    for answer in panel.answers:
        said: Record = {"name": answer.variant, "label": answer.label}
        yield {"record": "answer", **said, "value": answer.divergence, "physical_unit": "nat"}
        for rank, candidate in enumerate(answer.candidates, start=1):
            yield {"record": "answer", **said, "rank": rank, "other": candidate.label, "value": candidate.probability}
    if panel.latency is not None:
        for name, seconds in (("before", panel.latency.before), ("after", panel.latency.after)):
            yield {"record": "latency", "name": name, "value": seconds, "physical_unit": "s"}


def _chart(panel: ChartPanel) -> Iterator[Record]:
    axes = "; ".join(f"{axis.label} [{axis.unit}]" if axis.unit else axis.label for axis in (panel.x, panel.y))
    yield {"record": "chart", "name": panel.mark, "label": panel.label, "value": panel.baseline, "note": axes}
    for series in panel.series:
        for place, x in enumerate(series.x):
            ends: Record = {
                "low": series.low[place] if series.low else None,
                "high": series.high[place] if series.high else None,
            }
            cells: Record = {"name": series.label, "x": x, "value": series.y[place], "physical_unit": panel.y.unit}
            yield {"record": "point", "label": panel.label, **cells, **ends}


def _branches(result: Result, panel: BranchesPanel) -> Iterator[Record]:
    paths = path_probabilities(panel)
    for node in panel.nodes:
        start, stop = node.range or (0, len(result.strip(node.strip).units))
        place: Record = {"strip": node.strip, "index": node.at, "target_start": start, "target_stop": stop}
        known: Record = {"log_probability": node.log_probability, "path_probability": paths[node.id]}
        fate: Record = {"kept": int(node.kept), "cluster": node.cluster, "note": panel.value_label or None}
        said: Record = {"name": node.id, "label": node.label or None, "other": node.parent, "value": node.value}
        yield {"record": "branch", **place, "text": text_of(result, node), **said, **known, **fate}


def _groups(result: Result, panel: GroupsPanel) -> Iterator[Record]:
    for group in panel.groups:
        units = result.strip(group.strip).units
        for start, stop in group.ranges:
            text = "".join(unit.text or "" for unit in units[start:stop])
            cells: Record = {"target_strip": group.strip, "target_start": start, "target_stop": stop, "text": text}
            named: Record = {"name": group.label, "value": group.value, "physical_unit": group.unit}
            yield {"record": "group", **named, **cells}
        for share in group.shares:
            yield {"record": "share", "name": group.label, "label": share.label, "value": share.value}


def _slices(axes: list[Axis]) -> Iterator[tuple[tuple[int, ...], Record]]:
    for at in product(*(range(len(axis.values)) for axis in axes)):
        yield at, {axis.name: axis.values[place] for axis, place in zip(axes, at, strict=True)}


def _brief(strip: Strip, index: int) -> Record:
    unit = strip.units[index]
    return {"strip": strip.id, "index": index, "text": unit.text, "surface": unit.surface, "id": unit.id}


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
