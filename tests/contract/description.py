"""What a model is, written down."""

import hashlib
from typing import Any

import torch
from torch import Tensor, nn

from workers.models import attention

HOOKS = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_pre_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
    "_load_state_dict_pre_hooks",
    "_parametrizations",
)


def describe(network: nn.Module) -> dict[str, Any]:
    """Hooks, forwards, modes and attributes of all modules; parameters and buffers by content; the global state."""
    found: dict[str, Any] = {}
    for name, module in network.named_modules():
        found[f"{name}: class"] = type(module)
        found[f"{name}: identity"] = id(module)
        found[f"{name}: training"] = module.training
        found[f"{name}: forward"] = getattr(module.forward, "__func__", module.forward)
        found[f"{name}: own attributes"] = sorted(vars(module))
        for hooks in HOOKS:
            found[f"{name}: {hooks}"] = list(getattr(module, hooks, {}) or {})
    for kind, tensors in (("parameter", network.named_parameters()), ("buffer", network.named_buffers())):
        for name, tensor in tensors:
            found[f"{name}: {kind}"] = (id(tensor), tensor.dtype, tensor.requires_grad, checksum(tensor))
            found[f"{name}: gradient"] = tensor.grad
            found[f"{name}: tensor hooks"] = len(tensor._backward_hooks or {})
    config: Any = network.config
    found["configuration"] = config.to_json_string(use_diff=False)
    found["attention"] = config._attn_implementation
    found["observers"] = list(attention._observers)
    found["gradients on"] = torch.is_grad_enabled()
    found["default dtype"] = torch.get_default_dtype()
    found["random state"] = checksum(torch.random.get_rng_state())
    return found


def checksum(tensor: Tensor) -> str:
    """A hash of a tensor's bytes."""
    flat = tensor.detach().contiguous().cpu().reshape(-1).view(torch.uint8)
    return hashlib.blake2b(flat.numpy().tobytes(), digest_size=16).hexdigest()
