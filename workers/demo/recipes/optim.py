"""Muon for the matrices of a small transformer, AdamW for the rest, under one cosine schedule."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from .precision import fast_bfloat16

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest orthogonal matrix, roughly: Newton-Schulz on the quintic of Keller Jordan's Muon (2024)."""
    a, b, c = _COEFFICIENTS
    x: Tensor = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x = x / (x.norm() + 1e-7)
    if fast_bfloat16(x.device):
        x = x.bfloat16()
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if matrix.shape[0] > matrix.shape[1] else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum made orthogonal, in bfloat16 only where that is fast (torch's own always is)."""

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.05
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step; there is no closure."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                momentum: Tensor = state.setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - group["momentum"])
                update = orthogonalised(weight.grad.lerp(momentum, group["momentum"]))
                scale = math.sqrt(max(1.0, weight.shape[0] / weight.shape[1]))
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(update, alpha=-group["lr"] * scale)


def optimizers(model: nn.Module, adam_lr: float, muon_lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for embeddings, heads, norms and biases."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, weight in model.named_parameters():
        inside = "layer" in name and weight.ndim == 2
        (matrices if inside else others).append(weight)
    adam = torch.optim.AdamW(others, lr=adam_lr, betas=(0.9, 0.95), weight_decay=0.01)
    return [Muon(matrices, muon_lr), adam]


def schedule(progress: float, warmup: float = 0.01, floor: float = 0.02) -> float:
    """The share of the peak rate at a share of the whole training: linear up, flat to 0.4, cosine down."""
    if progress < warmup:
        return progress / warmup
    if progress < 0.4:
        return 1.0
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 0.4) / 0.6)))
