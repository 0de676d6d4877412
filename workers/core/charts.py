"""Charts that several methods draw: histograms, and numbers over the tokens of a text however long."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workers.contract import ChartAxis, ChartPanel, Series

Numbers = npt.NDArray[np.floating]

_POINTS = 1024
"""A line of more points is drawn by the means of neighbours, with their least and largest."""


def histogram(label: str, x: ChartAxis, values: Numbers, edges: Sequence[float], counted: str = "Tokens") -> ChartPanel:
    """How many values (NaN aside) lie between the edges, which are evenly spaced; x are the middles of the bins."""
    counts, _ = np.histogram(values[~np.isnan(values)], bins=np.asarray(edges))
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    return ChartPanel(
        mark="histogram",
        label=label,
        x=x,
        y=ChartAxis(label=counted),
        series=[Series(label=counted, x=list(middles), y=[float(count) for count in counts])],
    )


def bars(label: str, x: str, y: ChartAxis, names: Sequence[str], heights: Sequence[float | None]) -> ChartPanel:
    """One bar for each name."""
    series = Series(label=y.label, x=list(names), y=list(heights))
    return ChartPanel(mark="bar", label=label, x=ChartAxis(label=x, scale="band"), y=y, series=[series])


def line(label: str, values: Numbers, *, first: int = 1) -> Series:
    """Numbers of successive tokens as a line, the first token at x = `first`; no more than `_POINTS` points."""
    size = -(-len(values) // _POINTS) or 1
    points = -(-len(values) // size)
    parts = np.full((points, size), np.nan)
    parts.reshape(-1)[: len(values)] = values
    known = ~np.isnan(parts)
    count = known.sum(-1)
    lengths = np.minimum(size, len(values) - size * np.arange(points))
    x: list[float | str] = (first + size * np.arange(points) + (lengths - 1) / 2).tolist()
    y = np.where(known, parts, 0).sum(-1) / np.maximum(count, 1)
    if size == 1:
        return Series(label=label, x=x, y=_or_none(y, count))
    low, high = np.where(known, parts, np.inf).min(-1), np.where(known, parts, -np.inf).max(-1)
    return Series(label=label, x=x, y=_or_none(y, count), low=_or_none(low, count), high=_or_none(high, count))


def _or_none(values: Numbers, count: npt.NDArray[np.integer]) -> list[float | None]:
    """None where nothing was counted."""
    return [value if number else None for value, number in zip(values.tolist(), count.tolist(), strict=True)]
