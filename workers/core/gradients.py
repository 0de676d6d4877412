"""Gradients of an objective's targets with respect to its inputs."""

import torch
from torch import Tensor

from workers.core.objectives import Objective


def gradients(objective: Objective, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Values (batch, targets) and gradients (targets, batch, units, width), float32, at inputs (batch, units, width).

    All targets share the forward pass; each has its own backward pass. Parameters get no gradients.
    """
    with torch.enable_grad():
        point = inputs.detach().clone().requires_grad_(True)
        values = objective.values(point)
        targets = values.shape[-1]
        slopes = [
            torch.autograd.grad(values[:, target].sum(), point, retain_graph=target + 1 < targets)[0]
            for target in range(targets)
        ]
    return values.detach().float(), torch.stack(slopes).float()
