"""A coloured strip of text, as the text reads: tiles behind the words, without gaps."""

from collections.abc import Sequence

from workers.export.flow import NAMED, ZERO_WIDTH_JOINER, Placed, flow
from workers.export.layers import Layer
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.paint import Paint
from workers.export.pictures.picture import Picture, label, merge
from workers.export.tiles import Tile, is_thin, tiles, unit_name

LEADING = 1.72
TILE = 1.42
FOOT = 0.2
BASELINE = 1.02


def running_text(layer: Layer, paint: Paint, width: float, size: float = 14) -> Picture:
    """The strip wrapped to a width, each tile on the colour of its first unit.

    Where several units share one tile, each has its part of a band at the tile's foot. Generated text is
    underlined, what is explained is outlined, and hovering shows the numbers.
    """
    placed, lines = flow(tiles(layer.strip), width, size)
    parts = [_drawn(layer, item, paint, size) for item in placed]
    parts += [_outline(item, paint, size) for item in placed if layer.marked & set(item.chunk.tile.units)]
    return Picture(join(parts, "\n"), width, lines * LEADING * size)


def tooltip(layer: Layer, tile: Tile) -> str:
    """Each unit of a tile with its number, one on a line."""
    return "\n".join(describe(layer, index) for index in tile.units)


def describe(layer: Layer, index: int) -> str:
    """A unit's text, its id, and its number."""
    unit = layer.strip.units[index]
    name = unit_name(unit, index)
    shown = f"“{name}”" if unit.text or unit.surface else name
    identity = f" ({unit.kind} {unit.id})" if unit.id is not None else ""
    says = "no value" if layer.says(index) == "–" else layer.says(index)
    return f"{shown}{identity}: {layer.quantity.label} {says}"


def _drawn(layer: Layer, item: Placed, paint: Paint, size: float) -> Markup:
    chunk, top = item.chunk, item.line * LEADING * size
    tile = chunk.tile
    levels = [layer.scaler.level(float(layer.values[index])) for index in tile.units]
    parts: list[Content] = [tag("title", tooltip(layer, tile))]
    parts.append(tag("rect", x=item.x, y=top, width=chunk.width, height=TILE * size, **paint.fill(levels[0])))
    if len(levels) > 1 and chunk.last:
        part = chunk.width / len(levels)
        order = levels if chunk.way == "ltr" else levels[::-1]
        parts += [
            tag(
                "rect",
                x=item.x + place * part,
                y=top + (TILE - FOOT) * size,
                width=part,
                height=FOOT * size,
                stroke_width=0.6,
                **merge(paint.fill(level), paint.named("paper", "stroke")),
            )
            for place, level in enumerate(order)
        ]
    if layer.strip.units[tile.units[0]].segment in {"generated", "predicted"}:
        parts.append(_underline(item, layer, paint, size))
    if not is_thin(chunk.text):
        parts.append(_text(item, size, top, paint.ink(levels[0])))
    return tag("g", *parts)


def _text(item: Placed, size: float, top: float, ink: dict[str, str]) -> Markup:
    chunk = item.chunk
    scale = NAMED if chunk.tile.named else 1.0
    text = chunk.text.strip(" ")
    leading, wide = len(chunk.text) - len(chunk.text.lstrip(" ")), text_width(text, scale * size)
    space = leading * text_width(" ", size)
    left = item.x + (space if chunk.way == "ltr" else chunk.width - space - wide)
    if chunk.mark:
        left, wide = item.x + (chunk.width - wide) / 2, wide
    text = text.replace("  ", "\u00a0\u00a0")
    joined = (ZERO_WIDTH_JOINER if item.before else "") + text + (ZERO_WIDTH_JOINER if item.after else "")
    return label(
        joined,
        left + wide / 2,
        top + BASELINE * size,
        ink,
        size * scale,
        text_anchor="middle",
        textLength=wide if len(text) > 1 else None,
        lengthAdjust="spacingAndGlyphs" if len(text) > 1 else None,
        direction="rtl" if chunk.way == "rtl" else None,
        opacity=0.65 if chunk.mark and not chunk.tile.named else None,
    )


def _underline(item: Placed, layer: Layer, paint: Paint, size: float) -> Markup:
    y = item.line * LEADING * size + TILE * size + 1
    predicted = layer.strip.units[item.chunk.tile.units[0]].segment == "predicted"
    return tag(
        "path",
        d=f"M{item.x:.2f},{y:.2f} h{item.chunk.width:.2f}",
        stroke_width=1.6,
        stroke_dasharray="2 2" if predicted else None,
        **paint.named("accent", "stroke"),
    )


def _outline(item: Placed, paint: Paint, size: float) -> Markup:
    return tag(
        "rect",
        x=item.x,
        y=item.line * LEADING * size,
        width=item.chunk.width,
        height=TILE * size,
        fill_opacity=0,
        stroke_width=1.8,
        **paint.named("ink", "stroke"),
    )


def segment_notes(strips: Sequence[Layer]) -> str:
    """What the lines under and around tiles mean, for those that occur."""
    units = [(layer, unit, index) for layer in strips for index, unit in enumerate(layer.strip.units)]
    notes = []
    if any(unit.segment == "generated" for _, unit, _ in units):
        notes.append("Underlined: generated by the model.")
    if any(unit.segment == "predicted" for _, unit, _ in units):
        notes.append("Dashed underline: predicted next token.")
    if any(index in layer.marked for layer, _, index in units):
        notes.append("Outlined: what is explained.")
    if any(len(tile.units) > 1 for layer in strips for tile in tiles(layer.strip)):
        notes.append("Band at the foot: several units share these characters, one part each.")
    return " ".join(notes)
