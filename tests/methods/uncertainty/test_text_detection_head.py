"""The contributions of all tokens and the bias are the logit, and the five metrics are the model's own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn.functional import gelu, layer_norm
from transformers import AutoModelForCausalLM

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import SENTENCES, Done, ask, call, language, units_of, values
from tests.judges import classifier, detection_head
from workers.contract import Result
from workers.methods.uncertainty.text_detection_head import _figures
from workers.models.heads import DetectionNetwork, HeadSettings

METRICS = ("entropy", "max_log_probability", "log_probability", "quantile", "top_p")


@pytest.fixture
def stories(data: Path) -> Path:
    """A language model."""
    return data / "models" / "stories260k"


@pytest.fixture
def head(stories: Path, tmp_path: Path) -> Path:
    """A head for it that nobody trained."""
    return detection_head(tmp_path / "head", language(stories))


def detected(model: Path, *further: Path, text: str | None = None, **params: Any) -> Done:
    """The method with the head “head”."""
    asked = call("text_detection_head", **{"head": "head"} | params)
    return ask(model, asked, text=text or SENTENCES["stories260k"], further=further)


def figure(result: Result, name: str) -> float:
    """The value of a figure."""
    value = result.figures[name].value
    assert value is not None
    return value


def test_contributions_and_bias_are_the_logit(stories: Path, head: Path) -> None:
    found = detected(stories, head).result
    contributions = values(found, "contribution").astype(float)
    assert np.nansum(contributions) + figure(found, "bias") == pytest.approx(figure(found, "logit"), abs=1e-5)
    assert figure(found, "probability") == pytest.approx(1 / (1 + np.exp(-figure(found, "logit"))))
    assert np.nansum(values(found, "gate")) == pytest.approx(1, abs=1e-5)


def test_the_logit_is_that_of_a_loop_written_anew(stories: Path, head: Path) -> None:
    """Everything from transformers and the stored tensors: the metrics, the gates, the weighted sum."""
    found = detected(stories, head).result
    weights = load_file(head / "model.safetensors")
    network: Any = AutoModelForCausalLM.from_pretrained(stories)
    ids = [unit.id or 0 for unit in units_of(found)]
    with torch.no_grad():
        output = network(input_ids=torch.tensor([ids]), output_hidden_states=True)
    logs, states = output.logits[0].double().log_softmax(-1), output.hidden_states[-1][0]

    def linear(name: str, given: torch.Tensor) -> torch.Tensor:
        return given @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    features, scores, count = [], [], len(ids) - 1
    for place in range(count):
        row, own = logs[place], float(logs[place, ids[place + 1]])
        same = row >= own
        five = [float(-(row.exp() * row).sum()), float(row.max()), own, float(same.double().mean())]
        five.append(float(row.exp()[same].sum()))
        one = gelu(linear("lift", torch.tensor(five)))
        for layer in ("deeper.0", "deeper.1"):
            one = one + gelu(linear(layer, one))
        features.append(one)
        pair = [layer_norm(states[at], states[at].shape) for at in (place, place + 1)]
        given = torch.cat([*pair, torch.tensor([place / (count - 1)])])
        scores.append(linear("gate_out", gelu(linear("gate_in", given))))
        for name, value in zip(METRICS, five, strict=True):
            assert values(found, name)[place + 1] == pytest.approx(value, abs=1e-4), name
    gates = torch.stack(scores).softmax(0)
    logit = linear("output", (gates * torch.stack(features)).sum(0))
    assert figure(found, "logit") == pytest.approx(float(logit), abs=1e-4)


def test_what_is_left_out_has_no_gate_and_no_contribution() -> None:
    torch.manual_seed(0)
    network = DetectionNetwork(HeadSettings("m", "r", width=4, features=6))
    metrics, states = torch.randn(1, 5, 5), torch.randn(1, 6, 4)
    contributions, gates = network(metrics, states, torch.tensor([[True, True, False, True, False]]))
    assert contributions[0, [2, 4]].tolist() == [0, 0]
    torch.testing.assert_close(gates.sum(1), torch.ones(1, 6))


def test_a_long_text_is_read_to_the_heads_limit(stories: Path, tmp_path: Path) -> None:
    short = detection_head(tmp_path / "head", language(stories), tokens=6)
    found = detected(stories, short).result
    assert (~np.isnan(values(found, "contribution"))).sum() == 6
    assert "Only the first 6 tokens were read." in found.provenance.caveat


def test_a_head_of_another_model_is_refused(stories: Path, data: Path, head: Path) -> None:
    problem = detected(data / "models" / "babyllama105", head, text="A cat.").problems[0]
    assert problem.type == "/problems/head-does-not-fit"
    assert "stories260k" in problem.detail
    assert "babyllama105" in problem.detail


def test_what_is_no_head_is_refused(stories: Path, tmp_path: Path) -> None:
    problem = detected(stories, classifier(tmp_path / "head")).problems[0]
    assert problem.type == "/problems/no-head"


def test_a_head_whose_tensors_do_not_fit_is_refused(stories: Path, head: Path, tmp_path: Path) -> None:
    text = (head / "config.json").read_text("utf-8").replace('"features": 8', '"features": 9')
    (head / "config.json").write_text(text, encoding="utf-8")
    problem = detected(stories, head).problems[0]
    assert problem.type == "/problems/unreadable-model"
    assert problem.status == 422


def test_without_a_head_it_says_how_to_get_one(stories: Path) -> None:
    problem = detected(stories).problems[0]
    assert problem.type == "/problems/named-model-missing"
    assert "python -m workers.training" in problem.detail


def test_the_example_of_its_guide() -> None:
    example = worked("text_detection_head")
    bias = number(example, "bias")
    logit = sum(numbers(example, "contributions")) + bias
    assert logit == as_shown(example.steps[0].gives)
    assert _figures(logit, bias)["probability"].value == as_shown(example.result)
