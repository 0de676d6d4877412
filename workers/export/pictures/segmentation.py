"""Aligned rows: how several tokenizers cut the same bytes, one row each, on one axis."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import regex

from workers.contract import Result, SegmentationsPanel, Strip
from workers.export.colour import Level
from workers.export.flow import ZERO_WIDTH_JOINER, Placed, flow
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, fitted, label
from workers.export.tiles import Tile, unit_name

ROW = 21.0
SIZE = 12.0
TINTS = (Level("sequential", 10), Level("sequential", 26))


@dataclass(frozen=True)
class Axis:
    """Where the graphemes of a text lie: their first bytes (and the text's length), and their places on lines."""

    starts: Sequence[int]
    places: Sequence[Placed]
    lines: int

    def spans(self, start: int, stop: int) -> list[tuple[int, float, float]]:
        """The bytes [start, stop) as (line, left, right): one for each stretch without a gap."""
        found: list[tuple[int, float, float]] = []
        for at in range(self._at(start), self._at(max(start, stop - 1)) + 1):
            line, one, other = self._part(at, start, stop)
            if found and found[-1][0] == line and min(abs(found[-1][2] - one), abs(found[-1][1] - other)) < 0.01:
                found[-1] = (line, min(one, found[-1][1]), max(other, found[-1][2]))
            else:
                found.append((line, one, other))
        return found

    def edge(self, byte: int) -> tuple[int, float]:
        """The line and place of a cut before this byte."""
        at = self._at(byte)
        line, left, right = self._part(at, byte, self.starts[at + 1])
        return line, left if self.places[at].chunk.way == "ltr" else right

    def _part(self, at: int, start: int, stop: int) -> tuple[int, float, float]:
        place, low, high = self.places[at], self.starts[at], self.starts[at + 1]
        wide = place.chunk.width / (high - low)
        one, other = wide * (max(start, low) - low), wide * (min(stop, high) - low)
        if place.chunk.way == "rtl":
            one, other = place.chunk.width - other, place.chunk.width - one
        return place.line, place.x + one, place.x + other

    def _at(self, byte: int) -> int:
        return min(bisect_right(self.starts, byte) - 1, len(self.places) - 1)


def aligned_rows(result: Result, panel: SegmentationsPanel, paint: Paint, width: float) -> Picture:
    """Every strip as a row of boxes over the same characters; lines through all rows where all of them cut."""
    strips = [result.strip(name) for name in panel.strips]
    text = strips[0].text() if strips else ""
    if not text:
        return Picture(Markup(""), width, 0)
    name_width = min(200.0, max(text_width(strip.label, SMALL) for strip in strips) * 1.05 + 14)
    axis = _axis(text, width - name_width)
    height = ROW * len(strips) + 16
    parts: list[Content] = []
    for line in range(axis.lines):
        for row, strip in enumerate(strips):
            y = line * height + row * ROW
            parts.append(label(fitted(strip.label, name_width - 8), 0, y + 14, paint.named("muted"), SMALL))
    for row, strip in enumerate(strips):
        parts += _row(strip, axis, paint, name_width, row * ROW, height)
    for cut in panel.shared:
        if 0 < cut < axis.starts[-1]:
            line, x = axis.edge(cut)
            path = f"M{name_width + x:.1f},{line * height - 3:.1f} v{ROW * len(strips) + 4:.1f}"
            parts.append(tag("path", d=path, stroke_width=1.2, **paint.named("ink", "stroke")))
    return Picture(join(parts, "\n"), width, height * axis.lines)


def _axis(text: str, width: float) -> Axis:
    graphemes = regex.findall(r"\X", text)
    starts = [0, *accumulate(len(grapheme.encode()) for grapheme in graphemes)]
    placed, lines = flow([Tile((place,), grapheme) for place, grapheme in enumerate(graphemes)], width, SIZE)
    inside = {item.chunk.tile.units[0]: item for item in placed}
    return Axis(starts, [inside[place] for place in range(len(graphemes))], lines)


def _row(strip: Strip, axis: Axis, paint: Paint, left: float, top: float, height: float) -> list[Markup]:
    parts: list[Markup] = []
    letters: list[Markup] = []
    for place in axis.places:
        text = ZERO_WIDTH_JOINER * place.before + place.chunk.text + ZERO_WIDTH_JOINER * place.after
        middle = left + place.x + place.chunk.width / 2
        y = place.line * height + top + 14
        letters.append(label(text, middle, y, paint.ink(TINTS[1]), SIZE, text_anchor="middle"))
    drawn = 0
    for index, unit in enumerate(strip.units):
        start, stop = unit.byte_start, unit.byte_end
        if unit.special or start is None or stop is None or stop <= start or start >= axis.starts[-1]:
            continue
        title = tag(
            "title", f"“{unit_name(unit, index)}”" + (f" ({unit.kind} {unit.id})" if unit.id is not None else "")
        )
        fill = paint.fill(Level("null") if unit.kind == "gap" else TINTS[drawn % 2])
        drawn += 1
        for line, one, other in axis.spans(start, stop):
            y = line * height + top
            parts.append(
                tag("rect", title, x=left + one + 0.4, y=y, width=max(other - one - 0.8, 0.6), height=ROW - 3, **fill)
            )
    return [*parts, *letters]
