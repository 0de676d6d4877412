"""A picture: markup and its size; pictures are put below and beside each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.paint import Attributes, Paint, hatch
from workers.export.tiles import LABELS

SANS = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, sans-serif"
MONO = "Menlo, Consolas, Liberation Mono, monospace"
SMALL = 10.5


@dataclass(frozen=True)
class Picture:
    """SVG markup drawn from (0, 0), and how much room it takes."""

    body: Markup
    width: float
    height: float


def merge(*several: Attributes) -> Attributes:
    """Several paints on one element."""
    merged: Attributes = {}
    for attributes in several:
        for key, value in attributes.items():
            merged[key] = f"{merged[key]};{value}" if key == "style" and key in merged else value
    return merged


def moved(picture: Picture, x: float, y: float) -> Markup:
    """The picture's markup at another place."""
    return tag("g", picture.body, transform=f"translate({x:.1f},{y:.1f})") if x or y else picture.body


def stack(pictures: Iterable[Picture], gap: float = 12) -> Picture:
    """One picture below the other."""
    parts: list[Markup] = []
    bottom, width = -gap, 0.0
    for picture in pictures:
        parts.append(moved(picture, 0, bottom + gap))
        bottom += gap + picture.height
        width = max(width, picture.width)
    return Picture(join(parts, "\n"), width, max(0.0, bottom))


def beside(pictures: Sequence[Picture], width: float, gap: float = 18) -> Picture:
    """Pictures from left to right, in as many rows as they need."""
    rows: list[list[Picture]] = [[]]
    room = width
    for picture in pictures:
        if rows[-1] and room < picture.width - 0.01:
            rows.append([])
            room = width
        rows[-1].append(picture)
        room -= picture.width + gap
    return stack([_row(row, gap) for row in rows if row], gap)


def _row(pictures: Sequence[Picture], gap: float) -> Picture:
    parts, right = [], -gap
    for picture in pictures:
        parts.append(moved(picture, right + gap, 0))
        right += gap + picture.width
    return Picture(join(parts, "\n"), right, max(picture.height for picture in pictures))


def words(
    text: str, paint: Paint, width: float, size: float = SMALL, colour: str = "ink", weight: int | None = None
) -> Picture:
    """A paragraph, wrapped."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    step = size * 1.45
    drawn = [
        label(line, 0, size + place * step, paint.named(colour), size, font_weight=weight)
        for place, line in enumerate(lines)
    ]
    return Picture(join(drawn, "\n"), max(text_width(line, size) for line in lines), step * len(lines))


def label(
    text: Content, x: float, y: float, ink: Attributes, size: float = SMALL, **more: str | float | int | None
) -> Markup:
    """One line of text whose baseline starts at (x, y)."""
    return tag("text", text, x=float(x), y=float(y), font_size=float(size), **ink, **more)


def fitted(text: str, room: float, size: float = SMALL) -> str:
    """The text on one line of this width: line breaks and tabs as marks, an ellipsis where it is cut."""
    shown = "".join(LABELS.get(char, char) for char in text)
    if text_width(shown, size) <= room:
        return shown
    while shown and text_width(f"{shown}…", size) > room:
        shown = shown[:-1]
    return f"{shown}…"


def inline_svg(picture: Picture, name: str, zoom: float = 1.16) -> Markup:
    """The picture as an element of a page; `name` is what a screen reader says."""
    wide = picture.width > 420
    drawn = tag(
        "svg",
        picture.body,
        viewBox=f"0 0 {picture.width:.0f} {picture.height:.0f}",
        width=round(picture.width * zoom),
        height=round(picture.height * zoom),
        role="img",
        aria_label=name,
        font_family=SANS,
        class_="wide" if wide else None,
    )
    return tag("div", drawn, class_="scroll") if wide else drawn


def standalone_svg(picture: Picture, paint: Paint, title: str, margin: float = 16) -> str:
    """The picture as a file of its own, on paper."""
    width, height = picture.width + 2 * margin, picture.height + 2 * margin
    ground = tag("rect", width=float(width), height=float(height), **paint.named("paper"))
    root = tag(
        "svg",
        tag("title", title),
        hatch(paint),
        ground,
        moved(picture, margin, margin),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=round(width),
        height=round(height),
        font_family=SANS,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'
