"""The scales: known OKLab values, paper at zero, readable text, and apart for every eye."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from workers.contract import Coloured
from workers.export.colour import (
    DARK,
    LIGHT,
    NULL,
    PRINT,
    STEPS,
    Kind,
    Level,
    Palette,
    contrast,
    from_oklab,
    ink_on,
    level_colour,
    linear,
    mix,
    to_oklab,
    unlinear,
)
from workers.export.scaling import Scaler, scaler

ROOT = Path(__file__).resolve().parents[2]
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])

# Machado, Oliveira, Fernandes (2009), severity 1, on linear light.
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def seen(colour: str, deficiency: str) -> str:
    return unlinear(np.array(DEFICIENCIES[deficiency]) @ np.array(linear(colour)))


def distance(one: str, other: str) -> float:
    return math.dist(to_oklab(one), to_oklab(other))


KINDS: tuple[Kind, ...] = ("sequential", "negative", "positive")


def levels() -> list[Level]:
    return [Level(kind, step) for kind in KINDS for step in range(STEPS + 1)] + [
        Level("category", at) for at in range(8)
    ]


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("#ffffff", (1.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ff0000", (0.62796, 0.22486, 0.12585)),
        ("#0000ff", (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_has_the_published_values(colour: str, expected: tuple[float, float, float]) -> None:
    assert to_oklab(colour) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#0b6e69", "#c05a00", "#123456", "#fedcba"])
def test_oklab_and_back_is_the_same_colour(colour: str) -> None:
    assert from_oklab(to_oklab(colour)) == colour


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@PALETTES
@pytest.mark.parametrize("kind", KINDS)
def test_zero_is_the_paper_and_lightness_goes_one_way(palette: Palette, kind: Kind) -> None:
    colours = [level_colour(palette, Level(kind, step)) for step in range(STEPS + 1)]
    lightness = [to_oklab(colour)[0] for colour in colours]
    assert colours[0] == palette.paper
    assert lightness == sorted(lightness, reverse=palette is not DARK)
    assert abs(lightness[-1] - lightness[0]) > 0.25


@PALETTES
def test_equal_steps_look_equal(palette: Palette) -> None:
    colours = [level_colour(palette, Level("sequential", step)) for step in range(0, STEPS + 1, 20)]
    steps = [distance(one, other) for one, other in itertools.pairwise(colours)]
    assert max(steps) / min(steps) < 1.1


@PALETTES
def test_text_reads_on_every_level(palette: Palette) -> None:
    colours = [level_colour(palette, level) for level in levels()]
    assert all(contrast(ink_on(palette, colour), colour) >= 4.5 for colour in colours)


@PALETTES
def test_the_page_itself_reads(palette: Palette) -> None:
    assert contrast(palette.ink, palette.paper) >= 12
    assert contrast(palette.muted, palette.paper) >= 4.5
    assert contrast(palette.accent, palette.paper) >= 4.5
    assert contrast(palette.ink, palette.hatch) >= 4.5


@PALETTES
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_signs_stay_apart_for_every_eye(palette: Palette, deficiency: str) -> None:
    for step in (40, 70, 100):
        one, other = (level_colour(palette, Level(kind, step)) for kind in ("negative", "positive"))
        assert distance(seen(one, deficiency), seen(other, deficiency)) > 0.001 * step


@PALETTES
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_categories_stay_apart_for_every_eye(palette: Palette, deficiency: str) -> None:
    first = [seen(colour, deficiency) for colour in palette.categories[:6]]
    assert min(distance(one, other) for one, other in itertools.combinations(first, 2)) > 0.035


def test_mix_ends_where_it_should() -> None:
    assert mix("#ffffff", "#0b6e69", 0) == "#ffffff"
    assert mix("#ffffff", "#0b6e69", 1) == "#0b6e69"


def quantity(scale: str, low: float | None, high: float | None) -> Coloured:
    return Coloured(name="q", label="Q", scale=scale, domain=(low, high))


def test_a_fixed_domain_does_not_move_with_the_values() -> None:
    values = np.array([0, 1, 2], dtype=np.float32)
    known = scaler(quantity("sequential", 0, 8), values)
    assert [known.level(value) for value in (0, 2, 8)] == [Level("sequential", step) for step in (0, 25, 100)]


def test_beyond_the_domain_is_its_end_and_said() -> None:
    known = scaler(quantity("sequential", 0, 8), np.array([0.0], np.float32))
    assert known.level(9) == Level("sequential", 100)
    assert known.clips(np.array([1, 9], np.float32))
    assert not known.clips(np.array([1, 8, math.nan], np.float32))


def test_an_open_domain_is_that_of_all_values() -> None:
    known = scaler(quantity("sequential", 0, None), np.array([1, 4, math.nan], np.float32))
    assert (known.low, known.high) == (0, 4)
    assert scaler(quantity("sequential", None, None), np.array([-2, 4], np.float32)).low == -2


def test_a_diverging_scale_is_symmetric() -> None:
    known = scaler(quantity("diverging", None, None), np.array([-1, 4], np.float32))
    assert known.level(-2) == Level("negative", 50)
    assert known.level(2) == Level("positive", 50)
    assert known.level(0).step == 0
    assert scaler(quantity("diverging", -1, 2), np.array([0.0], np.float32)).low == -2


def test_no_value_is_no_colour() -> None:
    assert Scaler("sequential", 0, 1).level(math.nan) == NULL
    assert scaler(quantity("sequential", None, None), np.array([math.nan], np.float32)).high == 1


def test_categories_are_named() -> None:
    coloured = Coloured(name="q", label="Q", scale="categorical", categories=["no", "yes"], domain=(None, None))
    known = scaler(coloured, np.array([0, 1], np.float32))
    assert known.level(1) == Level("category", 1)
    assert known.categories == ("no", "yes")


def test_the_scales_end_as_those_of_the_site_do() -> None:
    """Blue speaks for the target on the page too: a figure must not turn the signs around."""
    source = (ROOT / "frontend" / "src" / "theme" / "palette.ts").read_text(encoding="utf-8")
    pattern = r"export const (light|dark): Palette = \{(.*?)\n\};"
    pages: dict[str, str] = dict(re.findall(pattern, source, re.DOTALL))
    for palette, body in ((LIGHT, pages["light"]), (DARK, pages["dark"])):
        ends = {name: palette_entry(body, name) for name in ("paper", "high", "low", "accent")}
        assert distance(palette.paper, ends["paper"]) < 0.01
        assert distance(palette.accent, ends["accent"]) < 0.01
        assert distance(palette.positive, ends["high"]) < 0.01
        assert distance(palette.sequential, ends["high"]) < 0.01
        assert distance(palette.negative, ends["low"]) < 0.01


def palette_entry(body: str, name: str) -> str:
    found = re.search(rf"\b{name}: fromLch\(([^)]*)\)", body)
    assert found
    lightness, chroma, hue = (float(part) for part in found.group(1).split(","))
    turned = math.radians(hue)
    return from_oklab((lightness, chroma * math.cos(turned), chroma * math.sin(turned)))
