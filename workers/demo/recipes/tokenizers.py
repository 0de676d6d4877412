"""The tokenizers of the built-in models, all trained on the same text: stories and prose."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import BPE, Unigram, WordPiece
from transformers import PreTrainedTokenizerFast

from ..world import END, VOCABULARY, story
from .prose import Prose

BOS, EOS, PAD = "<s>", END, "<pad>"
SPECIALS = [PAD, BOS, EOS]
SIZE = 2048
STORIES = 20_000
STORY_SEED = 500_000_000
PROSE_PIECES = 250


def train_tokenizers(prose: Prose, folder: Path) -> None:
    """Train and save the language models' byte-level BPE, `demo-unigram` and `demo-wordpiece`."""
    for name, make in (("demo-lm", _bpe), ("demo-unigram", _unigram), ("demo-wordpiece", _wordpiece)):
        _save(make(prose), folder / name)
    fast = PreTrainedTokenizerFast.from_pretrained(folder / "demo-lm")
    missing = [word for word in VOCABULARY if len(fast.encode(word, add_special_tokens=False)) != 1]
    if missing:
        raise RuntimeError(f"more than one token: {missing}")


def write_byte_tokenizer(folder: Path) -> None:
    """Write `demo-bytes`' tokenizer: byte-level BPE without a merge, every byte of UTF-8 a token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIALS, *alphabet])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[]))
    tokenizer.add_special_tokens(SPECIALS)
    _bytewise(tokenizer)
    _save(tokenizer, folder / "demo-bytes", length=1024)


def _texts(prose: Prose) -> Iterator[str]:
    for number in range(STORIES):
        yield story(STORY_SEED + number).text
    yield from prose.train[:PROSE_PIECES]


def _bpe(prose: Prose) -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(prose), trainer)
    _bytewise(tokenizer)
    return tokenizer


def _bytewise(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    bos = tokenizer.token_to_id(BOS)
    template = processors.TemplateProcessing(single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B", special_tokens=[(BOS, bos)])
    tokenizer.post_processor = template


def _unigram(prose: Prose) -> Tokenizer:
    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=SIZE, special_tokens=["<unk>", *SPECIALS], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(_texts(prose), trainer)
    return tokenizer


def _wordpiece(prose: Prose) -> Tokenizer:
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=SIZE, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
    )
    tokenizer.train_from_iterator(_texts(prose), trainer)
    return tokenizer


def _save(tokenizer: Tokenizer, folder: Path, length: int = 512) -> None:
    if tokenizer.token_to_id("[UNK]") is not None:
        names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    else:
        names = {"bos_token": BOS, "eos_token": EOS, "pad_token": PAD}
        if tokenizer.token_to_id("<unk>") is not None:
            names["unk_token"] = "<unk>"
    make: Any = PreTrainedTokenizerFast
    fast = make(tokenizer_object=tokenizer, clean_up_tokenization_spaces=False, **names)
    fast.model_max_length = length
    fast.save_pretrained(folder)
