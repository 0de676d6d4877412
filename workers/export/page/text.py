"""A coloured strip of text as running text on the page."""

from workers.export.layers import Layer
from workers.export.markup import Content, Markup, tag
from workers.export.paint import PagePaint
from workers.export.pictures.running import tooltip
from workers.export.tiles import Tile, direction, is_thin, pieces, tiles

FOOT = "0.22em"


def running_html(layer: Layer, paint: PagePaint) -> Markup:
    """The strip as one block of spans, each with its numbers in a tooltip; copied, it is the text itself."""
    return tag("div", *(_span(layer, tile, paint) for tile in tiles(layer.strip)), class_="text", dir="auto")


def _span(layer: Layer, tile: Tile, paint: PagePaint) -> Markup:
    levels = [layer.scaler.level(float(layer.values[index])) for index in tile.units]
    paint.used.update(levels)
    unit = layer.strip.units[tile.units[0]]
    thin = not tile.named and is_thin(tile.text)
    flags = {
        "thin": thin,
        "named": tile.named,
        "marked": bool(layer.marked & set(tile.units)),
        unit.segment or "": unit.segment in {"generated", "predicted"},
    }
    names = ["u", levels[0].name, *(name for name, holds in flags.items() if holds)]
    content = [] if thin else [tile.text] if tile.named else _marks(tile.text)
    return tag("span", *content, class_=" ".join(names), title=tooltip(layer, tile), style=_band(layer, tile, paint))


def _marks(text: str) -> list[Content]:
    content: list[Content] = []
    for piece in pieces(text):
        if piece.kind != "text":
            content.append(tag("i", piece.shown, aria_hidden="true"))
        content.append("\n" if piece.kind == "break" else piece.text)
    return content


def _band(layer: Layer, tile: Tile, paint: PagePaint) -> str | None:
    """A band at the tile's foot with a part for each of its units; nothing for a single unit."""
    if len(tile.units) == 1:
        return None
    colours = []
    for index in tile.units:
        level = layer.scaler.level(float(layer.values[index]))
        colours.append("var(--hatch)" if level.kind == "null" else paint.variable(level))
    part = 100 / len(colours)
    stops = ",".join(
        f"{colour} {place * part:.1f}% calc({(place + 1) * part:.1f}% - 1px),"
        f"var(--paper) calc({(place + 1) * part:.1f}% - 1px) {(place + 1) * part:.1f}%"
        for place, colour in enumerate(colours)
    )
    way = "left" if direction(tile.text) == "rtl" else "right"
    return f"background-image:linear-gradient(to {way},{stops});background-size:100% {FOOT};background-position:bottom"
