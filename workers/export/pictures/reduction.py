"""What a pruning method keeps, merges and drops: one small picture for each stage."""

import numpy as np

from workers.contract import Coloured, FloatArray, ReductionPanel, Result, Stage, Strip
from workers.export.colour import NULL
from workers.export.layers import Layer, chosen
from workers.export.markup import Markup, join, tag
from workers.export.numbers import amount, count, number
from workers.export.paint import Paint
from workers.export.pictures.grid import Canvas, Images, canvas, veil
from workers.export.pictures.legend import legend
from workers.export.pictures.picture import SMALL, Picture, beside, label, merge, stack
from workers.export.pictures.running import describe, running_text
from workers.export.scaling import Scaler, scaler
from workers.export.tiles import is_grid

SIZE = Coloured(name="size", label="Units merged into one", domain=(1.0, None))


def reduction(
    result: Result, panel: ReductionPanel, paint: Paint, width: float, images: Images, limit: int = 24
) -> Picture:
    """Stages from first to last: dropped units are hatched, merged ones share a colour and have no line between."""
    strip = result.strip(panel.strip)
    every = [_weights(stage) for stage in panel.stages]
    known = scaler(SIZE, np.concatenate(every)) if every else Scaler("sequential", 1.0, 2.0)
    shown = chosen(list(zip(panel.stages, every, strict=True)), limit)
    layers = [(stage, Layer(SIZE, strip, weights, known)) for stage, weights in shown]
    if not layers:
        return Picture(Markup(""), width, 0)
    if is_grid(strip):
        drawn = beside([_map(stage, layer, paint, images) for stage, layer in layers], width)
    else:
        drawn = stack([_text(stage, layer, paint, width) for stage, layer in layers])
    return stack([drawn, legend(layers[-1][1], paint, "dropped")])


def summary(panel: ReductionPanel) -> list[str]:
    """Costs and answers, one sentence each."""
    said = [
        f"{cost.label}: {number(cost.before)} → {amount(cost.after, cost.unit)}{_change(cost.before, cost.after)}"
        for cost in panel.costs
    ]
    if panel.latency is not None:
        before, after = panel.latency.before, panel.latency.after
        said.append(f"Seconds of one pass, measured: {number(before)} → {number(after)} s{_change(before, after)}")
    for answer in panel.answers:
        first = "".join(f": {best.label} ({number(best.probability)})" for best in answer.candidates[:1])
        apart = f", {amount(answer.divergence, 'nat')} from the full model" if answer.divergence else ""
        said.append(f"Answer, {answer.label}{first}{apart}")
    return said


def _change(before: float, after: float) -> str:
    share = 100 * (after - before) / before if before else 0.0
    return f" ({'+' if share > 0 else ''}{number(share, 3)} %)" if before else ""


def _weights(stage: Stage) -> FloatArray:
    """For each original unit the size of the survivor that it lives in (units); none where it was dropped."""
    weights = np.full(stage.destination.shape, np.nan, dtype=np.float32)
    lives = np.isfinite(stage.destination)
    weights[lives] = stage.size[stage.destination[lives].astype(int)]
    return weights


def _heading(stage: Stage, paint: Paint) -> Markup:
    return join(
        [
            label(stage.label, 0, SMALL, paint.named("ink"), SMALL, font_weight=600),
            label(count(stage.count, "unit"), 0, SMALL * 2.35, paint.named("muted"), SMALL),
        ]
    )


def _text(stage: Stage, layer: Layer, paint: Paint, width: float) -> Picture:
    heading = Picture(_heading(stage, paint), width, SMALL * 2.6)
    return stack([heading, running_text(layer, paint, width, 13)], 4)


def _map(stage: Stage, layer: Layer, paint: Paint, images: Images, side: float = 118) -> Picture:
    ground = canvas(layer.strip, images, side)
    parts = [ground.image()] if ground.png is not None else []
    for index in range(len(layer.strip.units)):
        box = ground.box(layer.strip, index)
        if box is not None:
            left, top, width, height = box
            level = layer.scaler.level(float(layer.values[index]))
            parts.append(
                tag(
                    "rect",
                    tag("title", describe(layer, index)),
                    x=left,
                    y=top,
                    width=width,
                    height=height,
                    fill_opacity=None if ground.png is None or level == NULL else veil(level),
                    shape_rendering="crispEdges",
                    **paint.fill(level),
                )
            )
    parts.append(_borders(layer.strip, stage, ground, paint))
    width, height = ground.width * ground.scale, ground.height * ground.scale
    return stack([Picture(_heading(stage, paint), width, SMALL * 2.6), Picture(join(parts, "\n"), width, height)], 4)


def _borders(strip: Strip, stage: Stage, ground: Canvas, paint: Paint) -> Markup:
    """Lines around what lives together: an edge between neighbours with different destinations."""
    homes = {
        (unit.row, unit.col): (index, float(stage.destination[index]))
        for index, unit in enumerate(strip.units)
        if unit.row is not None and unit.col is not None
    }
    edges: list[str] = []
    for (row, col), (index, home) in homes.items():
        left, top, width, height = ground.box(strip, index) or (0.0, 0.0, 0.0, 0.0)
        if (row, col + 1) not in homes or homes[row, col + 1][1] != home:
            edges.append(f"M{left + width:.1f},{top:.1f} v{height:.1f}")
        if (row + 1, col) not in homes or homes[row + 1, col][1] != home:
            edges.append(f"M{left:.1f},{top + height:.1f} h{width:.1f}")
        if col == 0:
            edges.append(f"M{left:.1f},{top:.1f} v{height:.1f}")
        if row == 0:
            edges.append(f"M{left:.1f},{top:.1f} h{width:.1f}")
    outline = merge(paint.named("muted", "stroke"))
    return tag("path", d=" ".join(edges), stroke_width=0.7, fill_opacity=0, **outline)
