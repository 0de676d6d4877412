"""The recipe of the language models: stories with questions, and a fifth of public-domain prose."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from ..paths import BUILD, WEIGHTS
from ..world import CLASSES, END, LAW, MARKER, VOCABULARY, Choice, Law, Story, story
from .checkpoint import load_checkpoint, save_checkpoint
from .heads import prepare_heads
from .optim import optimizers, schedule
from .precision import mixed_precision
from .prose import Prose

TRAIN_SEED = 1_000_000
"""Training stories' seeds start here; held-out ones lie below."""
ROW, STORY_ROWS, PROSE_ROW = 256, 5, 512
PROSE_SHARE = 0.32
"""Share of the loss on the three steps of four that read a row of prose; over all, 24 % of the tokens."""
COUNTERS = ("step", "seconds", "story_tokens", "prose_tokens")
ANSWER_WEIGHT, DRILLED_WEIGHT, BOUND_WEIGHT = 6.0, 24.0, 2.0
"""How much more than another word weigh: an answer between two candidates, last and during the curriculum; and a
choice that the story bounds."""
BINDING, DRILL = 0.09, 0.84
"""The shares of the training until which stories are about binding only, and until which they are curriculum."""
PROSE_FROM = 0.06
POOL = 24
"""Stories at hand to fill a row with."""
UNBROKEN = 0.15
"""Share of rows whose stories see one another, so that a story is also read after other text."""

_ASK_ALL = (*[0.0] * 12, 1.0)
TWO = Law(stop_telling=(0.0, 0.0, 1.0), stop_asking=_ASK_ALL)
FEW = Law(stop_telling=(0.0, 0.0, 0.4, 0.6, 1.0), stop_asking=_ASK_ALL)
SHORT = Law(stop_telling=(0.0, 0.3, 1.0), stop_asking=_ASK_ALL)
MIDDLE = Law(stop_telling=(0.0, 0.1, 0.4, 1.0), stop_asking=_ASK_ALL)
LONG = Law(stop_telling=LAW.stop_telling, stop_asking=_ASK_ALL)
"""The curriculum's laws ask nearly all that a story answers: answers stay unbound longer with fewer."""


@dataclass(frozen=True)
class LanguageRecipe:
    """One language model: its size and how long it trains."""

    name: str
    width: int
    layers: int
    hidden: int
    heads: int
    steps: int
    tokenizer: str = "demo-lm"
    row: int = ROW
    story_rows: int = STORY_ROWS
    prose_row: int = PROSE_ROW
    context: int = 512
    adam_lr: float = 2e-3
    muon_lr: float = 0.01
    seed: int = 7


DEMO_LM = LanguageRecipe("demo-lm", width=256, layers=4, hidden=640, heads=8, steps=10_200)
DEMO_LM_SMALL = LanguageRecipe("demo-lm-small", width=128, layers=2, hidden=320, heads=4, steps=6000)
DEMO_BYTES = LanguageRecipe(
    "demo-bytes",
    width=128,
    layers=5,
    hidden=320,
    heads=8,
    steps=4000,
    tokenizer="demo-bytes",
    row=768,
    story_rows=2,
    prose_row=768,
    context=1024,
)


