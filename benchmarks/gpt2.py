"""A model of GPT-2's size with random weights, as a folder that every side loads."""

from pathlib import Path
from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from benchmarks.words import words

FOLDER = Path(".build") / "bench" / "gpt2-sized"


def folder(seed: int = 0) -> Path:
    """The folder, made when it is not there: 124 million parameters, a tokenizer of 50 257 words; one for each seed."""
    path = FOLDER.with_name(f"{FOLDER.name}-{seed}") if seed else FOLDER
    if not (path / "model.safetensors").is_file():
        torch.manual_seed(seed)
        path.mkdir(parents=True, exist_ok=True)
        config = GPT2Config(bos_token_id=0, eos_token_id=0, pad_token_id=0)
        words(config.vocab_size).save_pretrained(path)
        network: Any = GPT2LMHeadModel(config)
        network.save_pretrained(path)
    return path
