"""Passes of an image classifier over a picture."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import torch
from PIL import Image
from torch import Tensor

from workers.contract import Refusal, ResolvedTarget, Strip, Target
from workers.core.objectives import ClassObjective, Objective
from workers.core.targets import resolve_class
from workers.models.attention import Attention, observed
from workers.models.vision import VisionModel


class ImagePasses:
    """Computed once each, when first asked for: the strip, logits, attention of the class token, objectives."""

    def __init__(
        self, model: VisionModel, image: Image.Image, source: str, targets: Sequence[Target], counts: Counter[str]
    ) -> None:
        self.model = model
        self.image = image
        self._source = source
        self._targets = targets
        self._counts = counts

    @cached_property
    def strip(self) -> Strip:
        """The patch grid on the stored picture."""
        return self.model.strip(self.image, self._source)

    @cached_property
    def pixels(self) -> Tensor:
        """The model's input (1, channels, height, width)."""
        return self.model.prepare(self.image)

    @cached_property
    def _forward(self) -> tuple[Tensor, Tensor]:
        self._counts["forward"] += 1
        rows: list[Tensor] = []

        def keep(seen: Attention) -> None:
            rows.append(seen.rows(slice(0, 1))[0, :, 0])

        with torch.no_grad(), observed(self.model.network, keep):
            logits = self.model.logits(self.pixels)[0]
        return logits, torch.stack(rows) if rows else logits.new_zeros(0)

    @property
    def logits(self) -> Tensor:
        """Class logits (classes)."""
        return self._forward[0]

    @property
    def class_token_attention(self) -> Tensor:
        """Attention of the class token to all tokens (layers, heads, tokens), float32."""
        return self._forward[1]

    @cached_property
    def targets(self) -> list[ResolvedTarget]:
        """The run's targets, resolved: without any, the most probable class."""
        likely = int(self.logits.argmax())
        return [resolve_class(self.model, likely, target) for target in self._targets or [Target(strip="image")]]

    @cached_property
    def objectives(self) -> list[Objective]:
        """All classes together: they share every forward pass."""
        if self.strip.grid is None:
            raise Refusal("no-patches", f"“{self.model.key}” does not read patches.", field="model")
        return [ClassObjective(self.model, self.strip, self.pixels, self.targets)]
