"""Objectives: what a target is worth, what it sees, what stands for nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.jobs import language, passes, picture
from workers.contract import Refusal, Target
from workers.core.objectives.embeddings import embedding_baseline, replacement_id
from workers.core.targets import resolve_class


def test_single_targets_share_an_objective_and_spans_do_not(stories: Path) -> None:
    targets = [{"from": 3}, {"from": 5}, {"from": 4, "to": 6}, {"from": 6, "quantity": "logit"}]
    wanted = [Target.model_validate(fields) for fields in targets]
    objectives = passes(stories, text="Once upon a time there was", targets=wanted).objectives
    assert [len(objective.targets) for objective in objectives] == [2, 1, 1]
    assert objectives[0].visible(0).sum() == 3
    assert objectives[0].visible(1).sum() == 5


@pytest.mark.parametrize("quantity", ["logit", "logprob", "probability"])
def test_a_targets_value_is_read_one_row_before_it(stories: Path, quantity: str) -> None:
    target = Target.model_validate({"from": 4, "quantity": quantity})
    shared = passes(stories, text="Once upon a time", targets=[target])
    ids = shared.text.scored.ids
    with torch.no_grad():
        row = language(stories).network(input_ids=torch.tensor([ids])).logits[0, 3]
    forms = {"logit": row, "logprob": row.log_softmax(-1), "probability": row.softmax(-1)}
    (objective,) = shared.objectives
    assert float(objective.original()[0]) == pytest.approx(float(forms[quantity][ids[4]]), abs=1e-5)


def test_a_span_is_the_sum_of_its_tokens(stories: Path) -> None:
    text = "Once upon a time there was"
    places = [Target.model_validate({"from": place}) for place in (4, 5, 6)]
    span = Target.model_validate({"from": 4, "to": 7})
    single = passes(stories, text=text, targets=places).objectives[0].original()
    whole = passes(stories, text=text, targets=[span]).objectives[0].original()
    assert float(whole[0]) == pytest.approx(float(single.sum()), abs=1e-4)


def test_baselines_leave_special_units_as_they_are(stories: Path) -> None:
    model = language(stories)
    inputs = torch.randn(4, 64)
    weight = model.network.get_input_embeddings().weight
    mean = embedding_baseline(model, inputs, [0], "mean")
    zero = embedding_baseline(model, inputs, [0], "zero")
    torch.testing.assert_close(mean[1], weight.mean(0))
    assert torch.equal(zero[1:], torch.zeros(3, 64))
    assert torch.equal(mean[0], inputs[0])
    assert torch.equal(zero[0], inputs[0])


def test_a_scaled_embedding_layer_scales_its_mean_too(names: Path) -> None:
    model = language(names)
    weight = model.network.get_input_embeddings().weight[: model.vocabulary]
    assert model.config.scale_embedding
    torch.testing.assert_close(model.mean_embedding, weight.mean(0) * model.config.d_model**0.5)


@pytest.mark.parametrize(
    ("name", "mask", "pad"), [("stories260k", 0, 2), ("news-lm", 0, 1), ("arabic-transliteration", None, 51)]
)
def test_what_stands_for_nothing(data: Path, name: str, mask: int | None, pad: int) -> None:
    model = language(data / "models" / name)
    assert replacement_id(model, "mask") == (model.tokenizer.unk_id if mask is None else mask)
    assert replacement_id(model, "pad") == pad


def test_embeddings_give_what_ids_give(data: Path) -> None:
    for name in ("stories260k", "babyllama105", "news-lm"):
        model = language(data / "models" / name)
        ids = model.ids([3, 9, 27, 81])
        embeds = model.embed(ids)
        kept = embeds.clone()
        with torch.no_grad():
            torch.testing.assert_close(model.hidden(embeds=embeds)[0], model.hidden(ids=ids)[0])
        assert torch.equal(embeds, kept)


def test_a_class_is_named_by_label_or_number(vit: Path) -> None:
    shared = passes(vit, image=picture(32, 32))
    model = shared.vision.model
    for wanted in ("star", "2", 2):
        assert resolve_class(model, 0, Target.model_validate({"class": wanted})).class_id == 2
    assert resolve_class(model, 3, Target()).class_label == "cross"
    for unknown in ("comet", 4, "²"):
        with pytest.raises(Refusal, match="It knows: circle, square, star, cross"):
            resolve_class(model, 0, Target.model_validate({"class": unknown}))


def test_patches_are_the_pixels(vit: Path) -> None:
    (objective,) = passes(vit, image=picture(32, 32)).objectives
    model = passes(vit, image=picture(32, 32)).vision.model
    pixels = model.prepare(picture(32, 32))
    back = model.to_pixels(objective.inputs[None], (32, 32))
    assert torch.equal(back, pixels)
    assert np.isfinite(objective.original().numpy()).all()
