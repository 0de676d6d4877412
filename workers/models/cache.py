"""Loaded models, kept while they fit a memory budget; the least recently used leave first."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from safetensors import SafetensorError

from workers.contract import ModelSpec, Refusal
from workers.models import hf
from workers.models.folders import ModelFolder, find_model
from workers.models.heads import DetectionHead, is_head, load_head
from workers.models.judges import Judge, PairClassifier, SentenceEncoder, is_sentence_encoder
from workers.models.language import LanguageModel
from workers.models.shortage import release, shortage
from workers.models.tokenizing import load_tokenizer
from workers.models.vision import VisionModel

Model = LanguageModel | VisionModel | Judge | DetectionHead

_SMALL = 1_000_000_000
"""Parameters up to which a GPU computes in float32 too."""
_SHARE = 0.8
"""A model that fills more than this of one GPU is spread over all of them: activations need room beside it."""


class ModelCache:
    """Models by key and location; `budget` bytes of parameters at most (all roles of a job together)."""

    def __init__(self, budget: int, device: str = "auto") -> None:
        self.budget = budget
        wanted = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self.device = torch.device(wanted)
        self._loaded: OrderedDict[tuple[str, str, str], tuple[Model, int]] = OrderedDict()

    def get(self, key: str, spec: ModelSpec | None = None, *, beside: Sequence[Model] = ()) -> Model:
        """The model, loaded unless it is here. Raises Refusal for what cannot or may not be loaded.

        `beside` are the models that the job holds already: they stay, and count together with this one.
        """
        folder = find_model(key, spec)
        identity = (key, str(folder.path), folder.revision)
        if identity in self._loaded:
            self._loaded.move_to_end(identity)
            return self._loaded[identity][0]
        dtype, size = self._dtype(folder), self.size_of(folder)
        self._make_room(key, size, list({id(model): model for model in beside}.values()))
        with torch.random.fork_rng(devices=[]):  # layers draw numbers before their weights are read
            model = load(folder, self.device, dtype)
        self._loaded[identity] = (model, size)
        return model

    @property
    def keys(self) -> list[str]:
        """The models that are loaded, the latest used first."""
        return [key for key, _, _ in reversed(self._loaded)]

    @property
    def held(self) -> int:
        """Bytes of parameters that are loaded."""
        return sum(size for _, size in self._loaded.values())

    def drop(self, key: str) -> int:
        """Forget a model; the bytes of its parameters, 0 if it was not here. A job that holds it keeps it alive."""
        found = [identity for identity in self._loaded if identity[0] == key]
        size = sum(self._loaded.pop(identity)[1] for identity in found)
        release()
        return size

    def size_of(self, folder: ModelFolder) -> int:
        """Bytes that a model's parameters take here."""
        return folder.parameters * self._dtype(folder).itemsize

    def clear(self) -> None:
        """Forget every model."""
        self._loaded.clear()
        release()

    def _dtype(self, folder: ModelFolder) -> torch.dtype:
        return torch.float32 if self.device.type == "cpu" or folder.parameters <= _SMALL else torch.bfloat16

    def _make_room(self, key: str, size: int, beside: Sequence[Model]) -> None:
        staying = sum(_size(model) for model in beside)
        if size + staying > self.budget:
            raise _too_large(key, size, beside, self.budget)
        kept = {id(model) for model in beside}
        for identity, (model, _) in list(self._loaded.items()):
            if self.held + size <= self.budget:
                break
            if id(model) not in kept:
                del self._loaded[identity]
        release()


def _size(model: Model) -> int:
    return model.folder.parameters * model.dtype.itemsize


def _too_large(key: str, size: int, beside: Sequence[Model], budget: int) -> Refusal:
    names = " and ".join(f"“{model.key}” ({_size(model) / 2**20:,.0f} MiB)" for model in beside)
    together = size + sum(_size(model) for model in beside)
    also = f" beside {names}, {together / 2**20:,.0f} MiB together" if beside else ""
    detail = (
        f"“{key}” needs {size / 2**20:,.0f} MiB for its parameters{also}; this worker's limit for models is "
        f"{budget / 2**20:,.0f} MiB (TESSERA_MODEL_BUDGET_MB)."
    )
    return Refusal("model-too-large", detail, field="model", limit=budget, value=together)


def load(folder: ModelFolder, device: torch.device, dtype: torch.dtype) -> Model:
    """A model from its checked folder. Raises Refusal for an architecture that nothing can be asked of."""
    if is_head(folder.path):
        return load_head(folder, device)
    try:
        config = hf.read_config(folder.path)
    except (ValueError, OSError, KeyError) as error:
        raise _unreadable(folder, error) from error
    task = hf.task_of(config)
    if task is None or (task == "text_states" and not is_sentence_encoder(folder.path)):
        names = ", ".join(config.architectures or ["none named"])
        detail = (
            f"“{folder.key}” is {names}. Tessera asks causal language models, encoder-decoders, masked encoders, image "
            "classifiers, classifiers of pairs of texts and sentence encoders."
        )
        raise Refusal("unsupported-architecture", detail, field="model")
    network = _network(folder, task, dtype, device)
    if task == "image_classes":
        return VisionModel(folder.key, folder, network, hf.load_image_processor(folder.path), device, dtype)
    processor = _processor(folder)
    if task in ("text_classes", "text_states"):
        _check_vocabulary(folder, processor)
        judge: type[Judge] = PairClassifier if task == "text_classes" else SentenceEncoder
        return judge(folder.key, folder, network, processor, device, dtype)
    tokenizer = load_tokenizer(folder.key, ModelSpec(location=str(folder.path)))
    language = LanguageModel(
        folder.key,
        folder,
        network,
        tokenizer,
        processor,
        device,
        dtype,
        sequence_to_sequence=task == "sequence_to_sequence",
        masked=task == "masked",
    )
    language.prove()
    return language


def _network(folder: ModelFolder, task: hf.Task, dtype: torch.dtype, device: torch.device) -> Any:
    spread = device.type == "cuda" and folder.parameters * dtype.itemsize > _SHARE * _memory(device)
    try:
        return hf.load_model(folder.path, task, dtype, device, spread=spread)
    except (ValueError, OSError, KeyError, RuntimeError, SafetensorError) as error:
        if shortage(error) is not None:
            raise
        raise _unreadable(folder, error) from error


def _processor(folder: ModelFolder) -> Any:
    try:
        return hf.load_text_processor(folder.path)
    except (ValueError, OSError, KeyError) as error:
        raise _unreadable(folder, error) from error


def _check_vocabulary(folder: ModelFolder, processor: Any) -> None:
    """Without its files transformers makes a tokenizer that knows no word. Raises Refusal naming them."""
    files = sorted({"tokenizer.json", *processor.vocab_files_names.values()})
    if not any((folder.path / name).is_file() for name in files):
        raise _unreadable(folder, FileNotFoundError(f"it has no vocabulary ({' or '.join(files)})"))


def _memory(device: torch.device) -> int:
    total: int = torch.cuda.get_device_properties(device).total_memory
    return total


def _unreadable(folder: ModelFolder, error: Exception) -> Refusal:
    reason = str(error).strip().partition("\n")[0]
    return Refusal("unreadable-model", f"“{folder.key}” cannot be read: {reason}", field="model")
