"""Groups and texts side by side as coloured strips: what belongs to a group, what differs from the first text."""

from collections.abc import Iterable, Sequence

import numpy as np

from workers.contract import BranchesPanel, Coloured, Group, GroupsPanel, Result, Share, Strip
from workers.export.branching import as_strip, whole_texts
from workers.export.colour import Level
from workers.export.layers import Layer
from workers.export.markup import Content, Markup, join, tag
from workers.export.metrics import text_width
from workers.export.numbers import amount, number
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, fitted, label
from workers.export.scaling import Scaler
from workers.export.tiles import unit_name

SHADE = 0.55
BAR = 150.0
STEP = SMALL * 1.9


def group_layers(result: Result, panel: GroupsPanel) -> list[Layer]:
    """Each strip that groups lie on, the units of neighbouring groups in two tones; none for cards."""
    if panel.style == "cards":
        return []
    strips = dict.fromkeys(group.strip for group in panel.groups)
    return [_grouped(result.strip(name), panel) for name in strips]


def _grouped(strip: Strip, panel: GroupsPanel) -> Layer:
    values = np.zeros(len(strip.units), dtype=np.float32)
    own = [group for group in panel.groups if group.strip == strip.id]
    spans = sorted(span for group in own for span in group.ranges)
    for place, (start, stop) in enumerate(spans):
        values[start:stop] = SHADE if place % 2 == 0 else SHADE / 2
    return _shaded(strip, values, panel.label or "Groups")


def text_layers(result: Result, panel: BranchesPanel) -> list[Layer]:
    """The texts of a panel, what differs from the first one shaded."""
    return [
        _shaded(as_strip(text), np.array(text.differs, dtype=np.float32) * SHADE, text.node.label or text.node.id)
        for text in whole_texts(result, panel)
    ]


def _shaded(strip: Strip, values: np.ndarray[tuple[int], np.dtype[np.float32]], title: str) -> Layer:
    quantity = Coloured(name="shade", label=title, domain=(0, 1))
    return Layer(quantity, strip, values, Scaler("sequential", 0.0, 1.0), title)


def share_names(groups: Iterable[Group]) -> list[str]:
    """The names of all shares, in the order in which they first come."""
    return list(dict.fromkeys(share.label for group in groups for share in group.shares))


def group_rows(result: Result, panel: GroupsPanel, paint: Paint, width: float) -> Picture:
    """Each group with its value, the bar of its shares, and its text."""
    names = share_names(panel.groups)
    bar = BAR if names else 0.0
    parts: list[Content] = []
    for place, group in enumerate(panel.groups):
        y = STEP * (place + 1)
        parts.append(label(fitted(group.label, 0.3 * width), 0, y, paint.named("ink"), SMALL, font_weight=600))
        parts.append(
            label(amount(group.value, group.unit), 0.32 * width + 50, y, paint.named("ink"), text_anchor="end")
        )
        parts.append(_bar(group.shares, names, (0.32 * width + 62, y), paint))
        left = 0.32 * width + 62 + (bar + 12 if bar else 0)
        text = texts(result, group)
        if text != group.label:
            parts.append(label(fitted(text, width - left), left, y, paint.named("muted")))
    if names:
        parts.append(_keys(names, STEP * (len(panel.groups) + 1.3), paint))
    return Picture(join(parts, "\n"), width, STEP * (len(panel.groups) + (1.8 if names else 0.6)))


def texts(result: Result, group: Group) -> str:
    """The texts of a group's ranges."""
    units = result.strip(group.strip).units
    return " … ".join("".join(unit_name(units[at], at) for at in range(*span)).strip() for span in group.ranges)


def _bar(shares: Sequence[Share], names: Sequence[str], at: tuple[float, float], paint: Paint) -> Markup:
    x, y = at
    drawn: list[Content] = []
    for share in shares:
        title = tag("title", f"{share.label}: {number(share.value, 3)}")
        wide = BAR * share.value
        level = Level("category", names.index(share.label))
        drawn.append(tag("rect", title, x=x, y=y - 8, width=wide, height=9, **paint.fill(level)))
        x += wide
    return tag("g", *drawn)


def _keys(names: Sequence[str], y: float, paint: Paint) -> Markup:
    drawn: list[Content] = []
    x = 0.0
    for place, name in enumerate(names):
        drawn.append(tag("rect", x=x, y=y - 8, width=11, height=9, **paint.fill(Level("category", place))))
        drawn.append(label(name, x + 15, y, paint.named("muted")))
        x += 32 + text_width(name, SMALL)
    return join(drawn)
