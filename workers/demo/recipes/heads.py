"""Attention heads that already look back and already match, so that training starts from there.

A small transformer needs millions of tokens before its heads find out that "the token before me" and "a token equal to
me" are worth looking at; binding two mentions of a thing waits for both. Half the heads of each layer start there
instead (in the spirit of Trockman and Kolter, "Mimetic initialization of self-attention layers", ICML 2023): those
of the first layer look a fixed distance back, those of later layers look for a token like the present one.
"""

import math

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

CONSTANT = 0.1
"""The value of every embedding's first channel, which the looking-back heads ask through."""
LOOK_BACK, MATCH, NOISE, PASS_ON = 1.2, 1.3, 0.004, 0.05
SLOW = 0.03
"""Rotary frequencies, in radians a token, below which a channel says what a token is rather than where it stands."""


@torch.no_grad()
def prepare_heads(model: LlamaForCausalLM, seed: int) -> None:
    """Give half the heads of each layer of an untrained model their start."""
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    size = config.hidden_size // config.num_attention_heads
    turns = torch.tensor([10_000.0 ** (-2 * channel / size) for channel in range(size // 2)])
    model.model.embed_tokens.weight[:, 0] = CONSTANT
    for depth, layer in enumerate(model.model.layers):
        attention = layer.self_attn
        for head in range(config.num_attention_heads // 2):
            rows = slice(head * size, (head + 1) * size)
            value = _directions(config.hidden_size, size, generator)
            attention.v_proj.weight[rows] = value
            attention.o_proj.weight[:, rows] = value.T * PASS_ON
            query, key = (
                _matching(config.hidden_size, turns, generator)
                if depth
                else _looking_back(head + 1, config.hidden_size, turns, generator)
            )
            attention.q_proj.weight[rows], attention.k_proj.weight[rows] = query, key


def _directions(width: int, size: int, generator: torch.Generator) -> Tensor:
    """`size` orthonormal rows that leave out the constant channel: (size, width)."""
    square: Tensor = torch.linalg.qr(torch.randn(width, size, generator=generator))[0]
    square[0] = 0.0
    return square.T


def _looking_back(distance: int, width: int, turns: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Query and key whose product is largest at a distance: a key turned back by that many positions."""
    half = len(turns)
    query, key = torch.zeros(2 * half, width), torch.zeros(2 * half, width)
    for channel, turn in enumerate(turns.tolist()):
        if turn >= SLOW:
            key[channel, 0] = LOOK_BACK
            query[channel, 0] = LOOK_BACK * math.cos(turn * distance)
            query[channel + half, 0] = -LOOK_BACK * math.sin(turn * distance)
    noise = NOISE * torch.randn(2, 2 * half, width, generator=generator)
    return query + noise[0], key + noise[1]


def _matching(width: int, turns: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Query and key that are one projection, mostly in the channels that do not turn."""
    both = _directions(width, 2 * len(turns), generator) * MATCH
    both[(turns > SLOW).repeat(2)] *= 0.1
    return both, both.clone()
