"""Small masked encoders with a word tokenizer, made where a test needs one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["a", "the", "cat", "dog", "saw", "sat", "on", "mat", "and", "ran", "to", "house", ".", ",", "!", "?"]
WORDS += ["##s", "red", "blue", "big", "small"]
VOCABULARY = len(SPECIALS) + len(WORDS) + 3
"""Three rows more than there are tokens: padding of the vocabulary."""
SIZES: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
}


def make_masked(folder: Path, make: Callable[[], Any] | None = None) -> Path:
    """A masked encoder with random weights, large enough that its words differ, and its tokenizer."""
    torch.manual_seed(0)
    network: Any = make() if make else BertForMaskedLM(BertConfig(**SIZES))
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim == 2:
                weight.mul_(8)
    network.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def tokenizer() -> PreTrainedTokenizerFast:
    """WordPiece over a few words, with [CLS] before a text and [SEP] after it."""
    ids = {word: number for number, word in enumerate([*SPECIALS, *WORDS])}
    made = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    around = [("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])]
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=around
    )
    fast: Any = PreTrainedTokenizerFast
    loaded: PreTrainedTokenizerFast = fast(
        tokenizer_object=made,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    return loaded
