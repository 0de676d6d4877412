"""Families differ in their heads and layers: ours follow the network's own logits for each of them."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from tests.jobs import ask, call, language
from workers.contract import Generate, Target
from workers.core.objectives.embeddings import replacement_id
from workers.models.adapters import COMMON, _adapters, adapter_for

SIZES: dict[str, Any] = {
    "vocab_size": 512,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 64,
    "head_dim": 8,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GPT: dict[str, Any] = {
    "vocab_size": 512,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
BART: dict[str, Any] = {
    "vocab_size": 512,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "max_position_embeddings": 64,
    "scale_embedding": True,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "decoder_start_token_id": 2,
    "forced_eos_token_id": None,
}
T5: dict[str, Any] = {
    "vocab_size": 512,
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "decoder_start_token_id": 0,
}

CAUSAL: list[tuple[str, dict[str, Any]]] = [
    ("gpt2", GPT),
    ("gemma2", SIZES | {"final_logit_softcapping": 3.0, "sliding_window": 4, "query_pre_attn_scalar": 8}),
    ("gemma3_text", SIZES | {"final_logit_softcapping": 3.0, "sliding_window": 4, "query_pre_attn_scalar": 8}),
    ("cohere", SIZES | {"logit_scale": 0.3}),
    ("granite", SIZES | {"logits_scaling": 3.0, "embedding_multiplier": 5.0}),
    ("mistral", SIZES | {"sliding_window": 4}),
    ("qwen2", SIZES),
    ("mamba", {"vocab_size": 512, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}),
]
ENCODER_DECODERS: list[tuple[str, dict[str, Any]]] = [
    ("t5", T5),
    ("t5", T5 | {"tie_word_embeddings": False}),
    ("bart", BART),
    ("pegasus", BART),
    ("blenderbot-small", BART),
    ("marian", BART | {"share_encoder_decoder_embeddings": False, "decoder_vocab_size": 512}),
]
TEXT = "Once upon a time there was a cat"


def made(stories: Path, folder: Path, kind: str, fields: dict[str, Any], loader: Any) -> Path:
    """A small random model of a family, with the tokenizer of a real one."""
    torch.manual_seed(3)
    network = loader.from_config(AutoConfig.for_model(kind, **fields))
    for parameter in network.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.3)
    if hasattr(network, "final_logits_bias"):
        network.final_logits_bias.normal_()
    network.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((stories / name).read_bytes())
    return folder


@pytest.mark.parametrize(("kind", "fields"), CAUSAL, ids=[kind for kind, _ in CAUSAL])
def test_causal_families(stories: Path, tmp_path: Path, kind: str, fields: dict[str, Any]) -> None:
    folder = made(stories, tmp_path / kind, kind, fields, AutoModelForCausalLM)
    model = language(folder)
    ids = model.ids([1, 5, 9, 300, 17, 40, 41])
    with torch.no_grad():
        theirs = model.network(input_ids=ids).logits
        torch.testing.assert_close(model.logits(model.hidden(ids=ids)[0]), theirs, rtol=1e-4, atol=1e-4)
        by_vectors = model.logits(model.hidden(embeds=model.embed(ids))[0])
        torch.testing.assert_close(by_vectors, theirs, rtol=1e-4, atol=1e-4)
    _occlusion_equals_a_loop(folder)
    _greedy_equals_generate(folder)


def _occlusion_equals_a_loop(folder: Path) -> None:
    model = language(folder)
    for replacement in ("mask", "delete"):
        target = Target.model_validate({"next": True, "quantity": "logit"})
        found = ask(folder, call("occlusion", replacement=replacement), text=TEXT, targets=[target]).result
        assert found.target is not None
        track = found.panels[0].tracks[0].values  # type: ignore[union-attr]
        ids = [unit.id for unit in found.strips[0].units if unit.id is not None][:-1]

        def value(given: list[int], chosen: int = found.target.ids[0]) -> float:
            with torch.no_grad():
                return float(model.network(input_ids=torch.tensor([given]), use_cache=False).logits[0, -1, chosen])

        for row in range(1, len(ids)):
            by = [] if replacement == "delete" else [replacement_id(model, "mask")]
            drop = value(ids) - value([*ids[:row], *by, *ids[row + 1 :]])
            assert track[row] == pytest.approx(drop, rel=1e-3, abs=2e-4)


def _greedy_equals_generate(folder: Path) -> None:
    model = language(folder)
    done = ask(folder, "surprisal", text=TEXT, generate=Generate(max_new_tokens=5))
    read = [unit.id for unit in done.result.strips[0].units if unit.segment == "prompt" and unit.id is not None]
    made = model.network.generate(
        torch.tensor([read]), attention_mask=torch.ones(1, len(read)), max_new_tokens=5, do_sample=False
    )[0].tolist()
    expected = made[1:] if model.sequence_to_sequence else made[len(read) :]
    assert done.continuation.ids == [id for id in expected if id not in model.end_ids]


@pytest.mark.parametrize(
    ("kind", "fields"), ENCODER_DECODERS, ids=[f"{kind}{index}" for index, (kind, _) in enumerate(ENCODER_DECODERS)]
)
def test_encoder_decoders(stories: Path, tmp_path: Path, kind: str, fields: dict[str, Any]) -> None:
    name = f"{kind}-{len(fields)}"
    folder = made(stories, tmp_path / name, kind, fields, AutoModelForSeq2SeqLM)
    model = language(folder)
    read, said = model.ids([5, 9, 300, 17]), model.ids([model.decoder_start, 40, 41])
    with torch.no_grad():
        theirs = model.network(input_ids=read, decoder_input_ids=said).logits
        ours = model.logits(model.decode(model.encode(ids=read), ids=said))
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
        encoded = model.encode(embeds=model.embed(read))
        by_vectors = model.logits(model.decode(encoded, embeds=model.embed_output(said)))
        torch.testing.assert_close(by_vectors, theirs, rtol=1e-4, atol=1e-4)
    _greedy_equals_generate(folder)


def test_every_family_is_described_once() -> None:
    assert len(_adapters()) == sum(len(adapter.model_types) for adapter in set(_adapters().values()))
    assert adapter_for(AutoConfig.for_model("llama")) is COMMON
    assert adapter_for(AutoConfig.for_model("vit")).blocks is not None
