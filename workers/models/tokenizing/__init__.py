"""Tokenizers of every kind as one: ids, the bytes each stands for, and the units of the contract."""

from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer, readable
from workers.models.tokenizing.load import builtin_keys, builtin_tokenizers, load_tokenizer, title
from workers.models.tokenizing.units import ContinuedText, continue_text, units

__all__ = [
    "ContinuedText",
    "Piece",
    "SpecialText",
    "TextTokenizer",
    "builtin_keys",
    "builtin_tokenizers",
    "continue_text",
    "load_tokenizer",
    "readable",
    "title",
    "units",
]
