"""Each panel as a section of the page."""

from collections.abc import Iterator

import numpy as np

from workers.contract import (
    AlternativesPanel,
    BranchesPanel,
    ChartPanel,
    GroupsPanel,
    LinksPanel,
    Panel,
    ReductionPanel,
    Result,
    ScoresPanel,
    SegmentationsPanel,
)
from workers.export.layers import Layer, full_weights, layers
from workers.export.markup import Content, Markup, tag
from workers.export.numbers import amount, number
from workers.export.page.drawn import branch_section, group_section
from workers.export.page.tables import ROWS, folded, numbers_of_units, table
from workers.export.page.text import running_html
from workers.export.paint import PagePaint
from workers.export.pictures.alternatives import alternatives, candidate_name
from workers.export.pictures.chart import chart
from workers.export.pictures.grid import Images, patches
from workers.export.pictures.legend import legend, quantity_name
from workers.export.pictures.picture import inline_svg
from workers.export.pictures.reduction import reduction, summary
from workers.export.pictures.running import segment_notes
from workers.export.pictures.segmentation import aligned_rows
from workers.export.tiles import is_grid, unit_name

WIDTH = 600.0
SLICES, TILES = 48, 20_000


def section(result: Result, panel: Panel, paint: PagePaint, images: Images) -> Markup:
    """A panel's picture, legend and numbers."""
    return tag("section", *_content(result, panel, paint, images))


def _content(result: Result, panel: Panel, paint: PagePaint, images: Images) -> Iterator[Content]:
    match panel:
        case ScoresPanel() | LinksPanel():
            yield from _coloured(result, panel, paint, images)
        case AlternativesPanel():
            yield from _alternatives(result, panel, paint)
        case SegmentationsPanel():
            yield from _segmentations(result, panel, paint)
        case ReductionPanel():
            yield from _reduction(result, panel, paint, images)
        case ChartPanel():
            yield from _chart(panel, paint)
        case BranchesPanel():
            yield from branch_section(result, panel, paint)
        case GroupsPanel():
            yield from group_section(result, panel, paint)


def _coloured(result: Result, panel: ScoresPanel | LinksPanel, paint: PagePaint, images: Images) -> Iterator[Content]:
    if isinstance(panel, LinksPanel) and _shown_as_scores(result, panel):
        return
    groups, left_out = layers(result, panel, SLICES, TILES)
    for group in groups:
        yield tag("h2", group[0].quantity.label if group else "")
        yield from _strips(group, paint, images)
        if group:
            yield inline_svg(legend(group[0], paint), f"Scale of {quantity_name(group[0])}")
    shown = [layer for group in groups for layer in group]
    if left_out:
        yield tag("p", f"{left_out} further slices are in the CSV.", class_="note")
    note = segment_notes(shown[:1])
    if note:
        yield tag("p", note, class_="note")
    if shown:
        yield numbers_of_units(shown)


def _shown_as_scores(result: Result, panel: LinksPanel) -> bool:
    """Whether the links to one target are the same numbers as a track that is drawn already."""
    tracks = [
        track
        for other in result.panels
        if isinstance(other, ScoresPanel) and other.strip == panel.strip
        for track in other.tracks
    ]
    row = full_weights(panel, len(result.strip(panel.strip).units))
    return len(panel.rows) == 1 and any(
        track.name == panel.name and np.array_equal(track.values, row.reshape(-1), equal_nan=True) for track in tracks
    )


def _strips(group: list[Layer], paint: PagePaint, images: Images) -> Iterator[Content]:
    if group and is_grid(group[0].strip):
        yield inline_svg(patches(group, paint, WIDTH, images), f"{group[0].quantity.label} on the image")
        return
    for layer in group:
        if layer.title:
            yield tag("h3", layer.title)
        yield running_html(layer, paint)


