"""Tables of numbers, folded away under the pictures."""

from collections.abc import Iterable, Sequence

from workers.contract import Strip
from workers.export.layers import Layer
from workers.export.markup import Content, Markup, tag
from workers.export.tiles import unit_name

ROWS = 2000
COLUMNS = 12

Cell = Content | int | None


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]], numeric: Sequence[bool]) -> Markup:
    """A table; `numeric` columns are aligned at the end."""
    sides = ["n" if number else None for number in numeric]
    head = tag("tr", *(tag("th", name, class_=side, scope="col") for name, side in zip(heads, sides, strict=True)))
    body = [
        tag("tr", *(tag("td", _content(cell), class_=side) for cell, side in zip(row, sides, strict=True)))
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="table")


def folded(name: str, *content: Content) -> Markup:
    """Content that opens on a click."""
    return tag("details", tag("summary", name), *content)


def numbers_of_units(layers: Sequence[Layer]) -> Markup:
    """Every unit of a strip with its numbers, at most 2000 rows and 12 columns: the CSV holds the rest."""
    strip, shown = layers[0].strip, layers[:COLUMNS]
    heads = ["#", "Unit", "Id", *(_column(layer) for layer in shown)]
    rows = [
        [index, *_unit(strip, index), *(layer.says(index) for layer in shown)]
        for index in range(min(len(strip.units), ROWS))
    ]
    left_out = []
    if len(strip.units) > ROWS:
        left_out.append(f"the first {ROWS} of {len(strip.units)} units")
    if len(layers) > COLUMNS:
        left_out.append(f"the first {COLUMNS} of {len(layers)} columns")
    note = f"Shown are {' and '.join(left_out)}; the CSV has all." if left_out else ""
    numeric = [True, False, True, *(True for _ in shown)]
    return folded("Numbers of every unit", tag("p", note, class_="note") if note else "", table(heads, rows, numeric))


def _unit(strip: Strip, index: int) -> tuple[Cell, Cell]:
    unit = strip.units[index]
    return tag("bdi", unit_name(unit, index)), unit.id


def _column(layer: Layer) -> str:
    unit = f" [{layer.quantity.unit}]" if layer.quantity.unit else ""
    return f"{layer.quantity.label}{unit}" + (f", {layer.title}" if layer.title else "")


def _content(cell: Cell) -> Content:
    return "" if cell is None else cell if isinstance(cell, str) else str(cell)
