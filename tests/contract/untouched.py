"""What a model is, written down: to be equal before and after whatever a method did with it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from tests.contract.subjects import Bench, Subject
from workers.models import attention
from workers.models.vision import VisionModel

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


def answer(bench: Bench, subject: Subject) -> Tensor:
    """One output of the model."""
    model = bench.model(subject)
    with torch.no_grad():
        if isinstance(model, VisionModel):
            return model.logits(torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32).repeat(1, 1, *_times(model)))
        ids = model.ids([1, 2, 3, 4])
        if model.sequence_to_sequence:
            return model.logits(model.decode(model.encode(ids=ids), ids=ids))
        return model.logits(model.hidden(ids=ids)[0])


def _times(model: VisionModel) -> tuple[int, int]:
    return model.input_size[0] // 32, model.input_size[1] // 32


@contextmanager
def handed_back(bench: Bench, subject: Subject) -> Iterator[list[str]]:
    """Gives a list that afterwards names all that changed about the model, its answer included: to be empty."""
    network = bench.model(subject).network
    said, before = answer(bench, subject), describe(network)
    changes: list[str] = []
    yield changes
    after = describe(network)
    changes += sorted(key for key in before | after if before.get(key) != after.get(key))
    if not torch.equal(answer(bench, subject), said):
        changes.append("answer")
