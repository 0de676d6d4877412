"""Gradient × input is exact on a linear model, and captum's InputXGradient on real ones."""

from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, links, passes, picture, units_of, values, vision
from tests.methods.importance.linear import Known, Linear, asked, scores_of
from tests.methods.importance.oracles import causal, classifier, encoder_decoder, per_patch
from workers.contract import Contrast, LinksPanel, Refusal, ScoresPanel, Target
from workers.methods.importance.gradient_x_input import GradientXInput


def target(**fields: object) -> Target:
    """A target by its names on the wire."""
    return Target.model_validate(fields)


def test_on_a_linear_model_it_is_each_units_share() -> None:
    linear = Linear()
    findings = GradientXInput().run(asked(linear))
    (panel,) = [panel for panel in findings.panels if isinstance(panel, LinksPanel)]
    expected = (linear.weights * linear.inputs).sum(-1).numpy()
    np.testing.assert_allclose(panel.weights[:, 1:], expected[:, 1:], rtol=1e-5)
    assert np.isnan(panel.weights[:, 0]).all()
    assert [found.value for found in findings.targets] == pytest.approx(linear.values(linear.inputs[None])[0].tolist())


@pytest.mark.parametrize("name", ["stories260k", "news-lm"])
@pytest.mark.parametrize("quantity", ["logprob", "logit"])
def test_on_causal_models_it_equals_captum(data: Path, name: str, quantity: str) -> None:
    folder = data / "models" / name
    tokens = passes(folder, text=SENTENCES[name]).text.prompt
    at = len(tokens.ids) - 2
    wanted = target(**{"from": tokens.places[at]}, quantity=quantity)
    found = ask(folder, "gradient_x_input", text=SENTENCES[name], targets=[wanted]).result
    embedded, value = causal(folder, tokens.ids, at, quantity)
    oracle = InputXGradient(value).attribute(embedded.requires_grad_(True))[0].sum(-1).detach()
    ours = values(found)[tokens.places[:at]]
    known = ~np.isnan(ours)
    assert known.sum() >= at - 1
    np.testing.assert_allclose(ours[known], oracle[known], rtol=1e-3, atol=1e-4)
    assert np.isnan(values(found)[tokens.places[at] :]).all()
    assert found.target is not None
    assert found.target.rows == [at - 1]
    assert found.target.value == pytest.approx(float(value(embedded.detach())[0]), abs=1e-4)


def test_on_an_encoder_decoder_it_equals_captum_on_both_strips(data: Path) -> None:
    folder = data / "models" / "arabic-transliteration"
    found = ask(folder, "gradient_x_input", text=SENTENCES[folder.name], targets=[target(**{"from": 3})]).result
    read = [unit.id for unit in units_of(found, "input") if unit.id is not None]
    said = [unit.id for unit in units_of(found, "output") if unit.id is not None]
    embedded, value = encoder_decoder(folder, read, said, 3)
    oracle = InputXGradient(value).attribute(embedded.requires_grad_(True))[0].sum(-1).detach().numpy()
    ours = np.concatenate([values(found, strip="input"), values(found, strip="output")[:3]])
    known = ~np.isnan(ours)
    np.testing.assert_allclose(ours[known], oracle[known], rtol=1e-3, atol=1e-4)
    assert np.isnan(values(found, strip="output")[3:]).all()


def test_on_pixels_it_equals_captum(vit: Path) -> None:
    image = picture(32, 32)
    found = ask(vit, "gradient_x_input", image=image, targets=[target(**{"class": "star"}, strip="image")]).result
    _, logits = classifier(vit)
    pixels = vision(vit).prepare(image).requires_grad_(True)
    oracle = per_patch(InputXGradient(logits).attribute(pixels, target=2), 8)
    np.testing.assert_allclose(values(found)[1:], oracle, rtol=1e-3, atol=1e-5)
    assert np.isnan(values(found)[0])


def test_several_targets_give_one_full_row_each(data: Path) -> None:
    folder = data / "models" / "stories260k"
    text = SENTENCES["stories260k"]
    wanted = [target(**{"from": place}) for place in (4, 9)]
    together = ask(folder, "gradient_x_input", text=text, targets=wanted).result
    panel = links(together)
    assert panel.rows == [(4, 5), (9, 10)]
    assert not any(isinstance(panel, ScoresPanel) for panel in together.panels)
    for row, one in zip(panel.weights, wanted, strict=True):
        alone = ask(folder, "gradient_x_input", text=text, targets=[one]).result
        np.testing.assert_allclose(row, values(alone), rtol=1e-3, atol=1e-5)


def test_swapping_a_contrast_turns_the_sign_and_logit_equals_logprob(data: Path) -> None:
    folder = data / "models" / "stories260k"
    text = "Once upon a time there was a little"
    first, second = 400, 262
    sides = [
        target(next=True, id=one, contrast=Contrast(ids=[other]), quantity=quantity)
        for one, other in ((first, second), (second, first))
        for quantity in ("logit", "logprob")
    ]
    rows = [values(ask(folder, "gradient_x_input", text=text, targets=[one]).result) for one in sides]
    np.testing.assert_allclose(rows[0], rows[1], rtol=1e-3, atol=2e-5)
    np.testing.assert_allclose(rows[0], -rows[2], rtol=1e-3, atol=2e-5)
    assert np.nanmax(np.abs(rows[0])) > 0.01


def test_classes_are_contrasted_too(vit: Path) -> None:
    image = picture(32, 32)
    sides = [
        target(**{"class": one}, strip="image", contrast=Contrast.model_validate({"class": other}))
        for one, other in ((0, "cross"), ("cross", 0))
    ]
    rows = [values(ask(vit, "gradient_x_input", image=image, targets=[one]).result) for one in sides]
    np.testing.assert_allclose(rows[0], -rows[1], rtol=1e-4, atol=1e-6)


def test_the_first_unit_is_refused_without_bos(data: Path) -> None:
    done = ask(
        data / "models" / "news-lm", "gradient_x_input", text="The president said", targets=[target(**{"from": 0})]
    )
    assert done.problems[0].type == "/problems/first-unit"
    assert "BOS" in done.problems[0].detail


def test_a_picture_model_has_no_tokens_to_explain(vit: Path) -> None:
    with pytest.raises(Refusal, match="its targets are classes"):
        passes(vit, image=picture(32, 32), targets=[target(**{"from": 2})]).objectives  # noqa: B018


def test_gradients_leave_the_parameters_alone(data: Path) -> None:
    from tests.jobs import language

    folder = data / "models" / "babyllama105"
    ask(folder, "gradient_x_input", text="Tom ran")
    assert all(parameter.grad is None for parameter in language(folder).network.parameters())
    assert torch.is_grad_enabled()


def test_the_example_of_its_guide() -> None:
    example = worked("gradient_x_input")
    known = Known(numbers(example, "weights"), numbers(example, "inputs"))
    scores = scores_of(GradientXInput().run(asked(known)))
    assert scores == pytest.approx([step.gives for step in example.steps[:2]])
    assert sum(scores) == as_shown(example.result)
