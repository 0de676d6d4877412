"""The recipe of the vision model: which named shape does a scene hold?"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

from ..paths import BUILD, WEIGHTS
from ..world import LABELS, MANNER, Manner, scene
from .checkpoint import load_checkpoint, save_checkpoint
from .optim import optimizers, schedule

TRAIN_SEED = 1_000_000
"""Training scenes' seeds start here; held-out ones lie below."""
FIRST = Manner(smallest=36.0, largest=56.0, distractors=(0,), plain=True)
SECOND = Manner(smallest=26.0, largest=48.0, distractors=(0, 1, 2))
"""The curriculum's first manners: without them the model stays at chance for thousands of steps."""


@dataclass(frozen=True)
class VisionRecipe:
    """The vision model's size and how long it trains."""

    name: str = "demo-vit"
    width: int = 128
    layers: int = 6
    hidden: int = 384
    heads: int = 4
    batch: int = 64
    steps: int = 1820
    adam_lr: float = 2e-3
    muon_lr: float = 0.02
    seed: int = 7


DEMO_VIT = VisionRecipe()


def build(recipe: VisionRecipe) -> ViTForImageClassification:
    """The untrained model of a recipe."""
    torch.manual_seed(recipe.seed)
    config = ViTConfig(
        image_size=64,
        patch_size=8,
        hidden_size=recipe.width,
        num_hidden_layers=recipe.layers,
        intermediate_size=recipe.hidden,
        num_attention_heads=recipe.heads,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(LABELS)),
        label2id={label: number for number, label in enumerate(LABELS)},
    )
    return ViTForImageClassification(config)


def processor() -> ViTImageProcessorPil:
    """How pictures are made ready for the model: 64 by 64, values from -1 to 1."""
    half = [0.5, 0.5, 0.5]
    return ViTImageProcessorPil(size={"height": 64, "width": 64}, image_mean=half, image_std=half)


def scene_batch(first: int, count: int, manner: Manner = MANNER) -> tuple[Tensor, Tensor]:
    """Pixels (count, 3, 64, 64) as the processor gives them, and labels, of scenes with seeds from `first`."""
    scenes = [scene(first + number, manner) for number in range(count)]
    pixels = np.stack([np.asarray(drawn.image) for drawn in scenes])
    labels = torch.tensor([LABELS.index(drawn.label) for drawn in scenes])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1, labels


def manner_at(progress: float, step: int) -> Manner:
    """The curriculum: large and plain, then large in colour, then the true manner."""
    if progress < 0.06:
        return FIRST
    if progress < 0.2:
        return (FIRST, SECOND, SECOND)[step % 3]
    if progress < 0.4:
        return (SECOND, MANNER)[step % 2]
    return MANNER


def train_vision(recipe: VisionRecipe, minutes: float | None = None) -> dict[str, float]:
    """Train the vision model, going on from its checkpoint, and save it in fp16; what was done, in numbers."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = build(recipe)
    model.to(device)  # type: ignore[arg-type]
    optims = optimizers(model, recipe.adam_lr, recipe.muon_lr)
    rates = [optim.param_groups[0]["lr"] for optim in optims]
    folder = BUILD / recipe.name
    state = load_checkpoint(folder, model, optims, device) or {"step": 0, "seconds": 0.0}
    started, mark = time.monotonic() - state["seconds"], time.monotonic()
    while (progress := state["seconds"] / 60 / minutes if minutes else state["step"] / recipe.steps) < 1.0:
        for optim, rate in zip(optims, rates, strict=True):
            optim.param_groups[0]["lr"] = rate * schedule(progress)
        loss, right = _step(model, optims, recipe, state["step"], progress, device)
        state = {"step": state["step"] + 1, "seconds": time.monotonic() - started}
        if state["step"] % 50 == 0:
            print(recipe.name, state["step"], f"{progress:.3f} {loss:.4f} {right:.3f}", flush=True)
        if time.monotonic() - mark > 120:
            save_checkpoint(folder, model, optims, state)
            mark = time.monotonic()
    save_checkpoint(folder, model, optims, state)
    model.half().save_pretrained(WEIGHTS / recipe.name)
    processor().save_pretrained(WEIGHTS / recipe.name)
    return state


def _step(
    model: ViTForImageClassification,
    optims: list[torch.optim.Optimizer],
    recipe: VisionRecipe,
    step: int,
    progress: float,
    device: torch.device,
) -> tuple[float, float]:
    pixels, labels = scene_batch(TRAIN_SEED + step * recipe.batch, recipe.batch, manner_at(progress, step))
    logits = model(pixel_values=pixels.to(device)).logits
    loss = torch.nn.functional.cross_entropy(logits, labels.to(device))
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optim in optims:
        optim.step()
        optim.zero_grad()
    return loss.item(), (logits.argmax(-1).cpu() == labels).float().mean().item()
