"""The randomness of generated text: Gumbel noise that belongs to a seed and a position, on whatever machine.

A draw is the Gumbel-max of a distribution: argmax over v of ln p(v) + G(v). The noise of a position is drawn from
a counter-based generator keyed by seed, stream and position, in float64 on the CPU. So a text is drawn the same
whether it is drawn in one go, resumed, or beside others; and what would have been drawn had an earlier token been
another can be told by keeping the noise (Chatzi et al. 2024, arXiv 2409.17027).
"""

import numpy as np
import torch
from torch import Tensor

_SMALLEST = 1e-300


def exponential(seed: int, position: int, size: int, *, stream: int = 0) -> Tensor:
    """`size` draws from Exp(1), float64, of this position; exp(−G) of Gumbel noise G. `stream` sets samples apart."""
    bits = np.random.Philox(key=np.array([seed, stream << 32 | position], dtype=np.uint64))
    drawn = np.random.Generator(bits).standard_exponential(size, method="inv")
    return torch.from_numpy(np.maximum(drawn, _SMALLEST))


def gumbel(seed: int, position: int, size: int, *, stream: int = 0) -> Tensor:
    """Standard Gumbel noise (size), float64, of this position."""
    return -exponential(seed, position, size, stream=stream).log()


def posterior(drawn: Tensor, log_probabilities: Tensor, chosen: int) -> Tensor:
    """Gumbel noise (V) given that `chosen` was the Gumbel-max of ln p (V); `drawn` are V draws from Exp(1).

    The maximum is a standard Gumbel M whatever was chosen; the chosen token's noise is M − ln p, and each other
    token's a Gumbel cut off where its own sum would pass M: G = −ln(E + p · exp(−M)).
    """
    noise = -(drawn + log_probabilities.exp() * drawn[chosen]).log()
    noise[chosen] = -drawn[chosen].log() - log_probabilities[chosen]
    return noise
