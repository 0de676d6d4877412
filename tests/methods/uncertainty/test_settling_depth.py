"""Where the upper layers change nothing, every token settles before them; the lens is the model's own head and norm."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
)

from tests.guides import as_shown, numbers, worked
from tests.jobs import CAUSAL, SENTENCES, ask, language, tracks, units_of, values
from tests.methods.uncertainty.bare import bare_model
from workers.contract import ChartPanel
from workers.core.layers import LayerTop
from workers.core.passes import Passes
from workers.methods.uncertainty.settling_depth import settled

TEXT = "the box is in the box"
SIZES: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 32,
    "num_hidden_layers": 5,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
}


def identity_after(block: nn.Module) -> None:
    """Whatever such a layer would add to its input is 0."""
    for name, parameter in block.named_parameters():
        if any(part in name for part in ("o_proj", "down_proj", "c_proj", "dense_4h_to_h", "attention.dense")):
            nn.init.zeros_(parameter)


def llama() -> Any:
    return LlamaForCausalLM(LlamaConfig(**SIZES, intermediate_size=64, initializer_range=0.4))


def gpt2() -> Any:
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=300, n_embd=32, n_layer=5, n_head=4, n_positions=64, initializer_range=0.4)
    )


def neox() -> Any:
    return GPTNeoXForCausalLM(GPTNeoXConfig(**SIZES, intermediate_size=64, initializer_range=0.4))


def opt() -> Any:
    return OPTForCausalLM(OPTConfig(**SIZES, ffn_dim=64, word_embed_proj_dim=32, init_std=0.4))


@pytest.mark.parametrize("make", [llama, gpt2, neox])
@pytest.mark.parametrize("k", [1, 3])
def test_layers_that_change_nothing_are_not_needed(tmp_path: Path, make: Any, k: int) -> None:
    torch.manual_seed(k)
    network = make()
    layers = next(module for module in network.modules() if isinstance(module, nn.ModuleList))
    for block in list(layers)[k:]:
        identity_after(block)
    found = ask(bare_model(network, tmp_path), "settling_depth", text=TEXT).result
    depth = values(found, "depth")
    assert np.nanmax(depth) <= k
    if k == 3:
        assert np.nanmax(depth) == k
    assert np.isnan(depth[0])
    mean = found.figures["mean_depth"].value
    assert mean == pytest.approx(float(np.nanmean(depth)))
    (share, _) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    assert share.series[0].y[k - 1 :] == [1.0] * (6 - k)


def test_opt_is_read_through_its_decoder(tmp_path: Path) -> None:
    torch.manual_seed(0)
    found = ask(bare_model(opt(), tmp_path), "settling_depth", text=TEXT).result
    assert tracks(found)["depth"].domain == (1, 5)


@pytest.mark.parametrize("name", [*CAUSAL, "arabic-transliteration"])
def test_the_lens_of_the_last_layer_is_the_model(data: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = data / "models" / name
    kept: list[Passes] = []
    plain = Passes.__init__

    def keep(self: Passes, *given: Any, **options: Any) -> None:
        plain(self, *given, **options)
        kept.append(self)

    monkeypatch.setattr(Passes, "__init__", keep)
    done = ask(folder, "settling_depth", "entropy", text=SENTENCES[name])
    assert not done.problems
    found = done.results[0]
    assert kept[0].counts["forward"] == 1
    assert kept[0].counts["token_rows"] == 1
    strip = kept[0].text.scored.strip.id
    model = language(folder)
    states = kept[0].text.states
    choice = model.logits(states).argmax(-1).tolist()
    last = kept[0].text.layers(LayerTop())["top_id"][-1]
    known = last[~np.isnan(last)].astype(int).tolist()
    assert known == choice[: len(known)]
    depth = values(found, "depth", strip)
    assert np.nanmin(depth) >= 1
    assert len(units_of(found, strip)) == len(depth)


def test_hidden_states_of_llama_by_transformers_own_lens(data: Path) -> None:
    folder = data / "models" / "stories260k"
    model = language(folder)
    found = ask(folder, "settling_depth", text=SENTENCES["stories260k"]).result
    ids = [unit.id for unit in units_of(found) if unit.id is not None]
    with torch.no_grad():
        states = model.network(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
        normed = [model.network.model.norm(state) for state in states[1:-1]] + [states[-1]]
        top = torch.stack([model.network.lm_head(state[0]).argmax(-1) for state in normed])
    expected, _ = settled(top[:, :-1].numpy().astype(np.float32))
    places = [index for index, unit in enumerate(units_of(found)) if unit.id is not None][1:]
    np.testing.assert_array_equal(values(found, "depth")[places], expected)


def test_depth_is_counted_from_where_the_choice_stays() -> None:
    top = np.array([[3, 1, 7, np.nan], [5, 1, 7, np.nan], [3, 1, 2, np.nan], [3, 1, 7, np.nan]], np.float32)
    depth, agreement = settled(top)
    np.testing.assert_array_equal(depth, [3, 1, 4, np.nan])
    np.testing.assert_array_equal(agreement, [0.75, 1, 0.75, np.nan])


def test_a_family_whose_norm_is_not_known_is_refused_and_the_others_go_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data / "models" / "stories260k"
    kind = type(language(folder).body)
    monkeypatch.setattr(kind, "forward", _twice(kind.forward))
    found = ask(folder, "settling_depth", "entropy", text=SENTENCES["stories260k"])
    assert found.problems[0].type == "/problems/unknown-final-norm"
    assert "llama" in found.problems[0].detail
    assert set(found.results) == {1}


def _twice(forward: Any) -> Any:
    """A step between the last norm and the head, of which nobody told."""

    def doubled(self: Any, *given: Any, **options: Any) -> Any:
        output = forward(self, *given, **options)
        output.last_hidden_state = output.last_hidden_state * 2
        return output

    return doubled


def test_the_example_of_its_guide() -> None:
    example = worked("settling_depth")
    depth, _ = settled(np.array(numbers(example, "choices"), np.float32)[:, None])
    assert float(depth[0]) == as_shown(example.result)
