"""A call's parameters against its card: JSON Schema, and the catalogue where a parameter names something of it."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from webapp.catalogue.selectors import Cards
from webapp.common.errors import refuse
from workers.contract import MethodCard, Refusal

SHOWN = 80
"""Characters of a person's own value that a message repeats."""


def parameters_check(params: dict[str, Any], card: MethodCard, cards: Cards, field: str) -> None:
    """Refusal: a parameter that the card's schema does not allow, or that names no tokenizer or model of ours."""
    schema = {"additionalProperties": False, **card.parameters, "type": "object"}
    error = best_match(Draft202012Validator(schema).iter_errors(params))
    if error is not None:
        raise _refusal(error, card, field)
    for name, kind, value in _named(with_defaults(params, card), card.parameters):
        if kind == "tokenizer" and name in params and value not in cards.tokenizers:
            raise refuse("tokenizer-unknown", f"There is no tokenizer {_show(value)} here.", field=f"{field}.{name}")
        if kind != "tokenizer":
            _check_named(kind, value, cards, f"{field}.{name}")


def _check_named(kind: str, value: Any, cards: Cards, field: str) -> None:
    wanted = kind.split("|")
    card = cards.models.get(value)
    if card is not None and card.missing is None and not set(wanted).isdisjoint(card.abilities):
        return
    there = sorted(key for key, one in cards.models.items() if not set(wanted).isdisjoint(one.abilities))
    offered = f"here are {', '.join(there)}" if there else "an admin has to allow one first"
    what = " or ".join(wanted).replace("_", " ")
    raise refuse("model-unknown", f"There is no {what} model {_show(value)} here; {offered}.", field=field)


def with_defaults(params: dict[str, Any], card: MethodCard) -> dict[str, Any]:
    """The parameters in force: those given, else the schema's defaults."""
    properties: dict[str, Any] = card.parameters.get("properties", {})
    return {name: rule["default"] for name, rule in properties.items() if "default" in rule} | params


def tokenizers_of(params: dict[str, Any], card: MethodCard) -> list[str]:
    """The keys of the tokenizers that the parameters in force name."""
    named = _named(with_defaults(params, card), card.parameters)
    return [value for _, kind, value in named if kind == "tokenizer" and isinstance(value, str)]


def models_of(params: dict[str, Any], card: MethodCard) -> dict[str, str]:
    """The keys of the models that the parameters in force name, by parameter."""
    named = _named(with_defaults(params, card), card.parameters)
    return {name: value for name, kind, value in named if kind != "tokenizer" and isinstance(value, str)}


def _named(params: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    properties: dict[str, Any] = schema.get("properties", {})
    for name, value in params.items():
        kind = _kind(properties.get(name, {}))
        if kind and value is not None:
            yield from ((name, kind, item) for item in (value if isinstance(value, list) else [value]))


def _kind(rule: dict[str, Any]) -> str | None:
    """`x-kind` of a property, of its items, or of the alternative to null."""
    parts = [rule, rule.get("items", {}), *rule.get("anyOf", ())]
    return next((part["x-kind"] for part in parts if "x-kind" in part), None)


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 else None


def _refusal(error: ValidationError, card: MethodCard, field: str) -> Refusal:
    path = ".".join(str(part) for part in error.absolute_path)
    where = f"{field}.{path}" if path else field
    rule: Any = error.validator_value
    value: Any = error.instance
    name = path or "params"
    texts = {
        "minimum": f"is at least {rule}",
        "maximum": f"is at most {rule}",
        "exclusiveMinimum": f"is greater than {rule}",
        "exclusiveMaximum": f"is less than {rule}",
        "multipleOf": f"is a multiple of {rule}",
        "minItems": f"holds at least {rule} items",
        "maxItems": f"holds at most {rule} items",
        "minLength": f"holds at least {rule} characters",
        "maxLength": f"holds at most {rule} characters",
        "enum": f"is one of {_show(rule)}",
        "const": f"is {_show(rule)}",
        "type": f"is of type {rule}",
    }
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(card.parameters.get("properties", {}))) or "none"
        unknown = sorted(set(value) - set(card.parameters.get("properties", {})))
        detail = f"The method {card.key} has no parameter {_show(', '.join(unknown))} (parameters: {known})."
        return refuse("parameter-invalid", detail, field=where)
    counted = isinstance(value, str | list) and error.validator in {"minItems", "maxItems", "minLength", "maxLength"}
    measured = len(value) if counted else value
    said = texts.get(str(error.validator), f"does not fit: {error.message[:SHOWN]}")
    detail = f"The parameter {name} of {card.key} {said}; got {_show(measured)}."
    return refuse("parameter-invalid", detail, field=where, limit=_number(rule), value=_number(measured))