def build(recipe: LanguageRecipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """The untrained model of a recipe."""
    torch.manual_seed(recipe.seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        intermediate_size=recipe.hidden,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
        initializer_range=0.02,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    prepare_heads(model, recipe.seed)
    return model


def law_at(progress: float, rng: random.Random) -> Law:
    """The curriculum: two sentences, a few, of all lengths, and last the true law."""
    if progress < BINDING / 2:
        return TWO
    if progress < BINDING:
        return rng.choice((TWO, FEW))
    if progress < 0.35:
        return rng.choice((SHORT, MIDDLE))
    if progress < DRILL:
        return rng.choice((SHORT, MIDDLE, LONG))
    return LAW


def binds(drawn: Story) -> bool:
    """Whether a story tells of two things or more, so that an answer is one of several that are at hand."""
    return sum(word in (" put", " found") for word in drawn.words) > 1


def rivals(drawn: Story, answer: Choice) -> int:
    """How many different words of an answer's class the sentences hold, from 1 to 4: what one has to tell apart."""
    told = {choice.word for choice in drawn.choices if choice.start < drawn.choices_end}
    return min(4, max(1, *(len(told & set(words)) for words in CLASSES.values() if answer.word in words)))


class Stories:
    """Stories as token ids with a weight per token, packed into rows of a length."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, seed: int, length: int = ROW) -> None:
        self.length = length
        self._ids = {word: tokenizer.encode(word, add_special_tokens=False) for word in (*VOCABULARY, END)}
        self._opening = tokenizer.encode(MARKER)
        self._pad = tokenizer.pad_token_id
        self._rng = random.Random(seed)
        self._seed = TRAIN_SEED + seed * 100_000_000
        self._spare: list[tuple[list[int], list[float]]] = []

    def row(self, progress: float) -> tuple[list[int], list[float], list[int], list[int]]:
        """Ids, weights, positions and the number of the story each belongs to."""
        ids: list[int] = []
        weights: list[float] = []
        positions: list[int] = []
        owner: list[int] = []
        unbroken = self._rng.random() < UNBROKEN and progress > 0.3
        number = 0
        while len(self._spare) < POOL:
            self._spare.append(self._draw(progress))
        fitting = self._spare
        while fitting:
            drawn = fitting[0]
            self._spare.remove(drawn)
            positions += range(len(ids), len(ids) + len(drawn[0])) if unbroken else range(len(drawn[0]))
            ids += drawn[0]
            weights += drawn[1]
            owner += [0 if unbroken else number] * len(drawn[0])
            number += 1
            fitting = [drawn for drawn in self._spare if len(drawn[0]) <= self.length - len(ids)]
        rest = self.length - len(ids)
        return ids + [self._pad] * rest, weights + [0.0] * rest, positions + [0] * rest, owner + [-1] * rest

    def _draw(self, progress: float) -> tuple[list[int], list[float]]:
        wanted = progress < BINDING or (progress < DRILL and self._rng.random() < 0.5)
        while True:
            self._seed += 1
            drawn = story(self._seed, law_at(progress, self._rng))
            if binds(drawn) or not wanted:
                break
        ids = list(self._opening)
        weights = [0.0] + [1.0] * (len(self._opening) - 1)
        for choice in drawn.choices:
            part = self._ids[choice.word]
            ids += part
            weight = BOUND_WEIGHT if choice.kind == "story" else 1.0
            if choice.kind == "answer":
                weight = (DRILLED_WEIGHT if progress < DRILL else ANSWER_WEIGHT) * rivals(drawn, choice) / 2
            weights += [weight] * len(part)
        return ids, weights


def story_batch(stories: Stories, progress: float, device: torch.device, rows: int = STORY_ROWS) -> dict[str, Tensor]:
    """Rows of stories that do not see one another: ids, weights, positions and a mask."""
    made = [stories.row(progress) for _ in range(rows)]
    ids, weights, positions, owner = (torch.tensor(part, device=device) for part in zip(*made, strict=True))
    causal = torch.ones(stories.length, stories.length, dtype=torch.bool, device=device).tril()
    mask = (owner[:, :, None] == owner[:, None, :]) & causal  # (rows, ROW, ROW)
    return {"ids": ids, "weights": weights, "positions": positions, "mask": mask[:, None]}


def prose_ids(
    prose: Prose, tokenizer: PreTrainedTokenizerFast, tokens: int
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The first `tokens` tokens of the training prose."""
    parts: list[int] = []
    for piece in prose.train:
        parts += tokenizer.encode(piece, add_special_tokens=False)
        if len(parts) >= tokens:
            break
    return np.array(parts[:tokens], dtype=np.int32)


def prose_rows(
    ids: np.ndarray[tuple[int], np.dtype[np.int32]], bos: int, length: int = PROSE_ROW
) -> Iterator[list[int]]:
    """Rows of a length, in order, from the start again when they are used up."""
    while True:
        for start in range(0, len(ids) - length + 2, length - 1):
            yield [bos, *ids[start : start + length - 1].tolist()]


def loss_of(model: LlamaForCausalLM, batch: dict[str, Tensor], prose: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weighted cross-entropy of the stories, that of the prose, in nats a token, and the share of right answers."""
    logits = model(input_ids=batch["ids"], attention_mask=batch["mask"], position_ids=batch["positions"]).logits
    each = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().flatten(0, 1), batch["ids"][:, 1:].flatten(), reduction="none"
    )
    weights = batch["weights"][:, 1:].flatten()
    story_loss = (each * weights).sum() / weights.sum()
    answers = weights > BOUND_WEIGHT
    right = (logits[:, :-1].flatten(0, 1)[answers].argmax(-1) == batch["ids"][:, 1:].flatten()[answers]).float().mean()
    if not len(prose):
        return story_loss, torch.zeros(()), right
    logits = model(input_ids=prose).logits
    prose_loss = torch.nn.functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), prose[:, 1:].flatten())
    return story_loss, prose_loss, right


def train_language(recipe: LanguageRecipe, prose: Prose, minutes: float | None = None) -> dict[str, float]:
    """Train a language model, going on from its checkpoint, and save it in fp16; what was done, in numbers."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / recipe.tokenizer)
    model = build(recipe, tokenizer)
    model.to(device)  # type: ignore[arg-type]
    optims = optimizers(model, recipe.adam_lr, recipe.muon_lr)
    rates = [optim.param_groups[0]["lr"] for optim in optims]
    folder = BUILD / recipe.name
    state = load_checkpoint(folder, model, optims, device) or dict.fromkeys(COUNTERS, 0)
    ids = prose_ids(prose, tokenizer, recipe.steps * (recipe.prose_row - 1))
    rows = prose_rows(ids, tokenizer.bos_token_id, recipe.prose_row)
    for _ in range(state["prose_tokens"] // (recipe.prose_row - 1)):
        next(rows)
    stories = Stories(tokenizer, recipe.seed + state["step"], recipe.row)
    started, mark = time.monotonic() - state["seconds"], time.monotonic()
    while (progress := _progress(state, recipe, minutes)) < 1.0:
        for optim, rate in zip(optims, rates, strict=True):
            optim.param_groups[0]["lr"] = rate * schedule(progress)
        batch = story_batch(stories, progress, device, recipe.story_rows)
        reads = state["step"] % 4 and progress >= PROSE_FROM
        text = torch.tensor([next(rows)] if reads else [], device=device)
        losses = _step(model, optims, batch, text)
        state["step"] += 1
        state["seconds"] = time.monotonic() - started
        state["story_tokens"] += int((batch["weights"] > 0).sum())
        state["prose_tokens"] += text.shape[0] * (recipe.prose_row - 1)
        if state["step"] % 50 == 0:
            print(
                recipe.name, state["step"], f"{progress:.3f} " + " ".join(f"{loss:.4f}" for loss in losses), flush=True
            )
        if time.monotonic() - mark > 120:
            save_checkpoint(folder, model, optims, state)
            mark = time.monotonic()
    save_checkpoint(folder, model, optims, state)
    model.half().save_pretrained(WEIGHTS / recipe.name)
    tokenizer.save_pretrained(WEIGHTS / recipe.name)
    return state


def _progress(state: dict[str, float], recipe: LanguageRecipe, minutes: float | None) -> float:
    return state["seconds"] / 60 / minutes if minutes else state["step"] / recipe.steps


def _step(
    model: LlamaForCausalLM, optims: list[torch.optim.Optimizer], batch: dict[str, Tensor], prose: Tensor
) -> tuple[float, ...]:
    with mixed_precision(batch["ids"].device):
        story_loss, prose_loss, right = loss_of(model, batch, prose)
    share = PROSE_SHARE if len(prose) else 0.0
    torch.autograd.backward((1 - share) * story_loss + share * prose_loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optim in optims:
        optim.step()
        optim.zero_grad()
    return story_loss.item(), prose_loss.item(), right.item()
