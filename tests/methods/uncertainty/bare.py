"""Networks that a test makes, as model folders with a tokenizer of whole words."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast

_WORDS = ("<unk>", "</s>", "the", "box", "is", "in", "ball", "red")


def bare_model(network: Any, folder: Path) -> Path:
    """The folder of a network with 300 tokens: a few words, the rest numbered."""
    words = [*_WORDS, *(f"w{index}" for index in range(len(_WORDS), 300))]
    made = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = WhitespaceSplit()
    kind: Any = PreTrainedTokenizerFast
    tokenizer = kind(tokenizer_object=made, unk_token="<unk>", eos_token="</s>")
    path = folder / type(network).__name__.lower()
    network.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path
