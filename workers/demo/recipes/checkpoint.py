"""Checkpoints without pickle: tensors as safetensors, the rest as JSON."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


def save_checkpoint(folder: Path, model: nn.Module, optims: list[torch.optim.Optimizer], state: dict[str, Any]) -> None:
    """Write all that a training needs to go on, replacing what was there only once it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{name}": value.contiguous().clone() for name, value in model.state_dict().items()}
    for number, optim in enumerate(optims):
        for index, entries in optim.state_dict()["state"].items():
            for name, value in entries.items():
                tensors[f"optim.{number}.{index}.{name}"] = torch.as_tensor(value).contiguous().clone()
    save_file(tensors, folder / "tensors.part", {"state": json.dumps(state)})
    (folder / "tensors.part").replace(folder / "checkpoint.safetensors")


def load_checkpoint(
    folder: Path, model: nn.Module, optims: list[torch.optim.Optimizer], device: torch.device
) -> dict[str, Any] | None:
    """Put a checkpoint back into a model and its optimisers; its state, or None where there is none."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        return None
    tensors = load_file(path, device=str(device))
    model.load_state_dict({name[6:]: value for name, value in tensors.items() if name.startswith("model.")})
    for number, optim in enumerate(optims):
        entries: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith(f"optim.{number}."):
                index, key = name.split(".", 3)[2:]
                entries.setdefault(int(index), {})[key] = value
        optim.load_state_dict({"state": entries, "param_groups": optim.state_dict()["param_groups"]})
    return _state(path)


def _state(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    state: dict[str, Any] = json.loads(header["__metadata__"]["state"])
    return state
