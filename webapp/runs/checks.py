"""What a person may ask for: everything that can be known before a worker touches it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from webapp.catalogue import selectors as catalogue
from webapp.common.errors import refuse
from webapp.runs.parameters import models_of, parameters_check
from workers.contract import READ_AS, Ability, Generate, JobsRequest, MethodCall, MethodCard, ModelCard, SourceKind


@dataclass(frozen=True, slots=True)
class Plan:
    """A job to be made: a model (or none), the calls it makes, and which queue it waits in."""

    model: str | None
    calls: list[MethodCall]
    queue: str
    background: bool


def plans(request: JobsRequest, *, kinds: set[str], generate: Generate | None, cards: catalogue.Cards) -> list[Plan]:
    """The jobs of a request. Refusal: whatever in it cannot be done, naming field, limit and value."""
    if not cards.methods and catalogue.is_empty():
        raise refuse(
            "catalogue-empty", "The workers are still starting; nothing can be run yet. Try again in a moment."
        )
    for index, call in enumerate(request.methods):
        _check_call(call, f"methods.{index}", kinds, cards)
    for index, key in enumerate(request.models):
        _check_model(key, f"models.{index}", kinds, generate, cards)
    calls = [_complete(call, cards.methods[call.key]) for call in request.methods]
    with_model = [call for call in calls if cards.methods[call.key].needs_model]
    without = [call for call in calls if not cards.methods[call.key].needs_model]
    if with_model and not request.models:
        raise refuse("model-missing", f"The method {with_model[0].key} needs a model; choose one.", field="models")
    made = []
    for key in dict.fromkeys(request.models) if with_model else ():
        for index, call in enumerate(calls):
            if call in with_model:
                _check_fit(cards.methods[call.key], cards.models[key], kinds, f"methods.{index}")
                _check_tokenizers(call, cards.models[key], f"methods.{index}", cards)
        made.append(_plan(key, with_model, cards))
    if without:
        made.append(Plan(None, without, "cpu", False))
    return made


def _complete(call: MethodCall, card: MethodCard) -> MethodCall:
    """The call with the models that its card names by default: they are those of this house, not of the method."""
    return call.model_copy(update={"params": call.params | models_of(call.params, card)})


def _plan(model: str, calls: list[MethodCall], cards: catalogue.Cards) -> Plan:
    used = [cards.methods[call.key] for call in calls]
    queue = "cpu" if all(card.queue == "cpu" for card in used) else "gpu"
    return Plan(model, calls, queue, all(card.background for card in used))


def _check_call(call: MethodCall, field: str, kinds: set[str], cards: catalogue.Cards) -> None:
    card = cards.methods.get(call.key)
    if card is None:
        raise refuse("method-unknown", f"There is no method {call.key!r} here.", field=f"{field}.key")
    if card.missing:
        raise refuse("method-missing", f"The method {card.key} cannot run here: {card.missing}", field=f"{field}.key")
    if card.inputs and not kinds & set(card.inputs):
        reads, given = " or ".join(card.inputs), " and ".join(sorted(kinds)) or "nothing"
        raise refuse("input-missing", f"The method {card.key} reads {reads}; this run holds {given}.", field=field)
    parameters_check(call.params, card, cards, f"{field}.params")
    for role in call.roles:
        if role not in card.roles:
            known = ", ".join(sorted(card.roles)) or "none"
            raise refuse(
                "role-unknown", f"The method {card.key} has no role {role!r} (roles: {known}).", field=f"{field}.roles"
            )
    for role, wanted in card.roles.items():
        if role in call.roles or not wanted.optional:
            _check_role(call, role, wanted.needs, field, cards)


def _check_role(call: MethodCall, role: str, needs: Sequence[Ability], field: str, cards: catalogue.Cards) -> None:
    where = f"{field}.roles.{role}"
    if role not in call.roles:
        raise refuse("role-missing", f"The method {call.key} needs a model for its role {role!r}.", field=where)
    model = _model(call.roles[role], where, cards)
    if lacking := [ability for ability in needs if ability not in model.abilities]:
        detail = f"The model {model.key} cannot fill the role {role!r}: it lacks {_names(lacking)}."
        raise refuse("method-does-not-fit", detail, field=where)


def _check_tokenizers(call: MethodCall, model: ModelCard, field: str, cards: catalogue.Cards) -> None:
    """A role's model must predict what the job's model predicts; for some methods, over the same vocabulary."""
    for role, key in call.roles.items():
        other, where = cards.models[key], f"{field}.roles.{role}"
        answers = [Ability.SEQUENCE_TO_SEQUENCE in card.abilities for card in (model, other)]
        if answers[0] != answers[1]:
            first, second = (model, other) if answers[1] else (other, model)
            detail = (
                f"The model {first.key} continues a text, {second.key} answers it with another one: they do not "
                f"predict the same tokens, so {call.key} cannot compare them."
            )
            raise refuse("roles-differ", detail, field=where)
        if cards.methods[call.key].roles[role].tokenizers == "same" and not _same_vocabulary(model, other):
            detail = (
                f"{call.key} compares distributions over the same tokens; {model.key} and {other.key} have different "
                f"vocabularies ({model.vocabulary} and {other.vocabulary} tokens). Choose models with one tokenizer."
            )
            raise refuse("tokenizers-differ", detail, field=where)


def _same_vocabulary(first: ModelCard, second: ModelCard) -> bool:
    """Whether every id stands for the same bytes in both; cards that do not say are left to the worker."""
    hashes = (first.vocabulary_hash, second.vocabulary_hash)
    return not all(hashes) or (hashes[0] == hashes[1] and first.vocabulary == second.vocabulary)


def _model(key: str, field: str, cards: catalogue.Cards) -> ModelCard:
    card = cards.models.get(key)
    if card is None:
        raise refuse("model-unknown", f"There is no model {key!r} here.", field=field)
    if card.missing:
        raise refuse("model-missing", f"The model {key} cannot be loaded: {card.missing}", field=field)
    return card


def _check_model(key: str, field: str, kinds: set[str], generate: Generate | None, cards: catalogue.Cards) -> None:
    card = _model(key, field, cards)
    if generate is not None and Ability.GENERATE not in card.abilities:
        raise refuse("method-does-not-fit", f"The model {key} cannot continue a text.", field="generate")
    if kinds and not _reaching_models(kinds) & set(card.inputs):
        reads, given = " or ".join(card.inputs) or "nothing by itself", " and ".join(sorted(kinds))
        raise refuse("input-missing", f"The model {key} reads {reads}; this run holds {given}.", field=field)


def _check_fit(method: MethodCard, model: ModelCard, kinds: set[str], field: str) -> None:
    if method.inputs and not _reaching_models(kinds & set(method.inputs)) & set(model.inputs):
        both = [kind for kind in sorted(method.inputs) if READ_AS[kind] in model.inputs]
        reads = " or ".join(both) or "nothing that both read"
        detail = (
            f"The method {method.key} on the model {model.key} reads {reads}; this run holds {' and '.join(kinds)}."
        )
        raise refuse("input-missing", detail, field=field)
    able = set(model.abilities)
    if method.needs and not any(set(needs) <= able for needs in method.needs):
        lacking = min(([a for a in needs if a not in able] for needs in method.needs), key=len)
        detail = f"The method {method.key} does not fit the model {model.key}, which lacks {_names(lacking)}."
        raise refuse("method-does-not-fit", detail, field=field)


def _reaching_models(kinds: Iterable[str]) -> set[str | None]:
    """What of such sources a model is given: the texts of a table."""
    return {READ_AS[cast(SourceKind, str(kind))] for kind in kinds}


def _names(abilities: Iterable[Any]) -> str:
    return ", ".join(str(ability).replace("_", " ") for ability in abilities)
