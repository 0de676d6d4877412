"""The recipe of the encoder-decoder: English phrases into German."""

import random
import time
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from ..paths import BUILD, WEIGHTS
from ..world.translation import phrase
from .checkpoint import load_checkpoint, save_checkpoint
from .optim import optimizers, schedule
from .precision import mixed_precision

TRAIN_SEED = 1_000_000
"""Training phrases' seeds start here; held-out ones lie below. A few short phrases, such as “five”, are in both."""
PAD, EOS = "<pad>", "</s>"
TOKENIZER_SEED, TOKENIZER_PHRASES, TOKENIZER_SIZE = 500_000_000, 20_000, 768
IGNORED = -100


@dataclass(frozen=True)
class TranslationRecipe:
    """The encoder-decoder's size and how long it trains."""

    name: str = "demo-seq2seq"
    width: int = 128
    layers: int = 3
    hidden: int = 320
    heads: int = 4
    batch: int = 96
    steps: int = 4000
    adam_lr: float = 2e-3
    muon_lr: float = 0.01
    seed: int = 7


DEMO_SEQ2SEQ = TranslationRecipe()


def train_tokenizer() -> PreTrainedTokenizerFast:
    """One byte-level BPE for both languages; it ends every text with </s>, as T5's does."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TOKENIZER_SIZE,
        special_tokens=[PAD, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    phrases = [phrase(TOKENIZER_SEED + number) for number in range(TOKENIZER_PHRASES)]
    tokenizer.train_from_iterator([text for one in phrases for text in (one.source, *one.targets)], trainer)
    end = tokenizer.token_to_id(EOS)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", pair=f"$A {EOS} $B {EOS}", special_tokens=[(EOS, end)]
    )
    make: Any = PreTrainedTokenizerFast
    fast: PreTrainedTokenizerFast = make(
        tokenizer_object=tokenizer, eos_token=EOS, pad_token=PAD, clean_up_tokenization_spaces=False
    )
    return fast


def build(recipe: TranslationRecipe, tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    """The untrained model of a recipe: T5 v1.1's layers, embeddings tied."""
    torch.manual_seed(recipe.seed)
    make: Any = T5Config
    config: T5Config = make(
        vocab_size=len(tokenizer),
        d_model=recipe.width,
        d_kv=recipe.width // recipe.heads,
        d_ff=recipe.hidden,
        num_layers=recipe.layers,
        num_decoder_layers=recipe.layers,
        num_heads=recipe.heads,
        relative_attention_num_buckets=32,
        relative_attention_max_distance=64,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    return T5ForConditionalGeneration(config)


def batch_of(tokenizer: PreTrainedTokenizerFast, first: int, count: int, rng: random.Random) -> dict[str, Tensor]:
    """Padded ids, mask and labels of phrases with seeds from `first`, each with one of its translations."""
    drawn = [phrase(first + number) for number in range(count)]
    sources = [tokenizer.encode(one.source) for one in drawn]
    targets = [tokenizer.encode(one.draw(rng)) for one in drawn]
    ids = _padded(sources, int(tokenizer.pad_token_id))
    return {
        "input_ids": ids,
        "attention_mask": (ids != tokenizer.pad_token_id).long(),
        "labels": _padded(targets, IGNORED),
    }


def _padded(rows: list[list[int]], fill: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


def train_translation(recipe: TranslationRecipe, minutes: float | None = None) -> dict[str, float]:
    """Train the encoder-decoder, going on from its checkpoint, and save it in fp16; what was done, in numbers."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = train_tokenizer()
    model = build(recipe, tokenizer)
    model.to(device)  # type: ignore[arg-type]
    optims = optimizers(model, recipe.adam_lr, recipe.muon_lr)
    rates = [optim.param_groups[0]["lr"] for optim in optims]
    folder = BUILD / recipe.name
    state = load_checkpoint(folder, model, optims, device) or {"step": 0, "seconds": 0.0, "phrases": 0}
    rng = random.Random(recipe.seed + state["step"])
    started, mark = time.monotonic() - state["seconds"], time.monotonic()
    while (progress := state["seconds"] / 60 / minutes if minutes else state["step"] / recipe.steps) < 1.0:
        for optim, rate in zip(optims, rates, strict=True):
            optim.param_groups[0]["lr"] = rate * schedule(progress)
        batch = batch_of(tokenizer, TRAIN_SEED + state["step"] * recipe.batch, recipe.batch, rng)
        loss = _step(model, optims, {name: part.to(device) for name, part in batch.items()})
        state = {"step": state["step"] + 1, "phrases": state["phrases"] + recipe.batch}
        state["seconds"] = time.monotonic() - started
        if state["step"] % 50 == 0:
            print(recipe.name, state["step"], f"{progress:.3f} {loss:.4f}", flush=True)
        if time.monotonic() - mark > 120:
            save_checkpoint(folder, model, optims, state)
            mark = time.monotonic()
    save_checkpoint(folder, model, optims, state)
    model.half().save_pretrained(WEIGHTS / recipe.name)
    tokenizer.save_pretrained(WEIGHTS / recipe.name)
    return state


def _step(model: T5ForConditionalGeneration, optims: list[torch.optim.Optimizer], batch: dict[str, Tensor]) -> float:
    with mixed_precision(batch["input_ids"].device):
        logits = model(**batch).logits
    loss = torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1), batch["labels"].flatten(), ignore_index=IGNORED
    )
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optim in optims:
        optim.step()
        optim.zero_grad()
    return loss.item()
