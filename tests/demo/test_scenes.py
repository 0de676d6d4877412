"""The scenes' truth: boxes hold the shapes, patches cover them, and the label lies in its shape alone."""

from collections import Counter

import numpy as np
import pytest

from workers.demo.world import DISTRACTORS, LABELS, scene
from workers.demo.world.shapes import outline

SEEDS = range(300)


def test_same_seed_same_scene() -> None:
    assert scene(5).image.tobytes() == scene(5).image.tobytes()
    assert scene(5).image.size == (64, 64)
    assert scene(5).image.mode == "RGB"


def test_every_label_comes_about_equally_often() -> None:
    counts = Counter(scene(seed).label for seed in range(1000))
    assert set(counts) == set(LABELS)
    assert min(counts.values()) > 60


def test_the_box_is_the_smallest_that_holds_the_shape() -> None:
    for seed in SEEDS:
        drawn = scene(seed)
        x0, y0, x1, y1 = drawn.box
        covered = np.asarray(drawn.mask) > 0
        assert covered.sum() > 20
        assert covered[y0:y1, x0:x1].sum() == covered.sum()
        assert covered[:, x0].any()
        assert covered[:, x1 - 1].any()
        assert covered[y0].any()
        assert covered[y1 - 1].any()


def test_the_box_holds_pixels_of_one_colour_unlike_the_ground() -> None:
    for seed in SEEDS:
        drawn = scene(seed)
        pixels = np.asarray(drawn.image).astype(float)
        inside = np.asarray(drawn.mask) == 255
        assert inside.sum() > 10
        assert pixels[inside].std(axis=0).max() == 0, "the whole shape is seen, and nothing lies on it"
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert np.linalg.norm(np.median(border, axis=0) - pixels[inside][0]) > 40


def test_patches_are_those_that_the_shape_covers() -> None:
    drawn = scene(9)
    covered = np.asarray(drawn.mask) > 0
    for patch in range(64):
        row, column = divmod(patch, 8)
        square = covered[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        assert (patch in drawn.patches()) == bool(square.any())


@pytest.mark.parametrize("kind", [*LABELS, *DISTRACTORS])
def test_outlines_stay_within_their_circle(kind: str) -> None:
    points = [point for polygon, _ in outline(kind, 0.15) for point in polygon]
    assert 0.6 < max(np.hypot(x, y) for x, y in points) < 1.15
