"""Observing attention changes no bit of the answer, and gives back the implementation that the model had."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForImageClassification

from tests.jobs import language, picture, vision
from workers.models.attention import NAME, Attention, observed

IDS = [1, 5, 9, 17, 33, 65, 3]


def run(folder: Path, kind: str) -> tuple[Any, dict[str, Tensor]]:
    """A network and an input for it."""
    if kind == "vit":
        return vision(folder).network, {"pixel_values": vision(folder).prepare(picture(32, 32))}
    ids = torch.tensor([IDS])
    given = {"input_ids": ids}
    if kind == "encoder-decoder":
        given["decoder_input_ids"] = torch.tensor([[52, 3, 4]])
    return language(folder).network, given


@pytest.mark.parametrize("kind", ["stories260k", "news-lm", "encoder-decoder", "vit"])
def test_logits_are_bit_equal(data: Path, vit: Path, kind: str) -> None:
    names = {"encoder-decoder": "arabic-transliteration"}
    folder = vit if kind == "vit" else data / "models" / names.get(kind, kind)
    network, given = run(folder, kind)
    seen: list[Attention] = []
    before = network.config._attn_implementation
    with torch.no_grad():
        plain = network(**given).logits
        with observed(network, seen.append):
            watched = network(**given).logits
    assert torch.equal(plain, watched)
    assert network.config._attn_implementation == before != NAME
    if kind != "news-lm":
        assert seen
        assert len(seen) >= 3


def test_padding_is_masked_while_it_is_observed(data: Path) -> None:
    network, _ = run(data / "models" / "stories260k", "llama")
    ids = torch.tensor([[1, 5, 9, 17, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 0, 0]])
    with torch.no_grad():
        plain = network(input_ids=ids, attention_mask=mask).logits
        with observed(network, lambda seen: None):
            watched = network(input_ids=ids, attention_mask=mask).logits
    assert torch.equal(plain, watched)


def test_the_implementation_is_given_back_after_an_exception(data: Path) -> None:
    network, given = run(data / "models" / "stories260k", "llama")
    before = network.config._attn_implementation

    def failing(seen: Attention) -> None:
        raise ArithmeticError("in the middle of a layer")

    with torch.no_grad(), pytest.raises(ArithmeticError), observed(network, failing):
        network(**given)
    assert network.config._attn_implementation == before
    calls: list[Attention] = []
    with torch.no_grad(), observed(network, calls.append):
        network(**given)
    assert len(calls) == network.config.num_hidden_layers


def test_rows_equal_eager_attention_with_grouped_heads_and_a_causal_kernel(data: Path) -> None:
    folder = data / "models" / "stories260k"
    network, given = run(folder, "llama")
    rows: list[Tensor] = []
    with torch.no_grad(), observed(network, lambda seen: rows.append(seen.rows(slice(2, 6)))):
        network(**given)
    eager: Any = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        expected = eager(**given, output_attentions=True).attentions
    assert len(rows) == len(expected) == 5
    for ours, theirs in zip(rows, expected, strict=True):
        torch.testing.assert_close(ours, theirs[:, :, 2:6], rtol=1e-4, atol=1e-6)


def test_rows_equal_eager_attention_of_a_vit(vit: Path) -> None:
    network, given = run(vit, "vit")
    rows: list[Tensor] = []
    with torch.no_grad(), observed(network, lambda seen: rows.append(seen.rows(slice(0, None)))):
        network(**given)
    eager: Any = AutoModelForImageClassification.from_pretrained(vit, attn_implementation="eager")
    with torch.no_grad():
        expected = eager(**given, output_attentions=True).attentions
    for ours, theirs in zip(rows, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_mask_is_added_or_hides() -> None:
    query, key = torch.zeros(1, 1, 2, 4), torch.zeros(1, 1, 3, 4)
    hidden = torch.tensor([[[[True, True, False], [True, False, False]]]])
    added = torch.zeros(1, 1, 2, 3).masked_fill(~hidden, -torch.inf)
    for mask in (hidden, added):
        rows = Attention(query, key, mask, 1.0, causal=False).rows(slice(0, 2))
        assert rows[0, 0].tolist() == [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]
