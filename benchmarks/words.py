"""A tokenizer of whole words, and texts of so many tokens."""

from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast


def text(tokens: int) -> str:
    """A text of so many tokens."""
    return " ".join(f"w{(index * 7919) % 50_000 + 1}" for index in range(tokens))


def words(size: int) -> Any:
    """A tokenizer of `size` words, w0, w1, …; w0 also stands for whatever it does not know."""
    made = Tokenizer(WordLevel({f"w{index}": index for index in range(size)}, unk_token="w0"))
    made.pre_tokenizer = WhitespaceSplit()
    kind: Any = PreTrainedTokenizerFast
    return kind(tokenizer_object=made, unk_token="w0", bos_token="w0", eos_token="w0", pad_token="w0")
