"""Small judges and heads made for tests: BERT types of one layer, and untrained heads over a language model."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel

from workers.models.heads import DetectionNetwork, HeadSettings, save_head
from workers.models.language import LanguageModel

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
NLI_LABELS = ("contradiction", "entailment", "neutral")


def write_tokenizer(folder: Path, words: Sequence[str], longest: int = 64) -> int:
    """A WordPiece tokenizer of lower-case words, letters and digits; its size."""
    single = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = [*SPECIALS, *dict.fromkeys([*words, *single, *(f"##{one}" for one in single)])]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": longest}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return len(pieces)


def config(size: int, **more: Any) -> BertConfig:
    """A BERT of one layer of 16."""
    settings: dict[str, Any] = {
        "vocab_size": size,
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
        "initializer_range": 0.5,
    }
    return BertConfig(**settings | more)


def classifier(folder: Path, labels: Sequence[str] = NLI_LABELS, words: Sequence[str] = (), seed: int = 5) -> Path:
    """A random classifier of pairs with these classes; one label is a cross-encoder of similarity."""
    size = write_tokenizer(folder, words)
    torch.manual_seed(seed)
    named = {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}
    BertForSequenceClassification(config(size, num_labels=len(labels), **named)).save_pretrained(folder)
    return folder


def encoder(
    folder: Path, pooling: str = "mean_tokens", kinds: Sequence[str] = ("Normalize",), longest: int = 60, seed: int = 6
) -> Path:
    """A random sentence encoder in the folder layout of sentence-transformers."""
    size = write_tokenizer(folder, ())
    torch.manual_seed(seed)
    BertModel(config(size), add_pooling_layer=False).save_pretrained(folder)
    parts = [("", "Transformer"), ("1_Pooling", "Pooling"), *((f"2_{kind}", kind) for kind in kinds)]
    modules = [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (path, kind) in enumerate(parts)
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest}), encoding="utf-8")
    (folder / "1_Pooling").mkdir()
    ways = {"word_embedding_dimension": 16, f"pooling_mode_{pooling}": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(ways), encoding="utf-8")
    return folder


def detection_head(folder: Path, model: LanguageModel, features: int = 8, tokens: int = 512, seed: int = 7) -> Path:
    """A random detection head for a language model."""
    torch.manual_seed(seed)
    width = int(model.config.hidden_size)
    settings = HeadSettings(model.key, model.folder.revision, width, features, tokens)
    save_head(folder, DetectionNetwork(settings), settings)
    return folder
