"""The one typed door to transformers: everything that crosses it is safetensors, local, and never remote code."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
import transformers
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageClassification,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
)
from transformers.cache_utils import DynamicCache
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    MODEL_MAPPING_NAMES,
)

Task = Literal["causal", "sequence_to_sequence", "masked", "image_classes", "text_classes", "text_states"]

_logging: Any = transformers.utils.logging
_logging.set_verbosity_error()
_logging.disable_progress_bar()

_LOADERS: dict[Task, Any] = {
    "causal": AutoModelForCausalLM,
    "sequence_to_sequence": AutoModelForSeq2SeqLM,
    "masked": AutoModelForMaskedLM,
    "image_classes": AutoModelForImageClassification,
    "text_classes": AutoModelForSequenceClassification,
    "text_states": AutoModel,
}


def _flat(names: Mapping[str, Any]) -> set[str]:
    values = names.values()
    return {name for value in values for name in ([value] if isinstance(value, str) else value)}


_NAMES: dict[Task, set[str]] = {
    "sequence_to_sequence": _flat(MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES),
    "image_classes": _flat(MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES),
    "causal": _flat(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES),
    "masked": _flat(MODEL_FOR_MASKED_LM_MAPPING_NAMES),
    "text_classes": _flat(MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES),
    "text_states": _flat(MODEL_MAPPING_NAMES),
}


def read_config(folder: Path) -> Any:
    """The configuration of a model folder. Raises ValueError or OSError as transformers does."""
    return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def task_of(config: Any) -> Task | None:
    """What the configured architecture does; None for what Tessera cannot ask anything yet."""
    for architecture in config.architectures or ():
        for task, names in _NAMES.items():
            if architecture in names:
                return task
    return None


def load_model(folder: Path, task: Task, dtype: torch.dtype, device: torch.device, *, spread: bool = False) -> Any:
    """The model of a folder in evaluation mode, its parameters frozen; `spread` over all devices that there are.

    Raises ValueError or OSError as transformers does, and ValueError where the files do not hold every parameter.
    """
    model, report = _LOADERS[task].from_pretrained(
        folder,
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
        **({"device_map": "auto"} if spread else {}),
    )
    absent = sorted([*report["missing_keys"], *(str(key) for key in report["mismatched_keys"])])
    if task == "text_states":  # a BERT's pooler comes after the states, and not every encoder was saved with one
        absent = [name for name in absent if not name.startswith("pooler.")]
    if absent:
        raise ValueError(f"its weights lack {', '.join(absent[:3])}, which would be random numbers")
    return (model if spread else model.to(device)).eval().requires_grad_(False)


def load_text_processor(folder: Path) -> Any:
    """The tokenizer of a folder, for its chat template and the special tokens that it adds."""
    return transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_image_processor(folder: Path) -> Any:
    """The PIL image processor of a folder (torchvision's are not needed)."""
    loader: Any = transformers.AutoImageProcessor
    return loader.from_pretrained(folder, local_files_only=True, trust_remote_code=False, backend="pil")


def head_logits(network: Any, states: Tensor) -> Tensor:
    """What the head of a masked language model makes of final hidden states (rows, width): logits (rows, vocabulary).

    The network runs with a body that answers these states, so that every family's own head is used as it is.
    """
    body = network.base_model
    ids = torch.zeros(len(states), 1, dtype=torch.long, device=states.device)

    def answer(*_: Any, **__: Any) -> BaseModelOutput:
        return BaseModelOutput(last_hidden_state=states[:, None])

    body.forward = answer
    try:
        logits: Tensor = network(input_ids=ids).logits[:, 0]
    finally:
        del body.forward
    return logits


Layers = Sequence[tuple[Tensor, Tensor]]
"""Keys and values of each layer: (batch, key-value heads, positions, head width)."""


def cache_from(layers: Layers) -> DynamicCache:
    """A key/value cache that holds these keys and values."""
    return DynamicCache(list(layers))


def cache_layers(cache: Any) -> list[tuple[Tensor, Tensor]] | None:
    """The keys and values of a cache, or None where its layers are not plain (sliding, recurrent, shared)."""
    layers = []
    for layer in getattr(cache, "layers", ()):
        if type(layer).__name__ != "DynamicLayer" or not torch.is_tensor(getattr(layer, "keys", None)):
            return None
        layers.append((layer.keys, layer.values))
    return layers or None


def _divisible(cache: Any) -> bool:
    parts = [getattr(cache, name, None) for name in ("self_attention_cache", "cross_attention_cache")]
    layers = [layer for part in (parts if any(parts) else [cache]) for layer in getattr(part, "layers", ())]
    return bool(layers) and all(hasattr(layer, "batch_repeat_interleave") for layer in layers)


def repeated_cache(cache: Any, rows: int) -> Any:
    """A copy of the cache of one row, for `rows` of them; None where it is of a kind that knows no rows."""
    if not _divisible(cache):
        return None
    copied = copy.deepcopy(cache)
    if rows > 1:
        copied.batch_repeat_interleave(rows)
    return copied


def selected_cache(cache: Any, rows: Tensor) -> Any:
    """The cache, changed to hold these rows alone; None where it is of a kind that knows no rows."""
    if not _divisible(cache):
        return None
    cache.batch_select_indices(rows)
    return cache


@contextmanager
def attention_function(model: nn.Module, name: str) -> Iterator[None]:
    """Run the model with a registered attention function, and give back the one it had, also on failure."""
    config: Any = model.config
    before = config._attn_implementation
    config._attn_implementation = name
    try:
        yield
    finally:
        config._attn_implementation = before
