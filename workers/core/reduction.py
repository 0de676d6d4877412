"""What every pruning preview shows: where each unit went, what it saves, and whether the answer survives."""

import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
import torch
from torch import Tensor

from workers.contract import Answer, AnswerCandidate, Cost, Latency, Stage


class Survivors:
    """Which original units each current row of a layer stands for.

    Rows are named by the original unit that they continue (`names`); `home` is the name of the row in which each
    original unit now lives, −1 for dropped ones.
    """

    def __init__(self, units: int) -> None:
        self.names = torch.arange(units)
        self.home = torch.arange(units)
        self.sizes = torch.ones(units)

    def merge(self, sources: Tensor, destinations: Tensor, rows: Tensor) -> None:
        """Rows `sources` join rows `destinations`; `rows` are those that stay, in their new order."""
        for source, destination in zip(sources.tolist(), destinations.tolist(), strict=True):
            gone, into = int(self.names[source]), int(self.names[destination])
            self.home[self.home == gone] = into
            self.sizes[into] += self.sizes[gone]
        self.names = self.names[rows]

    def stage(self, label: str, layer: int) -> Stage:
        """The state after a layer (1 = the first), as the contract shows it."""
        size = torch.full(self.sizes.shape, torch.nan)
        size[self.names] = self.sizes[self.names]
        home = self.home.float().numpy()
        destination = np.where(home < 0, np.nan, home).astype(np.float32)
        return Stage(
            label=label, at={"layer": layer}, destination=destination, size=size.numpy(), count=len(self.names)
        )


def vit_cost(width: int, hidden: int, before: Sequence[int], inside: Sequence[int]) -> Cost:
    """Multiply-adds of the layers of a ViT whose attention sees `before[l]` and whose MLP sees `inside[l]` tokens.

    The method acts between attention and MLP. Patch embedding and classifier are left out: they do not change.
    """

    def layer(attended: int, fed: int) -> float:
        return 4.0 * attended * width**2 + 2.0 * attended**2 * width + 2.0 * fed * width * hidden

    full = [layer(before[0], before[0]) for _ in before]
    reduced = [layer(attended, fed) for attended, fed in zip(before, inside, strict=True)]
    return Cost(
        name="macs",
        label="Multiply-adds of the layers",
        unit="MAC",
        formula="per layer 4·n·d² + 2·n²·d (attention, n tokens) + 2·n′·d·m (MLP, n′ tokens); FLOPs are twice that",
        before=sum(full),
        after=sum(reduced),
        per_stage_before=full,
        per_stage_after=reduced,
    )


def divergence(full: Tensor, other: Tensor) -> float:
    """KL(full ‖ other) in nat between the softmaxes of two rows of logits."""
    first, second = full.double().log_softmax(-1), other.double().log_softmax(-1)
    return float((first.exp() * (first - second)).sum().clamp_min(0))


def answers(labels: Sequence[str], full: Tensor, reduced: Tensor, random: Sequence[Tensor]) -> list[Answer]:
    """The answer before, after, and after random reductions at the same counts (their mean distribution)."""
    mean = torch.stack([logits.double().softmax(-1) for logits in random]).mean(0)
    agreement = [float(logits.argmax() == full.argmax()) for logits in random]
    divergences = [divergence(full, logits) for logits in random]
    return [
        _answer("full", "Nothing merged", labels, full.double().softmax(-1), 0.0, 1.0),
        _answer(
            "reduced",
            "This method",
            labels,
            reduced.double().softmax(-1),
            divergence(full, reduced),
            float(reduced.argmax() == full.argmax()),
        ),
        _answer(
            "random",
            f"At random, mean of {len(random)}",
            labels,
            mean,
            sum(divergences) / len(divergences),
            sum(agreement) / len(agreement),
        ),
    ]


def _answer(
    variant: str, label: str, labels: Sequence[str], probabilities: Tensor, distance: float, agreement: float
) -> Answer:
    best = probabilities.topk(min(5, len(labels)))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return Answer.model_validate(
        {
            "variant": variant,
            "label": label,
            "candidates": [AnswerCandidate(label=labels[id], probability=value) for id, value in pairs],
            "divergence": distance,
            "agreement": agreement,
        }
    )


def latency(full: Callable[[], object], reduced: Callable[[], object], runs: int = 7) -> Latency:
    """Median seconds of both, in turn, after one warm-up each; the device is waited for."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 1):
        for which, call in enumerate((full, reduced)):
            start = time.perf_counter()
            call()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if run:
                seconds[which].append(time.perf_counter() - start)
    return Latency(before=median(seconds[0]), after=median(seconds[1]), runs=runs)
