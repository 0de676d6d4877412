"""A Llama of demo-lm's size over a vocabulary of 50 257 tokens, with random weights and room for 32 768 tokens."""

from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.words import words

FOLDER = Path(".build") / "bench" / "long-llama"
TOKENS = 32_768


def folder() -> Path:
    """The folder, made when it is not there: 16 million parameters, most of them the embeddings."""
    if not (FOLDER / "model.safetensors").is_file():
        torch.manual_seed(0)
        FOLDER.mkdir(parents=True, exist_ok=True)
        config = LlamaConfig(
            vocab_size=50_257,
            hidden_size=256,
            intermediate_size=640,
            num_hidden_layers=4,
            num_attention_heads=8,
            num_key_value_heads=8,
            max_position_embeddings=TOKENS,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=0,
            pad_token_id=0,
        )
        words(config.vocab_size).save_pretrained(FOLDER)
        network: Any = LlamaForCausalLM(config)
        network.save_pretrained(FOLDER)
    return FOLDER
