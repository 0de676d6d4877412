"""Integrated gradients are exact on a linear model, captum's at the same rule, and complete."""

from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients as Captum
from torch import Tensor

from tests.guides import as_shown, number, worked
from tests.jobs import SENTENCES, ask, call, passes, picture, units_of, values, vision
from tests.methods.importance.linear import Known, Linear, asked, scores_of
from tests.methods.importance.oracles import causal, causal_network, classifier, encoder_decoder, per_patch
from workers.contract import LinksPanel, Result, Target
from workers.methods.importance.integrated_gradients import IntegratedGradients

STEPS = 16
FIXED_STEPS = call("integrated_gradients", n_steps=STEPS, max_steps=STEPS)


def gap(result: Result) -> float:
    """The completeness gap of a result."""
    value = result.figures["completeness_gap"].value
    assert value is not None
    return value


def test_on_a_linear_model_it_is_the_way_times_the_weights() -> None:
    linear = Linear()
    findings = IntegratedGradients(n_steps=2).run(asked(linear))
    (panel,) = [panel for panel in findings.panels if isinstance(panel, LinksPanel)]
    expected = (linear.weights * (linear.inputs - linear.baseline("mean"))).sum(-1).numpy()
    np.testing.assert_allclose(panel.weights[:, 1:], expected[:, 1:], rtol=1e-4, atol=1e-5)
    assert findings.figures["completeness_gap"].value == pytest.approx(0, abs=1e-5)
    assert findings.figures["steps"].value == 2


def with_baseline(embedded: Tensor, fixed: list[int], vector: Tensor) -> Tensor:
    """Embeddings with every row but the fixed ones replaced."""
    baseline = vector.expand_as(embedded).clone()
    baseline[:, fixed] = embedded[:, fixed]
    return baseline.detach()


@pytest.mark.parametrize("name", ["stories260k", "news-lm"])
@pytest.mark.parametrize("baseline", ["mean", "zero"])
def test_on_causal_models_it_equals_captum_at_equal_steps(data: Path, name: str, baseline: str) -> None:
    folder = data / "models" / name
    tokens = passes(folder, text=SENTENCES[name]).text.prompt
    at = len(tokens.ids) - 1
    method = call("integrated_gradients", n_steps=STEPS, max_steps=STEPS, baseline=baseline)
    target = Target.model_validate({"from": tokens.places[at]})
    found = ask(folder, method, text=SENTENCES[name], targets=[target]).result
    embedded, value = causal(folder, tokens.ids, at, "logprob")
    table = causal_network(folder).get_input_embeddings().weight
    vector = table.mean(0) if baseline == "mean" else torch.zeros(table.shape[1])
    fixed = [index for index in range(at) if units_of(found, "main")[tokens.places[index]].special]
    start = with_baseline(embedded, fixed, vector)
    oracle = Captum(value).attribute(embedded, start, n_steps=STEPS, method="gausslegendre")[0].sum(-1)
    ours = values(found)[tokens.places[:at]]
    known = [index for index in range(at) if index not in fixed]
    np.testing.assert_allclose(ours[known], oracle.detach()[known], rtol=2e-3, atol=2e-4)
    assert np.isnan(ours[fixed]).all()
    change = float((value(embedded) - value(start))[0])
    assert gap(found) == pytest.approx(abs(float(oracle.sum()) - change) / max(abs(change), 0.1), abs=5e-3)


