"""A model of GPT-2's size with random weights, as a folder that every side loads."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

FOLDER = Path(".build") / "bench" / "gpt2-sized"


def folder(seed: int = 0) -> Path:
    """The folder, made when it is not there: 124 million parameters, a tokenizer of 50 257 words; one for each seed."""
    path = FOLDER.with_name(f"{FOLDER.name}-{seed}") if seed else FOLDER
    if not (path / "model.safetensors").is_file():
        torch.manual_seed(seed)
        path.mkdir(parents=True, exist_ok=True)
        config = GPT2Config(bos_token_id=0, eos_token_id=0, pad_token_id=0)
        _tokenizer(config.vocab_size).save_pretrained(path)
        network: Any = GPT2LMHeadModel(config)
        network.save_pretrained(path)
    return path


def text(tokens: int) -> str:
    """A text of so many tokens."""
    return " ".join(f"w{(index * 7919) % 50_000 + 1}" for index in range(tokens))


def _tokenizer(size: int) -> Any:
    made = Tokenizer(WordLevel({f"w{index}": index for index in range(size)}, unk_token="w0"))
    made.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="w0", bos_token="w0", eos_token="w0", pad_token="w0"
    )
