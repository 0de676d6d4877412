"""Colour-blind-safe scales, mixed in OKLab (Ottosson, 2020): equal steps of a number look like equal steps.

The ends are those of the site's own pages. Sequential scales run from the paper to blue, diverging ones from orange
(against) over the paper (zero) to blue (for): the pair that all common colour-vision deficiencies keep apart. A
number is drawn at one of 100 steps of its scale, a `Level`; what has no number is hatched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

STEPS = 100

Kind = Literal["sequential", "negative", "positive", "category", "null"]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Level:
    """A place on a scale: a kind and a step (0..100, or the number of a category)."""

    kind: Kind
    step: int = 0

    @property
    def name(self) -> str:
        """A name for style sheets, such as `s37`."""
        return f"{self.kind[0]}{self.step}" if self.kind != "null" else "null"


NULL = Level("null")


@dataclass(frozen=True)
class Palette:
    """The colours of one page, as `#rrggbb`: all scales start at `paper`."""

    paper: str
    ink: str
    muted: str
    rule: str
    hatch: str
    accent: str
    sequential: str
    negative: str
    positive: str
    categories: tuple[str, ...]


LIGHT = Palette(
    paper="#fbfaf7",
    ink="#1c1f27",
    muted="#62666f",
    rule="#dfdcd6",
    hatch="#d5d2cb",
    accent="#215db3",
    sequential="#5b9ce3",
    negative="#e69049",
    positive="#5b9ce3",
    categories=("#8eb7d8", "#f0b35e", "#4d9a7c", "#d1c8e7", "#ecdc76", "#9a8fc8", "#cf754f", "#b5b1a8"),
)
PRINT = replace(LIGHT, paper="#ffffff", ink="#1a1a1a", muted="#595959", rule="#d6d6d6", hatch="#d4d4d4")
DARK = Palette(
    paper="#14161a",
    ink="#eae8e3",
    muted="#9ea1a8",
    rule="#373b41",
    hatch="#45484d",
    accent="#76b2f5",
    sequential="#2763ba",
    negative="#925019",
    positive="#2763ba",
    categories=("#2f6184", "#7a3e00", "#167f64", "#552a48", "#8e7000", "#43367a", "#944d31", "#565257"),
)


def level_colour(palette: Palette, level: Level) -> str:
    """The `#rrggbb` of a level; KeyError for the level without a number, which is hatched."""
    if level.kind == "category":
        return palette.categories[level.step % len(palette.categories)]
    end = {"sequential": palette.sequential, "negative": palette.negative, "positive": palette.positive}[level.kind]
    return mix(palette.paper, end, level.step / STEPS)


@cache
def mix(start: str, end: str, share: float) -> str:
    """The colour at `share` (0..1) of the straight way from start to end in OKLab."""
    ends = to_oklab(start), to_oklab(end)
    first, second, third = (a + (b - a) * share for a, b in zip(*ends, strict=True))
    return from_oklab((first, second, third))


@cache
def ink_on(palette: Palette, background: str) -> str:
    """Ink or paper, whichever reads better on this background; black or white where neither reaches 4.5:1."""
    best = max((palette.ink, palette.paper), key=lambda colour: contrast(colour, background))
    if contrast(best, background) >= 4.5:
        return best
    return max(("#000000", "#ffffff"), key=lambda colour: contrast(colour, background))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2: 1 (equal) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklab(colour: str) -> Colour:
    """OKLab (L, a, b) of `#rrggbb`."""
    red, green, blue = linear(colour)
    cone = (
        0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
        0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
        0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
    )
    long, medium, short = (value ** (1 / 3) for value in cone)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_oklab(colour: Colour) -> str:
    """The `#rrggbb` nearest to OKLab (L, a, b), cut to what a screen shows."""
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return unlinear(
        (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
    )


def linear(colour: str) -> Colour:
    """Linear light (0..1) of `#rrggbb`."""
    red, green, blue = (_decode(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def unlinear(light: Sequence[float]) -> str:
    """The `#rrggbb` of linear light, cut to 0..1."""
    return "#" + "".join(f"{round(255 * _encode(min(1.0, max(0.0, value)))):02x}" for value in light)


def _decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encode(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
