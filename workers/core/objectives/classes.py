"""Targets of an image classifier: class quantities as a function of the pixels of patches."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from workers.contract import Refusal, ResolvedTarget, Strip
from workers.core.objectives.base import BaselineKind, Objective, Place, quantity
from workers.models.vision import VisionModel

_BATCH = 32


class ClassObjective(Objective):
    """Classes of one picture; the inputs are its patches' normalised pixels (patches, channels · patch²)."""

    def __init__(self, model: VisionModel, strip: Strip, pixels: Tensor, targets: Sequence[ResolvedTarget]) -> None:
        self.model = model
        self.strips = [strip]
        self.targets = targets
        self.pixels = pixels
        self._size = (pixels.shape[-2], pixels.shape[-1])
        self.inputs = model.to_patches(pixels)[0]
        self.places = [Place(strip.id, index) for index, unit in enumerate(strip.units) if unit.kind == "patch"]
        self.fixed = []

    def values(self, inputs: Tensor) -> Tensor:
        """See Objective."""
        logits = self.model.logits(self.model.to_pixels(inputs, self._size))
        found = []
        for target in self.targets:
            value = self._quantity(logits, target, target.ids[0])
            if target.contrast_ids:
                value = value - self._quantity(logits, target, target.contrast_ids[0])
            found.append(value)
        return torch.stack(found, dim=-1)

    def distributions(self, inputs: Tensor) -> Tensor:
        """See Objective: the same for every class."""
        shares = self.model.logits(self.model.to_pixels(inputs, self._size)).float().softmax(-1)
        return shares[:, None].expand(-1, len(self.targets), -1)

    def _quantity(self, logits: Tensor, target: ResolvedTarget, id: int) -> Tensor:
        return quantity(logits, target.quantity, torch.full(logits.shape[:1], id, device=logits.device))

    def baseline(self, kind: BaselineKind) -> Tensor:
        """See Objective: the picture's mean colour, black, or a strong blur."""
        if kind == "pad":
            raise Refusal("no-such-baseline", "A picture has no pad baseline; choose mean, zero or blurred.")
        if kind == "zero":
            return self.model.colour(0.0).expand_as(self.inputs)
        if kind == "mean":
            return self.model.to_patches(self.pixels.mean((2, 3), keepdim=True).expand_as(self.pixels))[0]
        return self.model.to_patches(_blurred(self.pixels))[0]

    def cover(self, kind: Literal["grey", "mean", "blurred", "zero"]) -> Tensor:
        """What covers each patch (patches, channels · patch²): middle grey, or what the baseline of that name holds."""
        return self.model.colour(0.5).expand_as(self.inputs) if kind == "grey" else self.baseline(kind)

    @torch.no_grad()
    def replaced(self, rows: Sequence[int], replacement: str) -> Tensor:
        """See Objective: `grey` (the middle intensity) or `mean` (the picture's mean colour)."""
        patches = self.cover("mean" if replacement == "mean" else "grey")
        found = []
        for start in range(0, len(rows), _BATCH):
            chunk = list(rows[start : start + _BATCH])
            batch = self.inputs.expand(len(chunk), -1, -1).clone()
            batch[torch.arange(len(chunk)), chunk] = patches[chunk]
            found.append(self.values(batch))
        return torch.cat(found)

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """See Objective: every patch."""
        return np.ones(len(self.places), dtype=bool)


def _blurred(pixels: Tensor) -> Tensor:
    """A Gaussian blur whose width is an eighth of the picture: no object survives it, the light does."""
    sigma = pixels.shape[-1] / 8
    radius = min(int(3 * sigma), pixels.shape[-1] - 1, pixels.shape[-2] - 1)
    offsets = torch.arange(-radius, radius + 1, device=pixels.device, dtype=pixels.dtype)
    weights = (-(offsets**2) / (2 * sigma**2)).exp()
    weights = weights / weights.sum()
    channels = pixels.shape[1]
    for shape, padding in (((1, 1, 1, -1), (radius, radius, 0, 0)), ((1, 1, -1, 1), (0, 0, radius, radius))):
        kernel = weights.view(shape).expand(channels, *([-1] * 3))
        pixels = nn.functional.conv2d(nn.functional.pad(pixels, padding, mode="reflect"), kernel, groups=channels)
    return pixels
