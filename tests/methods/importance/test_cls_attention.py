"""The class token's attention equals what transformers' eager attention returns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForImageClassification

from tests.jobs import ask, call, picture, tracks, values, vision


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


def test_a_layer_sums_to_one_less_its_own_share(vit: Path) -> None:
    found = ask(vit, "cls_attention", image=picture(32, 32)).result
    (track,) = tracks(found).values()
    assert [axis.name for axis in track.axes] == ["layer"]
    assert track.axes[0].values == [1, 2, 3]
    own = found.figures["own_attention"].value
    assert own is not None
    assert float(np.nansum(track.values[-1])) + own == pytest.approx(1, abs=1e-5)
