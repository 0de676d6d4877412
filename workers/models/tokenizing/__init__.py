"""Tokenizers of every kind as one: ids, the bytes each stands for, and the units of the contract."""

from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer, readable
from workers.models.tokenizing.load import builtin_tokenizers, load_tokenizer
from workers.models.tokenizing.units import ContinuedText, Origin, around, continue_text, units

__all__ = [
    "ContinuedText",
    "Origin",
    "Piece",
    "SpecialText",
    "TextTokenizer",
    "around",
    "builtin_tokenizers",
    "continue_text",
    "load_tokenizer",
    "readable",
    "units",
]