def test_on_an_encoder_decoder_it_equals_captum(data: Path) -> None:
    folder = data / "models" / "arabic-transliteration"
    found = ask(folder, FIXED_STEPS, text=SENTENCES[folder.name], targets=[Target.model_validate({"from": 2})]).result
    units = units_of(found, "input")
    read = [unit.id for unit in units if unit.id is not None]
    said = [unit.id for unit in units_of(found, "output") if unit.id is not None]
    embedded, value = encoder_decoder(folder, read, said, 2)
    fixed = [index for index, unit in enumerate(units) if unit.special]
    from tests.jobs import language

    start = with_baseline(embedded, fixed, language(folder).mean_embedding)
    oracle = Captum(value).attribute(embedded, start, n_steps=STEPS, method="gausslegendre")[0].sum(-1).detach().numpy()
    ours = np.concatenate([values(found, strip="input"), values(found, strip="output")[:2]])
    known = ~np.isnan(ours)
    np.testing.assert_allclose(ours[known], oracle[known], rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("baseline", ["mean", "zero"])
def test_on_pixels_it_equals_captum(vit: Path, baseline: str) -> None:
    image = picture(32, 32)
    target = Target.model_validate({"strip": "image", "class": 1})
    method = call("integrated_gradients", n_steps=STEPS, max_steps=STEPS, baseline=baseline)
    found = ask(vit, method, image=image, targets=[target]).result
    pixels = vision(vit).prepare(image)
    start = pixels.mean((2, 3), keepdim=True).expand_as(pixels) if baseline == "mean" else torch.full_like(pixels, -1.0)
    _, logits = classifier(vit)
    oracle = Captum(logits).attribute(pixels, start, target=1, n_steps=STEPS, method="gausslegendre")
    np.testing.assert_allclose(values(found)[1:], per_patch(oracle, 8), rtol=2e-3, atol=2e-4)


def test_the_mean_embedding_leaves_a_small_gap_and_zero_a_large_one(data: Path) -> None:
    folder = data / "models" / "stories260k"
    text = "Once upon a time, there was a little girl named Lily. She loved to play outside in the"
    mean = ask(folder, "integrated_gradients", text=text).result
    zero = ask(folder, call("integrated_gradients", baseline="zero", max_steps=100), text=text).result
    assert gap(mean) <= 0.02
    assert gap(zero) > 0.5
    assert "miss" in zero.provenance.caveat
    assert "miss" not in mean.provenance.caveat


def test_steps_are_doubled_until_the_gap_is_small_enough_or_the_limit_is_reached(data: Path) -> None:
    folder = data / "models" / "stories260k"
    found = [
        ask(
            folder, call("integrated_gradients", n_steps=2, max_steps=limit, tolerance=tolerance), text="Lily saw a"
        ).result
        for limit, tolerance in ((2, 0.0), (9, 0.0), (64, 1.0))
    ]
    assert [result.figures["steps"].value for result in found] == [2, 8, 2]


def test_pad_and_blur_belong_to_one_kind_of_input_each(data: Path, vit: Path) -> None:
    text = ask(data / "models" / "stories260k", call("integrated_gradients", baseline="blurred"), text="Lily saw")
    image = ask(vit, call("integrated_gradients", baseline="pad"), image=picture(32, 32))
    assert {done.problems[0].type for done in (text, image)} == {"/problems/no-such-baseline"}
    padded = ask(data / "models" / "news-lm", call("integrated_gradients", baseline="pad"), text="The president said")
    assert not padded.problems


def test_a_blurred_picture_keeps_its_light_and_loses_its_objects(vit: Path) -> None:
    (objective,) = passes(vit, image=picture(32, 32)).objectives
    blurred = objective.baseline("blurred")
    assert blurred.std() < 0.5 * objective.inputs.std()
    assert float(blurred.mean()) == pytest.approx(float(objective.inputs.mean()), abs=0.05)
    flat = ask(vit, call("integrated_gradients", baseline="blurred", max_steps=400), image=picture(32, 32)).result
    assert gap(flat) <= 0.02


def test_the_example_of_its_guide() -> None:
    example = worked("integrated_gradients")
    known = Known([1.0], [number(example, "input")], power=2)
    known.start = number(example, "baseline")
    method = IntegratedGradients(n_steps=int(number(example, "steps")))
    (score,) = scores_of(method.run(asked(known)))
    assert score == as_shown(example.steps[2].gives)
    assert float(known.values(known.inputs[None])[0, 0]) == as_shown(example.result)
