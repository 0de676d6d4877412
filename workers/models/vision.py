"""Image classifiers that read patches: pixels in, class logits out, and where each patch lies in the picture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from workers.contract import Ability, Refusal, Strip, Unit
from workers.models.adapters import Blocks, adapter_for
from workers.models.folders import ModelFolder

Between = Callable[[int, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""(layer, states after attention, keys (rows, heads, width), sizes (rows)) → states and sizes for all that follows."""


@dataclass(frozen=True)
class VisionModel:
    """A loaded image classifier and its processor."""

    key: str
    folder: ModelFolder
    network: Any
    processor: Any
    device: torch.device
    dtype: torch.dtype

    @property
    def config(self) -> Any:
        """The transformers configuration."""
        return self.network.config

    @cached_property
    def patch(self) -> int:
        """Side of a patch in pixels of the model's input."""
        size = self.config.patch_size
        return int(size[0] if isinstance(size, list | tuple) else size)

    @cached_property
    def blocks(self) -> Blocks | None:
        """Where this family keeps the parts of its layers; None for families nobody described."""
        return adapter_for(self.config).blocks

    @cached_property
    def labels(self) -> list[str]:
        """Class names, by class id."""
        return [str(self.config.id2label[index]) for index in range(self.config.num_labels)]

    @cached_property
    def abilities(self) -> frozenset[Ability]:
        """What methods may ask of the model."""
        found = {Ability.IMAGE_CLASSES}
        if getattr(self.config, "patch_size", None):
            found |= {Ability.PATCHES, Ability.IMAGE_GRADIENT}
        if self.blocks:
            found |= {Ability.CLS_TOKEN, Ability.VIT_BLOCKS}
        return frozenset(found)

    def prepare(self, image: Image.Image) -> Tensor:
        """The model's input (1, channels, height, width) for an RGB picture."""
        pixels: Tensor = self.processor(images=image, return_tensors="pt")["pixel_values"]
        return pixels.to(self.device, self.dtype)

    def logits(self, pixels: Tensor) -> Tensor:
        """Class logits (batch, classes), float32."""
        output: Tensor = self.network(pixel_values=pixels).logits
        return output.float()

    def to_patches(self, pixels: Tensor) -> Tensor:
        """(batch, channels, height, width) → (batch, patches, channels · patch²), rows first."""
        return nn.functional.unfold(pixels, self.patch, stride=self.patch).transpose(1, 2)

    def to_pixels(self, patches: Tensor, size: tuple[int, int]) -> Tensor:
        """The inverse of `to_patches` for an input of this (height, width)."""
        return nn.functional.fold(patches.transpose(1, 2), size, self.patch, stride=self.patch)

    def colour(self, value: float) -> Tensor:
        """A flat colour of intensity 0 to 1 as a patch of the model's (normalised) input: (channels · patch²)."""
        grey = Image.new("RGB", (self.patch * 4, self.patch * 4), (round(value * 255),) * 3)
        return self.to_patches(self.prepare(grey))[0, 0]

    def strip(self, image: Image.Image, source: str | None) -> Strip:
        """The patch grid of a picture; special tokens first, as in the model."""
        boxes = patch_boxes(image.size, self.input_size, self.patch, self.processor)
        specials = ["CLS", "distillation"][: self.blocks.prefix_tokens if self.blocks else 0]
        units = [Unit(kind="token", surface=f"[{name}]", special=True) for name in specials]
        rows, cols = boxes.shape[:2]
        for row in range(rows):
            for col in range(cols):
                left, top, right, bottom = (float(edge) for edge in boxes[row, col])
                units.append(Unit(kind="patch", row=row, col=col, box=(left, top, right, bottom)))
        return Strip(id="image", role="image", label="Image", source=source, grid=(rows, cols), units=units)

    @cached_property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the model's input; where the configuration is silent, what the processor makes."""
        size = getattr(self.config, "image_size", None)
        if size is None:
            height, width = self.prepare(Image.new("RGB", (64, 64))).shape[-2:]
            return height, width
        return (int(size[0]), int(size[1])) if isinstance(size, list | tuple) else (int(size), int(size))

    def reduced_logits(self, pixels: Tensor, between: Between) -> Tensor:
        """Class logits with `between` acting after the attention of every layer, on the model's own modules.

        `between` may merge or drop rows; `sizes` (rows) is how many patches each row stands for, and enters the
        attention of later layers as ln size on the keys (proportional attention).
        """
        if self.blocks is None:
            detail = f"“{self.key}” is a {self.config.model_type}; only ViT and DeiT layers are known by their parts."
            raise Refusal("unknown-layers", detail, field="model")
        part = self.blocks
        states: Tensor = _at(self.network, part.embeddings)(pixels)
        sizes = torch.ones(states.shape[1], device=states.device, dtype=states.dtype)
        for index, layer in enumerate(_at(self.network, part.layers)):
            normed = _at(layer, part.norm_before)(states)
            keys = self._keys(layer, normed)
            bias = sizes.log()[None, None, None, :] if bool((sizes != 1).any()) else None
            states = states + _at(layer, part.attention)(normed, bias)[0]
            states, sizes = between(index, states, keys, sizes)
            states = states + _at(layer, part.mlp)(_at(layer, part.norm_after)(states))
        final = _at(self.network, part.final_norm)(states)
        heads = (part.classifier,) if hasattr(self.network, part.classifier) else part.distilled
        answers = [_at(self.network, head)(final[:, row]) for row, head in enumerate(heads)]
        return torch.stack(answers).mean(0).float()

    def _keys(self, layer: Any, normed: Tensor) -> Tensor:
        assert self.blocks is not None
        heads: int = self.config.num_attention_heads
        keys: Tensor = _at(layer, self.blocks.key)(normed)  # (1, rows, heads · width)
        return keys[0].view(keys.shape[1], heads, -1)


def _at(root: Any, path: str) -> Any:
    return reduce(getattr, path.split("."), root)


def patch_boxes(image: tuple[int, int], size: tuple[int, int], patch: int, processor: Any) -> Any:
    """(rows, cols, 4) boxes (left, top, right, bottom) of the patches in pixels of a picture of (width, height).

    Follows the processor: stretched to the input size, or the shortest edge scaled and the centre cut out.
    """
    width, height = image
    rows, cols = size[0] // patch, size[1] // patch
    down, across = size[0] / height, size[1] / width
    top = left = 0.0
    if getattr(processor, "do_center_crop", False) or "shortest_edge" in dict(processor.size or {}):
        edge = dict(processor.size or {}).get("shortest_edge") or min(dict(processor.size).values())
        if "shortest_edge" in dict(processor.size or {}):
            down = across = edge / min(width, height)
        else:
            down, across = processor.size["height"] / height, processor.size["width"] / width
        top, left = (height * down - size[0]) / 2, (width * across - size[1]) / 2
    tops = (np.arange(rows + 1) * patch + top) / down
    lefts = (np.arange(cols + 1) * patch + left) / across
    boxes = np.empty((rows, cols, 4))
    boxes[..., 0], boxes[..., 1] = np.meshgrid(lefts[:-1], tops[:-1])
    boxes[..., 2], boxes[..., 3] = np.meshgrid(lefts[1:], tops[1:])
    return boxes
