"""What holds for every panel of every result."""

import numpy as np

from workers.contract import (
    AlternativesPanel,
    BranchesPanel,
    ChartPanel,
    Coloured,
    FloatArray,
    GroupsPanel,
    LinksPanel,
    Panel,
    ReductionPanel,
    Result,
    ScoresPanel,
    SegmentationsPanel,
)


def check_panel(result: Result, panel: Panel) -> None:
    """Names of strips, shapes, ranges, domains."""
    match panel:
        case ScoresPanel():
            units = len(result.strip(panel.strip).units)
            assert panel.tracks
            assert len({track.name for track in panel.tracks}) == len(panel.tracks)
            for track in panel.tracks:
                assert track.values.shape == (*(len(axis.values) for axis in track.axes), units)
                assert (track.scale == "categorical") <= (track.aggregate == []), f"{track.name}: categories add up"
                check_domain(track, track.values)
        case LinksPanel():
            check_links(result, panel)
        case AlternativesPanel():
            check_alternatives(result, panel)
        case SegmentationsPanel():
            check_segmentations(result, panel)
        case ReductionPanel():
            check_reduction(result, panel)
        case ChartPanel():
            for series in panel.series:
                given = [series.y, *(values for values in (series.low, series.high) if values is not None)]
                assert all(len(values) == len(series.x) for values in given)
        case BranchesPanel():
            ids = {node.id for node in panel.nodes}
            assert len(ids) == len(panel.nodes)
            for node in panel.nodes:
                assert node.parent is None or node.parent in ids
                result.strip(node.strip)
        case GroupsPanel():
            for group in panel.groups:
                units = len(result.strip(group.strip).units)
                assert all(0 <= start < stop <= units for start, stop in group.ranges)


def check_domain(quantity: Coloured, values: FloatArray) -> None:
    """Values are finite or missing, some are there, and the domain holds them."""
    assert values.dtype == np.float32
    assert not np.isinf(values).any()
    assert np.isfinite(values).any(), f"{quantity.name}: no value at all"
    low, high = quantity.domain
    slack = 1e-5 * max(1.0, float(np.nanmax(np.abs(values))))
    assert low is None or float(np.nanmin(values)) >= low - slack
    assert high is None or float(np.nanmax(values)) <= high + slack
    if quantity.scale == "categorical":
        known = values[np.isfinite(values)]
        assert quantity.categories
        assert set(known.tolist()) <= set(range(len(quantity.categories)))
    if quantity.scale == "diverging" and low is not None and high is not None:
        assert low == -high


def check_links(result: Result, panel: LinksPanel) -> None:
    """Rows are ranges of the target strip, weights one per unit or the top k with their indices."""
    units, targets = len(result.strip(panel.strip).units), len(result.strip(panel.target_strip).units)
    axes = tuple(len(axis.values) for axis in panel.axes)
    assert all(0 <= start < stop <= targets for start, stop in panel.rows)
    assert panel.weights.shape[:-1] == (*axes, len(panel.rows))
    check_domain(panel, panel.weights)
    if panel.indices is None:
        assert panel.weights.shape[-1] == units
        return
    assert panel.indices.shape == panel.weights.shape
    known = panel.indices[np.isfinite(panel.indices)]
    assert (known == known.astype(int)).all()
    assert ((known >= 0) & (known < units)).all()


def check_alternatives(result: Result, panel: AlternativesPanel) -> None:
    """Candidates exist, probabilities fall, and together they are what is covered."""
    units = len(result.strip(panel.strip).units)
    assert panel.choices.shape == panel.probabilities.shape
    assert len(panel.choices) == units
    assert panel.covered.shape == (units,)
    known = np.isfinite(panel.choices)
    assert (known == np.isfinite(panel.probabilities)).all()
    assert set(panel.choices[known].astype(int).tolist()) <= set(range(len(panel.candidates)))
    rows = panel.probabilities[known.all(-1)]
    assert ((rows >= 0) & (rows <= 1 + 1e-6)).all()
    assert (np.diff(rows, axis=-1) <= 1e-7).all()
    assert np.allclose(rows.sum(-1), panel.covered[known.all(-1)], atol=1e-5)


def check_segmentations(result: Result, panel: SegmentationsPanel) -> None:
    """All strips cut the same text; shared boundaries are cuts of each; metrics have a value for each."""
    strips = [result.strip(name) for name in panel.strips]
    assert len({strip.text() for strip in strips}) == 1
    assert panel.shared == sorted(set(panel.shared))
    for strip in strips:
        cuts = {unit.byte_start for unit in strip.units} | {unit.byte_end for unit in strip.units}
        assert set(panel.shared) <= cuts
    for metric in panel.metrics:
        assert len(metric.values) == len(strips)
        assert all(value is None or np.isfinite(value) for value in metric.values)
        assert metric.meaning
    assert len(panel.notes) in {0, len(strips)}


def check_reduction(result: Result, panel: ReductionPanel) -> None:
    """Every unit lives in a survivor or nowhere; survivors carry what they took; counts only fall."""
    units = len(result.strip(panel.strip).units)
    assert panel.stages
    counts = [stage.count for stage in panel.stages]
    assert counts == sorted(counts, reverse=True)
    for stage in panel.stages:
        assert stage.destination.shape == stage.size.shape == (units,)
        homes = stage.destination[np.isfinite(stage.destination)]
        survivors = sorted(set(homes.astype(int).tolist()))
        assert len(survivors) == stage.count
        assert survivors == np.flatnonzero(np.isfinite(stage.size)).tolist()
        assert all(stage.destination[home] == home for home in survivors)
        assert set(panel.protected) <= set(survivors)
    for cost in panel.costs:
        assert cost.formula
        assert cost.after <= cost.before * 1.05
    assert {answer.variant for answer in panel.answers} >= {"full", "reduced"}
