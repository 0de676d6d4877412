"""Patches lie where the model's pixels come from, and the layers taken apart answer as the whole network does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from transformers import ConvNextConfig, ConvNextForImageClassification

from tests.jobs import ask, picture, vision
from tests.vits import make_vit
from workers.contract import Ability, Refusal
from workers.models.vision import VisionModel, patch_boxes


def leave(layer: int, states: Tensor, keys: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Merge nothing."""
    return states, sizes


@pytest.mark.parametrize("kind", ["vit", "deit", "distilled"])
def test_layers_taken_apart_answer_as_the_network(tmp_path: Path, kind: str) -> None:
    model = vision(make_vit(tmp_path / f"apart-{kind}", kind=kind))
    pixels = model.prepare(picture(32, 32))
    with torch.no_grad():
        torch.testing.assert_close(model.reduced_logits(pixels, leave), model.logits(pixels), rtol=1e-5, atol=1e-5)


def ramps(width: int, height: int) -> Image.Image:
    """Red grows with the column, green with the row: a pixel's colour says where it came from."""
    rows, cols = np.mgrid[:height, :width]
    red, green = (cols + 0.5) / width * 255, (rows + 0.5) / height * 255
    return Image.fromarray(np.stack([red, green, np.zeros_like(red)], -1).round().astype(np.uint8))


def centres(model: VisionModel, image: Image.Image) -> Any:
    """Where the mean of each patch of the model's input lies in the picture, by its colour: (rows, cols, 2)."""
    rows, cols = (size // model.patch for size in model.input_size)
    patches = model.to_patches(model.prepare(image))[0].view(rows, cols, 3, -1).mean(-1)
    shares = (patches * 0.5 + 0.5).numpy()
    return np.stack([shares[..., 0] * image.width, shares[..., 1] * image.height], -1)


@pytest.mark.parametrize(("width", "height"), [(320, 320), (640, 320), (200, 480), (50, 40)])
def test_boxes_of_a_stretched_picture(vit: Path, width: int, height: int) -> None:
    model = vision(vit)
    image = ramps(width, height)
    strip = model.strip(image, None)
    boxes = np.array([unit.box for unit in strip.units if unit.box]).reshape(4, 4, 4)
    assert boxes[0, 0].tolist() == [0, 0, width / 4, height / 4]
    assert boxes[-1, -1].tolist() == [width * 3 / 4, height * 3 / 4, width, height]
    middle = np.stack([(boxes[..., 0] + boxes[..., 2]) / 2, (boxes[..., 1] + boxes[..., 3]) / 2], -1)
    np.testing.assert_allclose(middle, centres(model, image), atol=max(width, height) / 32 * 0.3)


@pytest.mark.parametrize(("width", "height"), [(320, 320), (640, 320), (200, 480), (333, 401)])
def test_boxes_of_a_picture_whose_centre_is_cut_out(tmp_path: Path, width: int, height: int) -> None:
    model = vision(make_vit(tmp_path / f"crop{width}x{height}", size=32, patch=8, crop=40))
    image = ramps(width, height)
    boxes = np.array([unit.box for unit in model.strip(image, None).units if unit.box]).reshape(4, 4, 4)
    middle = np.stack([(boxes[..., 0] + boxes[..., 2]) / 2, (boxes[..., 1] + boxes[..., 3]) / 2], -1)
    pixel = min(width, height) / 40
    np.testing.assert_allclose(middle, centres(model, image), atol=pixel)
    sides = boxes[..., 2] - boxes[..., 0]
    np.testing.assert_allclose(sides, 8 * pixel)
    assert boxes[0, 0, 0] > 0


def test_boxes_follow_a_resize_before_a_crop() -> None:
    class Processor:
        do_center_crop = True
        size = {"height": 64, "width": 64}

    boxes = patch_boxes((640, 320), (32, 32), 8, Processor())
    assert boxes[0, 0].tolist() == [160, 80, 240, 120]
    assert boxes[-1, -1].tolist() == [400, 200, 480, 240]


def test_special_tokens_stand_in_front(tmp_path: Path, vit: Path) -> None:
    deit = make_vit(tmp_path / "front-deit", kind="deit")
    for folder, names in ((vit, ["[CLS]"]), (deit, ["[CLS]", "[distillation]"])):
        units = vision(folder).strip(picture(32, 32), "source").units
        assert [unit.surface for unit in units if unit.special] == names
        assert [unit.special for unit in units] == sorted((unit.special for unit in units), reverse=True)
        assert [(unit.row, unit.col) for unit in units if unit.kind == "patch"][:5] == [
            (0, 0),
            (0, 1),
            (0, 2),
            (0, 3),
            (1, 0),
        ]


def test_grey_is_the_middle_of_what_the_model_sees(vit: Path) -> None:
    model = vision(vit)
    assert set(model.colour(0.0).tolist()) == {-1.0}
    assert set(model.colour(1.0).tolist()) == {1.0}
    assert abs(float(model.colour(0.5).mean())) < 0.01


@pytest.fixture(scope="module")
def convnext(tmp_path_factory: pytest.TempPathFactory, vit: Path) -> Path:
    """A classifier that is no transformer and whose configuration is silent about some things."""
    folder = tmp_path_factory.mktemp("models") / "convnext"
    torch.manual_seed(0)
    options: dict[str, Any] = {"num_labels": 3}
    config = ConvNextConfig(num_stages=2, hidden_sizes=[8, 16], depths=[1, 1], image_size=32, **options)
    network: Any = ConvNextForImageClassification(config)
    network.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_bytes((vit / "preprocessor_config.json").read_bytes())
    return folder


def test_a_convolutional_classifier_is_covered_but_not_merged(convnext: Path) -> None:
    model = vision(convnext)
    assert {Ability.PATCHES, Ability.IMAGE_GRADIENT} <= model.abilities
    assert not {Ability.CLS_TOKEN, Ability.VIT_BLOCKS} & model.abilities
    done = ask(convnext, "occlusion", "gradient_x_input", "tome", "cls_attention", image=picture(32, 32))
    assert sorted(done.results) == [0, 1]
    assert {done.problems[index].type for index in (2, 3)} == {"/problems/method-does-not-fit"}
    with pytest.raises(Refusal, match="only ViT and DeiT"):
        model.reduced_logits(model.prepare(picture(32, 32)), leave)
