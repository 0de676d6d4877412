"""Small vision transformers with random weights, saved as a person's folder would be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import (
    DeiTConfig,
    DeiTForImageClassification,
    DeiTForImageClassificationWithTeacher,
    ViTConfig,
    ViTForImageClassification,
)

_KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "vit": lambda options: ViTForImageClassification(ViTConfig(**options)),
    "deit": lambda options: DeiTForImageClassification(DeiTConfig(**options)),
    "distilled": lambda options: DeiTForImageClassificationWithTeacher(DeiTConfig(**options)),
}


def make_vit(
    folder: Path, *, size: int = 32, patch: int = 8, layers: int = 3, kind: str = "vit", crop: int = 0
) -> Path:
    """A ViT or DeiT (`distilled`: with two heads) of width 24 with 4 classes.

    `crop` scales the shortest edge to it and cuts the centre out.
    """
    torch.manual_seed(5)
    options: dict[str, Any] = {
        "hidden_size": 24,
        "num_hidden_layers": layers,
        "num_attention_heads": 3,
        "intermediate_size": 40,
        "image_size": size,
        "patch_size": patch,
        "id2label": dict(enumerate(["circle", "square", "star", "cross"])),
        "label2id": {"circle": 0, "square": 1, "star": 2, "cross": 3},
        "initializer_range": 0.3,
    }
    network: Any = _KINDS[kind](options)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.05)
    network.save_pretrained(folder)
    processor: dict[str, Any] = {
        "image_processor_type": "CLIPImageProcessor" if crop else "ViTImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": crop} if crop else {"height": size, "width": size},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "resample": 2,
    }
    if crop:
        processor |= {"do_center_crop": True, "crop_size": {"height": size, "width": size}}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder
