"""Results by content: the same question about the same input of the same model has one key."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, cast

from django.core.files.storage import default_storage

from webapp.catalogue.selectors import Cards
from webapp.common import files
from webapp.common.errors import not_found, refuse
from webapp.retention.models import StripUse
from webapp.runs.parameters import models_of, tokenizers_of, with_defaults
from workers.contract import CONTRACT_VERSION, Continuation, Generate, MethodCall, ModelCard, Reading, Result, Target


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _model(card: ModelCard | None) -> list[str] | None:
    return None if card is None else [card.key, card.revision, card.dtype, card.tokenizer_hash, card.architecture]


def continuation_key(*, sources: Sequence[str], reading: Reading, generate: Generate, model: ModelCard) -> str:
    """Names what `model` generates: drawing is deterministic given the seed."""
    return _hash(
        ["continuation", CONTRACT_VERSION, list(sources), reading.model_dump(), generate.model_dump(), _model(model)]
    )


def result_key(
    *,
    sources: Sequence[str],
    reading: Reading,
    continuation: Continuation | None,
    targets: Sequence[Target],
    model: str | None,
    call: MethodCall,
    seed: int,
    cards: Cards,
) -> str:
    """Names a result; `sources` are content hashes. Targets count only for methods that explain one."""
    card = cards.methods[call.key]
    tokenizers = [
        cards.tokenizers[key].model_dump() for key in tokenizers_of(call.params, card) if key in cards.tokenizers
    ]
    return _hash(
        {
            "contract": CONTRACT_VERSION,
            "sources": list(sources),
            "reading": reading.model_dump(),
            "continuation": continuation and [continuation.ids, continuation.text],
            "targets": [target.model_dump(mode="json") for target in targets] if card.explains else [],
            "model": _model(cards.models[model]) if model else None,
            "roles": {role: _model(cards.models[key]) for role, key in call.roles.items()},
            "tokenizers": tokenizers,
            "named": [_model(cards.models.get(key)) for key in models_of(call.params, card).values()],
            "method": [call.key, card.version],
            "params": with_defaults(call.params, card),
            "seed": seed,
        }
    )


def result_path(key: str) -> str:
    """Where the result of a key lies in the storage."""
    return f"results/{key[:2]}/{key}.json"


def strip_path(key: str) -> str:
    """Where a strip lies in the storage, by the hash of its content."""
    return f"strips/{key[:2]}/{key}.json"


def result_write(*, key: str, result: Result, limit: int) -> int:
    """Keep a result under its key, each strip once under its own; the size in bytes. Refusal over `limit`."""
    body = result.model_dump(mode="json", context={"arrays": "base64"})
    strips = []
    size = 0
    for strip in body["strips"]:
        data = _dump(strip)
        name = hashlib.sha256(data).hexdigest()
        strips.append((name, data))
        size += len(data)
    body["strips"] = [name for name, _ in strips]
    data = _dump(body)
    size += len(data)
    if size > limit:
        detail = f"The result of {result.method} holds {size} bytes; the limit is {limit}."
        raise refuse("result-too-large", detail, limit=limit, value=size)
    uses = [StripUse(key=key, strip=name) for name in ("", *dict.fromkeys(body["strips"]))]
    StripUse.objects.bulk_create(uses, ignore_conflicts=True)
    for name, strip_data in strips:
        files.put(strip_path(name), strip_data)
    files.put(result_path(key), data)
    return size


def result_read(key: str) -> dict[str, Any]:
    """A kept result as JSON with its arrays in base64. Refusal (404): its file is gone."""
    try:
        body = cast(dict[str, Any], json.loads(files.get(result_path(key))))
        body["strips"] = [json.loads(files.get(strip_path(name))) for name in body["strips"]]
    except FileNotFoundError as error:
        raise not_found("result") from error
    return body


def strips_of(key: str) -> list[str]:
    """The strips to which a kept result refers; none if it is not there."""
    try:
        return list(dict.fromkeys(json.loads(files.get(result_path(key)))["strips"]))
    except FileNotFoundError:
        return []


def is_kept(key: str) -> bool:
    """Whether the file of a result is there."""
    return bool(default_storage.exists(result_path(key)))


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
