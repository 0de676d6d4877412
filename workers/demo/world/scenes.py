"""Drawn scenes: one shape that has a name in the label set, among distractors that have none, on dim, grainy ground."""

import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .shapes import DISTRACTORS, LABELS, outline

SIDE = 64
_FINE = 4
"""Shapes are drawn this many times larger and then made smaller, for smooth edges."""
Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]
Spot = tuple[float, float, float]


@dataclass(frozen=True)
class Manner:
    """How hard scenes are: the labelled shape's sizes in pixels, how many distractors, light shapes on plain dark."""

    smallest: float = 18.0
    largest: float = 32.0
    distractors: tuple[int, ...] = (1, 2, 3, 4)
    plain: bool = False


MANNER = Manner()
"""The manner in which held-out scores are told."""


@dataclass(frozen=True)
class Scene:
    """A picture, the label of its one named shape, and where things lie: boxes are (x0, y0, x1, y1), the end not in."""

    image: Image.Image
    label: str
    box: Box
    distractors: tuple[Box, ...]
    mask: Image.Image

    def patches(self, patch: int = 8, share: float = 0.0) -> list[int]:
        """The patches, row by row, of which the labelled shape covers more than a share."""
        covered = np.asarray(self.mask, dtype=np.float32) / 255
        rows, columns = SIDE // patch, SIDE // patch
        means = covered.reshape(rows, patch, columns, patch).mean(axis=(1, 3)).ravel()
        return [int(index) for index in np.flatnonzero(means > share)]


def scene(seed: int, manner: Manner = MANNER) -> Scene:
    """The scene of a seed."""
    rng = random.Random(f"scene {seed}")
    label = rng.choice(LABELS)
    image, ground = _plain_background() if manner.plain else _background(rng)
    placed = [_first_spot(rng, manner)]
    kinds = [label]
    for _ in range(rng.choice(manner.distractors)):
        spot = _free_spot(rng, rng.uniform(9.0, 20.0), placed)
        if spot is not None:
            placed.append(spot)
            kinds.append(rng.choice(DISTRACTORS))
    colours = [(230, 230, 230) if manner.plain else _bright_colour(rng, ground) for _ in kinds]
    masks = [_draw(rng, image, *drawn) for drawn in zip(kinds, placed, colours, strict=True)]
    boxes = [box for mask in masks if (box := mask.getbbox()) is not None]
    return Scene(image, label, boxes[0], tuple(boxes[1:]), masks[0])


def _spot(rng: random.Random, size: float) -> Spot:
    margin = size / 2 + 1
    return rng.uniform(margin, SIDE - margin), rng.uniform(margin, SIDE - margin), size


def _first_spot(rng: random.Random, manner: Manner) -> Spot:
    return _spot(rng, rng.uniform(manner.smallest, manner.largest))


def _free_spot(rng: random.Random, size: float, taken: list[Spot]) -> Spot | None:
    for _ in range(20):
        x, y, size = _spot(rng, size)
        if all(math.dist((x, y), (ox, oy)) > 0.55 * (size + other) for ox, oy, other in taken):
            return x, y, size
    return None


def _draw(rng: random.Random, image: Image.Image, kind: str, spot: Spot, colour: Colour) -> Image.Image:
    x, y, size = spot
    large = Image.new("L", (SIDE * _FINE, SIDE * _FINE), 0)
    pen = ImageDraw.Draw(large)
    for points, ink in outline(kind, rng.uniform(-0.2, 0.2)):
        pen.polygon([((x + px * size / 2) * _FINE, (y + py * size / 2) * _FINE) for px, py in points], fill=ink)
    mask = large.resize((SIDE, SIDE), Image.Resampling.BOX).point(lambda value: value if value >= 24 else 0)
    image.paste(colour, mask=mask)
    return mask


def _background(rng: random.Random) -> tuple[Image.Image, Colour]:
    ground = _colour(rng, 120)
    noise = np.random.default_rng(rng.getrandbits(32))
    grain = noise.normal(0, rng.uniform(2, 14), (SIDE, SIDE, 3))
    slope = rng.uniform(-25, 25) * np.linspace(-1, 1, SIDE)[:, None, None]
    waves = rng.uniform(0, 12) * np.sin(np.arange(SIDE) * rng.uniform(0.1, 0.9))[None, :, None]
    pixels = np.clip(np.array(ground) + grain + slope + waves, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels), ground


def _plain_background() -> tuple[Image.Image, Colour]:
    ground = (40, 40, 40)
    return Image.new("RGB", (SIDE, SIDE), ground), ground


def _colour(rng: random.Random, brightest: int) -> Colour:
    return rng.randint(0, brightest), rng.randint(0, brightest), rng.randint(0, brightest)


def _bright_colour(rng: random.Random, ground: Colour) -> Colour:
    while True:
        colour = _colour(rng, 255)
        if sum(colour) > sum(ground) + 210:
            return colour