def _alternatives(result: Result, panel: AlternativesPanel, paint: PagePaint) -> Iterator[Content]:
    yield tag("h2", "What else could have stood here")
    yield inline_svg(alternatives(result, panel, paint, WIDTH), "The most probable tokens of each unit")
    strip = result.strip(panel.strip)
    many = panel.choices.shape[1]
    rows: list[list[Content]] = []
    for index in [row for row in range(len(strip.units)) if np.isfinite(panel.choices[row]).any()][:ROWS]:
        cells: list[Content] = [str(index), tag("bdi", unit_name(strip.units[index], index))]
        for choice, share in zip(panel.choices[index], panel.probabilities[index], strict=True):
            known = np.isfinite(choice)
            cells.append(f"{candidate_name(panel.candidates[int(choice)])} {number(float(share))}" if known else "")
        rows.append([*cells, number(float(panel.covered[index]))])
    heads = ["#", "Unit", *(f"{place + 1}." for place in range(many)), "Covered"]
    yield folded("Alternatives of every unit", table(heads, rows, [True, False, *([False] * many), True]))


def _segmentations(result: Result, panel: SegmentationsPanel, paint: PagePaint) -> Iterator[Content]:
    yield tag("h2", "How each cuts the text")
    yield inline_svg(aligned_rows(result, panel, paint, WIDTH), "Aligned rows of tokens")
    yield tag("p", "Lines through all rows: every one of them cuts here. Neighbours alternate in tone.", class_="note")
    strips = [result.strip(name) for name in panel.strips]
    rows: list[list[Content]] = []
    for metric in panel.metrics:
        name = metric.label + (f" [{metric.unit}]" if metric.unit else "")
        rows.append([tag("span", name, title=metric.meaning), *(number(value) for value in metric.values)])
    yield table(["", *(strip.label for strip in strips)], rows, [False, *(True for _ in strips)])
    meanings = [tag("p", tag("b", metric.label), f": {metric.meaning}", class_="note") for metric in panel.metrics]
    if meanings:
        yield folded("What the rows mean", *meanings)
    said = [
        tag("p", tag("b", strip.label), f": {' '.join(notes)}", class_="note")
        for strip, notes in zip(strips, panel.notes, strict=False)
        if notes
    ]
    if said:
        yield folded("How each was used", *said)


def _reduction(result: Result, panel: ReductionPanel, paint: PagePaint, images: Images) -> Iterator[Content]:
    yield tag("h2", "What stays, stage by stage")
    yield inline_svg(reduction(result, panel, paint, WIDTH, images), "The units kept, merged and dropped at each stage")
    for sentence in summary(panel):
        yield tag("p", sentence)
    costs = [
        [cost.label, amount(cost.before, cost.unit), amount(cost.after, cost.unit), cost.formula]
        for cost in panel.costs
    ]
    stages = [[stage.label, str(stage.count)] for stage in panel.stages]
    yield folded(
        "Numbers of every stage",
        table(["Cost", "Before", "After", "How it is counted"], costs, [False, True, True, False]) if costs else "",
        table(["Stage", "Units left"], stages, [False, True]),
        tag("p", panel.positions, class_="note"),
    )


def _chart(panel: ChartPanel, paint: PagePaint) -> Iterator[Content]:
    yield tag("h2", panel.label)
    yield inline_svg(chart(panel, paint, WIDTH), panel.label)
    rows = [
        [
            series.label,
            number(x) if isinstance(x, int | float) else x,
            number(y),
            number(series.low[place]) if series.low else "",
            number(series.high[place]) if series.high else "",
        ]
        for series in panel.series
        for place, (x, y) in enumerate(zip(series.x, series.y, strict=True))
    ]
    ends = 2 if any(series.low or series.high for series in panel.series) else 0
    heads = ["Series", panel.x.label, panel.y.label, *["From", "To"][:ends]]
    numeric = [False, *[True] * (2 + ends)]
    yield folded("Numbers", table(heads, [row[: 3 + ends] for row in rows[:ROWS]], numeric))
