"""What this worker can run: the cards of its methods, models and tokenizers."""

import logging
from collections.abc import Mapping

from workers.contract import Ability, Catalogue, ModelCard, ModelSpec, Refusal, TokenizerCard
from workers.core.discovery import all_methods
from workers.core.named import at_home
from workers.models.cache import Model, ModelCache
from workers.models.folders import ModelFolder, builtin_keys, find_model, packaged_models
from workers.models.heads import DetectionHead
from workers.models.judges import Judge, PairClassifier
from workers.models.language import LanguageModel
from workers.models.tokenizing import TextTokenizer, builtin_tokenizers, load_tokenizer

_log = logging.getLogger(__name__)


def catalogue(models: ModelCache, specs: Mapping[str, ModelSpec], tokenizers: Mapping[str, ModelSpec]) -> Catalogue:
    """Cards of every method, of the built-in models and tokenizers, and of those that the admin allows.

    The tokenizer of every allowed language model is offered too.
    A model is loaded once to see what it offers; one that cannot be loaded gets the reason as `missing`.
    """
    allowed: dict[str, ModelSpec | None] = dict.fromkeys([*builtin_keys(), *packaged_models()])
    allowed.update(specs)
    cards = [model_card(models, key, spec) for key, spec in allowed.items()]
    reading = {card.key: specs[card.key] for card in cards if "text" in card.inputs and card.key in specs}
    extra = [card for key, spec in (reading | dict(tokenizers)).items() if (card := _tokenizer_card(key, spec))]
    return Catalogue(
        methods=[at_home(method.card(), cards) for method in all_methods().values()],
        models=cards,
        tokenizers=[*builtin_tokenizers(), *extra],
    )


def model_card(models: ModelCache, key: str, spec: ModelSpec | None) -> ModelCard:
    """The card of one model; what cannot be loaded says why in `missing`."""
    try:
        folder = find_model(key, spec)
        return card_of(models.get(key, spec), folder)
    except Refusal as refusal:
        missing = refusal.detail
    except Exception:  # one strange model must not take the whole catalogue with it
        _log.exception("the model %s cannot be described", key)
        missing = f"“{key}” cannot be loaded by this worker; its log says why."
    return ModelCard(key=key, name=key, architecture="", abilities=[], inputs=[], parameters=0, missing=missing)


def card_of(model: Model, folder: ModelFolder) -> ModelCard:
    """The card of a loaded model."""
    notes = folder.card()
    architecture = (model.config.architectures or [type(model.network).__name__])[0]
    common = {
        "key": model.key,
        "name": notes.get("title") or model.key,
        "summary": notes.get("summary", ""),
        "architecture": architecture,
        "abilities": sorted(model.abilities, key=list(Ability).index),
        "parameters": folder.parameters,
        "licence": notes.get("licence", ""),
        "revision": folder.revision,
        "dtype": str(model.dtype).removeprefix("torch."),
        "builtin": folder.builtin,
        **_size(model, folder),
    }
    if isinstance(model, LanguageModel):
        return ModelCard(
            **common,
            inputs=["text"],
            context=model.context,
            vocabulary=model.vocabulary,
            chat_template=bool(getattr(model.processor, "chat_template", None)),
            tokenizer=model.key,
            tokenizer_hash=model.tokenizer.hash,
            vocabulary_hash=model.tokenizer.vocabulary_hash,
            bytes_per_token=_bytes_per_token(model.tokenizer),
        )
    if isinstance(model, Judge | DetectionHead):
        return ModelCard(
            **common,
            inputs=[],
            context=model.context,
            labels=model.labels if isinstance(model, PairClassifier) else [],
        )
    size = model.input_size
    return ModelCard(
        **common,
        inputs=["image"],
        labels=model.labels,
        image_size=size,
        patch_size=model.patch if Ability.PATCHES in model.abilities else None,
    )


def _size(model: Model, folder: ModelFolder) -> dict[str, int]:
    """The ingredients of the formula of memory, as far as the configuration names them."""
    config = model.config.get_text_config(decoder=True) if hasattr(model.config, "get_text_config") else model.config
    named = {
        "layers": ("num_hidden_layers", "n_layer", "num_layers", "n_layers"),
        "hidden": ("hidden_size", "d_model", "n_embd"),
        "heads": ("num_attention_heads", "n_head", "num_heads"),
    }
    found = {
        name: next((int(value) for key in keys if (value := getattr(config, key, None)) is not None), 0)
        for name, keys in named.items()
    }
    return {"bytes": folder.parameters * model.dtype.itemsize, "width": model.dtype.itemsize, **found}


_READ_AS_EXAMPLE = (
    "Once upon a time there was a girl who lived in a small house at the edge of a wood. One morning she found 3 red "
    "apples on the table, and nobody could say where they had come from."
)


def _bytes_per_token(tokenizer: TextTokenizer) -> float:
    """Measured on two sentences of English: what the site takes a text's length in tokens from, before it is read."""
    return round(len(_READ_AS_EXAMPLE.encode()) / max(1, len(tokenizer.ids(_READ_AS_EXAMPLE))), 2)


def _tokenizer_card(key: str, spec: ModelSpec) -> TokenizerCard | None:
    try:
        tokenizer = load_tokenizer(key, spec)
    except Refusal as refusal:
        _log.warning("tokenizer %s cannot be loaded: %s", key, refusal.detail)
        return None
    return TokenizerCard(
        key=key,
        name=key,
        algorithm=tokenizer.algorithm,
        vocabulary=tokenizer.vocabulary_size,
        source=spec.location.rpartition("/")[2],
        revision=tokenizer.hash[:16],
    )
