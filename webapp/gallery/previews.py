"""A picture of an answer that fits into a list: its first units and how strongly each is coloured."""

import math

import numpy as np

from workers.contract import Preview, PreviewUnit, ReductionPanel, Result, ScoresPanel, SegmentationsPanel, Strip, Track

MOST = 48
"""Tokens of a preview; of a picture all patches are shown."""


def preview_of(result: Result) -> Preview | None:
    """From the first scores, the first segmentation, or the end of a reduction; None for answers of other kinds."""
    for panel in result.panels:
        if isinstance(panel, ScoresPanel) and panel.tracks:
            return _scores(result.strip(panel.strip), panel.tracks[0])
        if isinstance(panel, SegmentationsPanel) and panel.strips:
            return _cut(result.strip(panel.strips[0]))
        if isinstance(panel, ReductionPanel) and panel.stages:
            return _reduced(result.strip(panel.strip), panel)
    return None


def _scores(strip: Strip, track: Track) -> Preview:
    """The values of the last layer (or step); a prompt's special tokens are left out."""
    values = np.asarray(track.values, float).reshape(-1, len(strip.units))[-1]
    largest = float(np.nanmax(np.abs(values), initial=0.0)) if np.isfinite(values).any() else 0.0
    shown = [index for index, unit in enumerate(strip.units) if not unit.special]
    shown = shown if strip.grid else shown[-MOST:] if strip.units[-1].segment == "predicted" else shown[:MOST]
    units = [
        PreviewUnit(text=strip.units[index].text or "", share=_share(float(values[index]), largest)) for index in shown
    ]
    return Preview(scale="diverging" if track.scale == "diverging" else "sequential", grid=strip.grid, units=units)


def _share(value: float, largest: float) -> float | None:
    return None if math.isnan(value) or largest == 0 else max(-1.0, min(1.0, value / largest))


def _cut(strip: Strip) -> Preview:
    """Every other token coloured, so that one sees where it was cut."""
    units = [unit for unit in strip.units if not unit.special][:MOST]
    return Preview(units=[PreviewUnit(text=unit.text or "", share=0.35 * (at % 2)) for at, unit in enumerate(units)])


def _reduced(strip: Strip, panel: ReductionPanel) -> Preview:
    """What is left at the end: a patch that kept its token has all the colour, one of n that share one an nth."""
    stage = panel.stages[-1]
    homes, sizes = np.asarray(stage.destination, float), np.asarray(stage.size, float)
    units = [
        PreviewUnit(share=None if math.isnan(homes[at]) else min(1.0, 1 / max(1.0, float(sizes[int(homes[at])]))))
        for at, unit in enumerate(strip.units)
        if not unit.special
    ]
    return Preview(grid=strip.grid, units=units)
