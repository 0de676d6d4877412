"""The class token's attention equals what transformers' eager attention returns."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import numpy as np
import pytest
import torch
from transformers import AutoModelForImageClassification

from tests.guides import as_shown, rows, worked
from tests.jobs import ask, call, picture, tracks, values, vision
from workers.contract import ScoresPanel, Strip, Unit
from workers.core.passes import Passes
from workers.methods.importance.cls_attention import ClsAttention


@pytest.mark.parametrize("heads", ["mean", "max"])
@pytest.mark.parametrize("kind", ["vit", "deit"])
def test_it_equals_eager_attentions(vit: Path, deit: Path, heads: str, kind: str) -> None:
    folder = vit if kind == "vit" else deit
    image = picture(32, 32)
    found = ask(folder, call("cls_attention", heads=heads), image=image).result
    network: Any = AutoModelForImageClassification.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        output = network(pixel_values=vision(folder).prepare(image), output_attentions=True)
    rows = torch.stack([layer[0, :, 0] for layer in output.attentions])
    expected = (rows.mean(1) if heads == "mean" else rows.amax(1)).numpy()
    special = 1 if kind == "vit" else 2
    attention = values(found, "attention")
    np.testing.assert_allclose(attention[:, special:], expected[:, special:], rtol=1e-4, atol=1e-6)
    assert np.isnan(attention[:, :special]).all()
    assert found.figures["own_attention"].value == pytest.approx(float(expected[-1, 0]), rel=1e-4)
    assert found.figures["probability"].value == pytest.approx(float(output.logits.softmax(-1).max()), rel=1e-4)


def test_heads_can_stand_apart(vit: Path) -> None:
    image = picture(32, 32)
    apart, mean = (ask(vit, call("cls_attention", heads=heads), image=image).result for heads in ("each", "mean"))
    (track,) = tracks(apart).values()
    assert [axis.name for axis in track.axes] == ["layer", "head"]
    assert len(track.axes[1].values) == track.values.shape[1]
    np.testing.assert_allclose(values(apart, "attention").mean(1), values(mean, "attention"), rtol=1e-5, atol=1e-7)
    assert apart.figures["own_attention"].value == pytest.approx(mean.figures["own_attention"].value, rel=1e-5)


def test_a_layer_sums_to_one_less_its_own_share(vit: Path) -> None:
    found = ask(vit, "cls_attention", image=picture(32, 32)).result
    (track,) = tracks(found).values()
    assert [axis.name for axis in track.axes] == ["layer"]
    assert track.axes[0].values == [1, 2, 3]
    own = found.figures["own_attention"].value
    assert own is not None
    assert float(np.nansum(track.values[-1])) + own == pytest.approx(1, abs=1e-5)


def test_the_example_of_its_guide() -> None:
    example = worked("cls_attention")
    kinds: list[Literal["token", "patch"]] = ["token", "patch", "patch"]
    units = [Unit(kind=kind, special=kind == "token") for kind in kinds]
    seen = SimpleNamespace(
        class_token_attention=torch.tensor([rows(example, "heads")]),
        strip=Strip(id="image", role="image", label="Image", units=units),
        logits=torch.zeros(2),
        model=SimpleNamespace(labels=["a", "b"]),
    )
    found = ClsAttention().run(cast(Passes, SimpleNamespace(vision=seen)))
    (panel,) = found.panels
    assert isinstance(panel, ScoresPanel)
    patches = panel.tracks[0].values[0, 1:]
    assert patches.tolist() == [as_shown(step.gives) for step in example.steps[:2]]
    assert found.figures["own_attention"].value == as_shown(example.steps[2].gives)
    assert float(patches.sum()) == as_shown(example.result)
