"""bfloat16 where the machine multiplies it faster than fp32: GPUs, and processors with AVX-512 BF16."""

from contextlib import AbstractContextManager, nullcontext

import torch


def fast_bfloat16(device: torch.device) -> bool:
    """Whether matrices of bfloat16 are worth it here; elsewhere they are slower than fp32."""
    return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()


def mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    """Forward passes in bfloat16 where that is fast; weights, sums and losses stay fp32."""
    return torch.autocast(device.type, torch.bfloat16) if fast_bfloat16(device) else nullcontext()
