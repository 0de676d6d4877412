"""How large a question is, from what is stored of its sources and from cards: what the formulas of cost are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.catalogue.selectors import Cards
from webapp.runs.parameters import models_of, with_defaults
from webapp.uploads.models import Source
from webapp.uploads.selectors import source_bytes
from workers.contract import Ability, Continuation, Generate, MethodCall, MethodCost, ModelCard
from workers.contract.cost import Measures, Size, call_passes, job_passes, memory

USUAL = 4.0
"""Bytes of a token where a model's card does not say."""
ANSWER = 128
"""Tokens that an encoder-decoder answers with at most, when nobody says how many."""


@dataclass(frozen=True)
class Question:
    """A job before there is one: what is asked of which model about which input."""

    model: str | None
    calls: Sequence[MethodCall]
    sources: Sequence[Source]
    targets: int
    generate: Generate | None
    continuation: Continuation | None
    """What is stored already of what the model says."""
    cards: Cards


@dataclass(frozen=True)
class Measured:
    """Passes of the whole job and of each call, tokens to generate, peak bytes, and the length that timings go by."""

    passes: float
    most: float
    each: list[float]
    steps: int
    memory: int
    length: int


def measure(question: Question) -> Measured:
    """What the question costs by the formulas of `workers.contract.cost`."""
    measures, steps = _measures(question)
    calls = [(_price(call, question.cards), _params(call, question.cards)) for call in question.calls]
    promise = job_passes(calls, measures, steps=steps)
    costs = [cost for cost, _ in calls]
    return Measured(
        passes=promise.passes,
        most=promise.most,
        each=[call_passes(cost, params, measures).passes for cost, params in calls],
        steps=steps,
        memory=memory([size_of(card) for card in _models(question)], costs, measures),
        length=sum(_length(source) for source in question.sources) + int(measures.output * _per_token(question)),
    )


def _price(call: MethodCall, cards: Cards) -> MethodCost:
    return cards.methods[call.key].cost


def _params(call: MethodCall, cards: Cards) -> dict[str, Any]:
    return with_defaults(call.params, cards.methods[call.key])


def _models(question: Question) -> list[ModelCard]:
    """Every model that is in memory for the job: its own, those of roles, those that parameters name."""
    keys = [question.model] if question.model else []
    for call in question.calls:
        keys += [*call.roles.values(), *models_of(call.params, question.cards.methods[call.key]).values()]
    known: Mapping[str, ModelCard] = question.cards.models
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def size_of(card: ModelCard) -> Size:
    return Size(
        bytes=card.bytes,
        layers=card.layers,
        hidden=card.hidden,
        heads=card.heads,
        vocabulary=card.vocabulary or 0,
        width=card.width,
    )


def _measures(question: Question) -> tuple[Measures, int]:
    """The sizes, and how many tokens are to be generated first."""
    card = question.cards.models.get(question.model or "")
    abilities = set(card.abilities) if card else set()
    per_token = _per_token(question)
    text = sum(source.bytes for source in question.sources if source.kind == Source.Kind.TEXT)
    prompt = -(-text // per_token) if text else 0
    output = _output(question, prompt, Ability.SEQUENCE_TO_SEQUENCE in abilities)
    if card is not None and card.context:
        prompt = min(prompt, card.context)
    units = int(prompt + output) or _patches(question, card)
    measures = Measures(
        units=max(1, units),
        prompt=int(prompt),
        output=output,
        bytes=int(text + output * per_token),
        rows=sum(_rows(source) for source in question.sources if source.kind == Source.Kind.TABLE),
        targets=max(1, question.targets),
        readings=max(1, units) if Ability.MASKED_TOKEN in abilities else 1,
        roles=len({key for call in question.calls for key in call.roles.values()} - {question.model}),
    )
    return measures, 0 if question.continuation else output


def _output(question: Question, prompt: float, answers: bool) -> int:
    if question.continuation is not None:
        return len(question.continuation.ids)
    if question.generate is not None and question.model:
        return question.generate.max_new_tokens + len(question.generate.begin)
    return min(ANSWER, int(prompt) + 1) if answers else 0


def _per_token(question: Question) -> float:
    card = question.cards.models.get(question.model or "")
    return (card.bytes_per_token if card else None) or USUAL


def _patches(question: Question, card: ModelCard | None) -> int:
    """Patches of the picture as the model sees it, with the class token."""
    if card is None or not card.patch_size or not card.image_size:
        return 1
    height, width = card.image_size
    return (height // card.patch_size) * (width // card.patch_size) + 1


def _length(source: Source) -> int:
    """Bytes of a text or file, pixels of a picture."""
    return (source.width or 1) * (source.height or 1) if source.kind == Source.Kind.IMAGE else source.bytes


def _rows(source: Source) -> int:
    return max(1, source_bytes(source).count(b"\n"))
