"""Training and measuring the built-in models, and writing both into their cards."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import (
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    T5ForConditionalGeneration,
    ViTForImageClassification,
)

from .cards import WORDS, Facts, load_card, write_card
from .paths import BUILD, WEIGHTS
from .recipes.language import DEMO_BYTES, DEMO_LM, DEMO_LM_SMALL, prose_ids, train_language
from .recipes.prose import Prose, read_prose
from .recipes.tokenizers import train_tokenizers, write_byte_tokenizer
from .recipes.translation import DEMO_SEQ2SEQ, TRAIN_SEED, train_translation
from .recipes.vision import DEMO_VIT, train_vision
from .truth import Scores, prose_scores, scene_scores, spelled_story_scores, story_scores, translation_scores
from .world.translation import phrase

LANGUAGE = {recipe.name: recipe for recipe in (DEMO_LM, DEMO_LM_SMALL, DEMO_BYTES)}
PROSE_SOURCE = "Project Gutenberg (gutenberg.org); Shakespeare's plays as in Karpathy's char-rnn collection"
HELD_OUT_PIECES = 12
"""Pieces of held-out prose that are measured, evenly over all books."""


def train_models(
    names: list[str], folder: Path, *, steps: int | None = None, minutes: float | None = None, fresh: bool = False
) -> None:
    """Train models by name, tokenizers first where demo-lm starts anew; then write what was done into their cards."""
    prose = read_prose(folder)
    for name in names:
        if fresh:
            shutil.rmtree(BUILD / name, ignore_errors=True)
        if name == "demo-lm" and not (BUILD / name).exists():
            train_tokenizers(prose, WEIGHTS)
        if name == "demo-bytes":
            write_byte_tokenizer(WEIGHTS)
        if name in LANGUAGE:
            recipe = LANGUAGE[name]
            state = train_language(replace(recipe, steps=steps or recipe.steps), prose, minutes)
        elif name == "demo-seq2seq":
            state = train_translation(replace(DEMO_SEQ2SEQ, steps=steps or DEMO_SEQ2SEQ.steps), minutes)
        else:
            state = train_vision(replace(DEMO_VIT, steps=steps or DEMO_VIT.steps), minutes)
        write_card(name, _described(name, state, prose, _command(name, steps, minutes)))


def evaluate_models(names: list[str], folder: Path | None) -> None:
    """Measure models by name, print the figures and write them into the cards."""
    for name in names:
        card = load_card(name) | WORDS[name]
        scores = _measured(name, card, read_prose(folder) if folder else None)
        card["scores"] = card.get("scores", {}) | {key: round(value, 5) for key, value in scores.items()}
        write_card(name, card)
        for key, value in card["scores"].items():
            print(f"{name:14} {key:28} {value:.4f}")
        for line in load_card(name)["short"]:
            print(f"{name:14} FALLS SHORT: {line}")


def load_language(name: str) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A shipped language model in fp32, and its tokenizer."""
    model = LlamaForCausalLM.from_pretrained(WEIGHTS / name, dtype=torch.float32)
    model.train(False)
    return model, PreTrainedTokenizerFast.from_pretrained(WEIGHTS / name)


def load_translation() -> tuple[T5ForConditionalGeneration, PreTrainedTokenizerFast]:
    """The shipped encoder-decoder in fp32, and its tokenizer."""
    folder = WEIGHTS / "demo-seq2seq"
    model: T5ForConditionalGeneration = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    model.train(False)
    return model, PreTrainedTokenizerFast.from_pretrained(folder)


def load_vision() -> ViTForImageClassification:
    """The shipped vision model in fp32."""
    folder = WEIGHTS / "demo-vit"
    model: ViTForImageClassification = ViTForImageClassification.from_pretrained(folder, dtype=torch.float32)
    model.train(False)
    return model


def _measured(name: str, card: Facts, prose: Prose | None) -> Scores:
    if name == "demo-vit":
        return scene_scores(load_vision())
    if name == "demo-seq2seq":
        met = {phrase(TRAIN_SEED + number).source for number in range(card["training"]["phrases"])}
        return translation_scores(*load_translation(), seen=met)
    model, tokenizer = load_language(name)
    scores = (spelled_story_scores if name == "demo-bytes" else story_scores)(model, tokenizer)
    if prose is not None:
        seen = prose_ids(prose, tokenizer, card["training"]["prose_tokens"]).tolist()
        step = max(1, len(prose.held_out) // HELD_OUT_PIECES)
        held_out = "".join(prose.held_out[::step])
        scores |= prose_scores(model, tokenizer, held_out, str(tokenizer.decode(seen)).encode())
    return scores


def _described(name: str, state: dict[str, float], prose: Prose, command: str) -> Facts:
    common = {"training": {**state, "seconds": round(state["seconds"])}, "recipe": command}
    if name == "demo-seq2seq":
        translator, words = load_translation()
        shape = f"{DEMO_SEQ2SEQ.layers} + {DEMO_SEQ2SEQ.layers} layers of {DEMO_SEQ2SEQ.width}, tied embeddings"
        return common | {
            "architecture": f"T5ForConditionalGeneration: {shape}; byte-level BPE of {len(words)} tokens",
            "parameters": translator.num_parameters(),
            "seed": DEMO_SEQ2SEQ.seed,
        }
    if name not in LANGUAGE:
        model: Any = load_vision()
        config = model.config
        shape = f"{config.num_hidden_layers} layers of {config.hidden_size}, patch 8, 64 by 64 pixels, CLS token"
        return common | {
            "architecture": f"ViTForImageClassification: {shape}",
            "parameters": model.num_parameters(),
            "seed": DEMO_VIT.seed,
            "labels": list(config.id2label.values()),
        }
    model, tokenizer = load_language(name)
    config = model.config
    size = f"{config.num_hidden_layers} layers of {config.hidden_size}"
    shape = f"{size}, tied embeddings, context {config.max_position_embeddings}"
    cut = "bytes of UTF-8" if name == "demo-bytes" else f"byte-level BPE of {len(tokenizer)} tokens"
    return common | {
        "architecture": f"LlamaForCausalLM: {shape}; {cut}",
        "parameters": model.num_parameters(),
        "seed": LANGUAGE[name].seed,
        "prose_source": PROSE_SOURCE,
        "prose": [list(title) for title in prose.titles],
    }


def _command(name: str, steps: int | None, minutes: float | None) -> str:
    pace = f" --minutes {minutes:g}" if minutes else f" --steps {steps}" if steps else ""
    return f"python -m workers.demo train --prose DIR --only {name}{pace}"
