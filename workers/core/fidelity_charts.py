"""What faithfulness shows: figures of each method, and charts of areas, shares and curves beside random orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workers.contract import ChartAxis, ChartPanel, Figure, Series
from workers.core.fidelity import Array, Chance, Curves, share_interval
from workers.core.objectives.base import BaselineKind

NAMES: Mapping[BaselineKind, str] = {
    "mean": "the mean vector",
    "pad": "padding",
    "blurred": "a strong blur",
    "zero": "zero",
}


@dataclass(frozen=True)
class Tried:
    """One way of taking units away: curves of each method on the first target, areas on all, and chance."""

    baseline: BaselineKind
    curves: dict[str, Curves]
    areas: dict[str, float]
    sums: dict[str, Array]
    random: list[Curves]
    chance: Chance

    @property
    def moved(self) -> float:
        """What taking every unit away changes of the first target."""
        values = self.random[0].deletion
        return float(abs(values[0] - values[-1]))


def shares(tried: Sequence[Tried], key: str) -> tuple[float, float]:
    """Random orders left behind in deletion and in insertion, under the replacement where they are least."""
    every = np.array([one.chance.behind(one.sums[key]) for one in tried])
    deletion, insertion = every.min(0).tolist()
    return deletion, insertion


def figures(tried: Sequence[Tried], soft: ChartPanel) -> dict[str, Figure]:
    """Per method the shares of random orders that it leaves behind, and Soft-NS and Soft-NC."""
    found = {}
    for index, key in enumerate(tried[0].areas):
        beaten = min(one.chance.beaten(one.areas[key]) for one in tried)
        names = {"beaten": beaten, **dict(zip(("deletion", "insertion"), shares(tried, key), strict=True))}
        for name, value in names.items():
            what = "" if name == "beaten" else f", {name}"
            found[f"{key}_{name}"] = Figure(value=value, label=f"Random orders behind {key}{what}", domain=(0, 1))
        for name, line in zip(("soft_ns", "soft_nc"), soft.series, strict=True):
            found[f"{key}_{name}"] = Figure(value=line.y[index], label=f"{line.label} of {key}, ln of the ratio")
    return found


def worth(tried: Sequence[Tried], units: int, unit: str) -> dict[str, Figure]:
    """What all of it rests on: how many orders and units, and how much there is to take away."""
    orders = 2 * len(tried[0].random)
    moved = min(one.moved for one in tried)
    return {
        "orders": Figure(value=orders, label="Random orders, each forwards and backwards", domain=(0, None)),
        "units": Figure(value=units, label="Units that may go", domain=(0, None)),
        "moved": Figure(value=moved, label="What taking all units away changes", unit=unit, domain=(0, None)),
    }


def behind(tried: Sequence[Tried]) -> ChartPanel:
    """The shares of random orders that each method leaves behind, with what so few orders can tell."""
    keys = sorted(tried[0].areas, key=lambda key: -sum(one.areas[key] for one in tried))
    found = {key: shares(tried, key) for key in keys}
    orders = 2 * len(tried[0].random)
    series = []
    for index, name in enumerate(("deletion", "insertion")):
        values = [found[key][index] for key in keys]
        low, high = zip(*(share_interval(value, orders) for value in values), strict=True)
        series.append(Series(label=name, x=list(keys), y=list(values), low=list(low), high=list(high)))
    return ChartPanel(
        mark="bar",
        label="Random orders left behind",
        x=ChartAxis(label="Method", scale="band"),
        y=ChartAxis(label="Share of random orders"),
        series=series,
        baseline=0.5,
    )


def ratios(label: str, keys: Sequence[str], found: Sequence[tuple[float, float] | None]) -> Series:
    """Logarithms of ratios and half the width of their intervals, by method; None where there is none."""
    middle = [None if one is None else one[0] for one in found]
    low = [None if one is None else one[0] - one[1] for one in found]
    high = [None if one is None else one[0] + one[1] for one in found]
    return Series(label=label, x=list(keys), y=middle, low=low, high=high)


def areas(tried: Sequence[Tried], unit: str) -> ChartPanel:
    """The methods, the most faithful first, each beside the reach of chance."""
    keys = sorted(tried[0].areas, key=lambda key: -sum(one.areas[key] for one in tried))
    series = [
        Series(
            label=f"units at {NAMES[one.baseline]}",
            x=[*keys, "random"],
            y=[*(one.areas[key] for key in keys), float(one.chance.areas.mean())],
            low=[*([None] * len(keys)), one.chance.interval[0]],
            high=[*([None] * len(keys)), one.chance.interval[1]],
        )
        for one in tried
    ]
    return ChartPanel(
        mark="bar",
        label="Area between insertion and deletion",
        x=ChartAxis(label="Method", scale="band"),
        y=ChartAxis(label="Area", unit=unit),
        series=series,
        baseline=0.0,
    )


def curves(one: Tried, unit: str) -> ChartPanel:
    series = []
    for key, lines in one.curves.items():
        shares = lines.shares.tolist()
        series.append(Series(label=f"{key}: coming", x=shares, y=lines.insertion.tolist()))
        series.append(Series(label=f"{key}: going", x=shares, y=lines.deletion.tolist()))
    series += [
        _band("random: coming", one.random[0].shares, np.stack([lines.insertion for lines in one.random])),
        _band("random: going", one.random[0].shares, np.stack([lines.deletion for lines in one.random])),
    ]
    return ChartPanel(
        mark="line",
        label=f"The target as units come and go, units away at {NAMES[one.baseline]}",
        x=ChartAxis(label="Share of the units"),
        y=ChartAxis(label="Target", unit=unit),
        series=series,
    )


def _band(label: str, shares: Array, values: Array) -> Series:
    """The mean of random orders (orders, points) between their lowest and highest."""
    return Series(
        label=label,
        x=shares.tolist(),
        y=values.mean(0).tolist(),
        low=values.min(0).tolist(),
        high=values.max(0).tolist(),
    )
