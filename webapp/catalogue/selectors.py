"""Reads of the catalogue."""

import hashlib
import json
from collections.abc import Iterable

from webapp.catalogue.models import Allowed, Method, Model, Tokenizer
from workers.contract import (
    Ability,
    MethodCard,
    MethodEntry,
    ModelCard,
    ModelEntry,
    ModelSpec,
    TokenizerCard,
    TokenizerEntry,
)


def methods() -> list[MethodEntry]:
    """Every method, those of one lens together."""
    rows = [_method(row) for row in Method.objects.all()]
    return sorted(rows, key=lambda entry: (entry.lens, entry.key))


def models() -> list[ModelEntry]:
    """Every model: the built-in ones first, of them the largest, because the first that fits is what is offered."""
    rows = [
        ModelEntry.model_validate(row.card | {"available": row.available, "last_seen": row.last_seen})
        for row in Model.objects.all()
    ]
    return sorted(rows, key=lambda entry: (not entry.builtin, entry.builtin * -entry.parameters, entry.key))


def tokenizers() -> list[TokenizerEntry]:
    """Every tokenizer."""
    return [
        TokenizerEntry.model_validate(row.card | {"available": row.available, "last_seen": row.last_seen})
        for row in Tokenizer.objects.all()
    ]


def _method(row: Method) -> MethodEntry:
    return MethodEntry.model_validate(row.card | {"available": row.available, "last_seen": row.last_seen})


_NAMED = {Ability.NLI, Ability.SIMILARITY, Ability.DETECTION_HEAD}
"""Abilities of models that parameters name."""


class Cards:
    """The cards that a request needs, read once: of models, those asked for and all that a parameter may name."""

    def __init__(self, *, methods: Iterable[str], models: Iterable[str]) -> None:
        self.methods = {
            row.key: MethodCard.model_validate(row.card) for row in Method.objects.filter(key__in=set(methods))
        }
        wanted = set(models)
        rows = [row for row in Model.objects.all() if row.key in wanted or _NAMED.intersection(row.card["abilities"])]
        self.models = {row.key: ModelCard.model_validate(row.card) for row in rows}
        self.tokenizers = {row.key: TokenizerCard.model_validate(row.card) for row in Tokenizer.objects.all()}


def is_empty() -> bool:
    """Whether no worker has ever published what it can run."""
    return not Method.objects.exists()


def specs(kind: Allowed.Kind) -> dict[str, ModelSpec]:
    """The allowed models or tokenizers as workers read them."""
    return {
        row.key: ModelSpec(location=row.location, revision=row.revision or None)
        for row in Allowed.objects.filter(enabled=True, kind=kind)
    }


def specs_fingerprint() -> str:
    """A hash that changes whenever the allow-list does."""
    rows = [[kind, key, spec.model_dump()] for kind in Allowed.Kind for key, spec in specs(kind).items()]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
