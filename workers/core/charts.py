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
    if size == 1:
        x, y = np.arange(first, first + len(values)), np.where(np.isnan(values), None, values)
        return Series(label=label, x=x.tolist(), y=y.tolist())
    parts = [values[start : start + size] for start in range(0, len(values), size)]
    known = [part[~np.isnan(part)] for part in parts]
    return Series(
        label=label,
        x=[first + index * size + (len(part) - 1) / 2 for index, part in enumerate(parts)],
        y=[float(part.mean()) if part.size else None for part in known],
        low=[float(part.min()) if part.size else None for part in known],
        high=[float(part.max()) if part.size else None for part in known],
    )
