"""Paint: how a level becomes a colour — written out for print, or the page's variable for light and dark."""

from typing import Protocol

from workers.export.colour import DARK, LIGHT, PRINT, Level, Palette, ink_on, level_colour
from workers.export.markup import Markup, join, tag

Attributes = dict[str, str]
NAMES = ("paper", "ink", "muted", "rule", "accent", "hatch")


class Paint(Protocol):
    """What drawings ask for their colours: attributes of an SVG element."""

    def fill(self, level: Level) -> Attributes:
        """A level as an area."""

    def ink(self, level: Level) -> Attributes:
        """Text that reads on that area."""

    def named(self, name: str, attribute: str = "fill") -> Attributes:
        """One of `paper`, `ink`, `muted`, `rule`, `accent`."""


class PrintPaint:
    """Colours written out, on white: any program that reads SVG shows them."""

    def fill(self, level: Level) -> Attributes:
        """A level as an area; what has no number is hatched."""
        return {"fill": "url(#hatch)" if level.kind == "null" else level_colour(PRINT, level)}

    def ink(self, level: Level) -> Attributes:
        """Text with a contrast of at least 4.5:1 to that area."""
        return {"fill": PRINT.ink if level.kind == "null" else ink_on(PRINT, level_colour(PRINT, level))}

    def named(self, name: str, attribute: str = "fill") -> Attributes:
        """A colour of the palette."""
        return {attribute: str(getattr(PRINT, name))}


class PagePaint:
    """Variables of the page's style sheet; it remembers which levels were used."""

    def __init__(self) -> None:
        self.used: set[Level] = set()

    def fill(self, level: Level) -> Attributes:
        """A level as an area; what has no number is hatched."""
        if level.kind == "null":
            return {"fill": "url(#hatch)"}
        return {"style": f"fill:{self.variable(level)}"}

    def ink(self, level: Level) -> Attributes:
        """Text with a contrast of at least 4.5:1 to that area, in light and in dark."""
        self.used.add(level)
        return {"style": "fill:var(--ink)" if level.kind == "null" else f"fill:var(--on-{level.name})"}

    def named(self, name: str, attribute: str = "fill") -> Attributes:
        """A colour of the palette."""
        return {"style": f"{attribute}:var(--{name})"}

    def variable(self, level: Level) -> str:
        """The variable of a level's colour."""
        self.used.add(level)
        return f"var(--{level.name})"

    def style(self) -> str:
        """The style sheet's part that defines every colour used, in light and in dark."""
        levels = sorted((level for level in self.used if level.kind != "null"), key=lambda level: level.name)
        light, dark = _variables(LIGHT, levels), _variables(DARK, levels)
        classes = "".join(
            f".{level.name}{{background-color:var(--{level.name});color:var(--on-{level.name})}}" for level in levels
        )
        return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{classes}"


def hatch(paint: Paint) -> Markup:
    """The pattern of what has no value."""
    line = tag("path", d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", stroke_width=1.1, **paint.named("hatch", "stroke"))
    ground = tag("rect", width=6, height=6, **paint.named("paper"))
    return tag(
        "defs", tag("pattern", join([ground, line]), id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    )


def _variables(palette: Palette, levels: list[Level]) -> str:
    named = "".join(f"--{name}:{getattr(palette, name)};" for name in NAMES)
    scales = (
        f"--{level.name}:{colour};--on-{level.name}:{ink_on(palette, colour)};"
        for level in levels
        for colour in [level_colour(palette, level)]
    )
    return named + "".join(scales)
