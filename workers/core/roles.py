"""Further models of a call: each reads the run's text once, alone and side by side with the job's model."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from workers.contract import MethodCall, Refusal, RoleCard
from workers.core.gathering import Array, Gathering
from workers.core.paired import PairedStatistic
from workers.core.reading import Tokens, check_length, check_output, read_again, read_text
from workers.core.statistics import RowChunk, Statistic
from workers.core.text_passes import TextPasses
from workers.models.language import LanguageModel


@dataclass(frozen=True)
class Declared:
    """What a job's methods ask of their roles' models: alone, by key, and side by side, by all keys of a call."""

    alone: Mapping[str, Sequence[Statistic]] = field(default_factory=dict)
    paired: Mapping[tuple[str, ...], Sequence[PairedStatistic]] = field(default_factory=dict)


def roles_of(cards: Mapping[str, RoleCard], call: MethodCall) -> dict[str, str]:
    """The models' keys of a call by role, in the order of the card. Raises Refusal for a missing or unknown role."""
    where = f"methods.{call.key}.roles"
    for name in call.roles:
        if name not in cards:
            known = ", ".join(cards) or "none"
            detail = f"{call.key} has no role “{name}” (roles: {known})."
            raise Refusal("role-unknown", detail, field=f"{where}.{name}")
    for name, card in cards.items():
        if name not in call.roles and not card.optional:
            detail = f"{call.key} needs a model for its role “{name}”: {card.summary}"
            raise Refusal("role-missing", detail, field=f"{where}.{name}")
    return {name: call.roles[name] for name in cards if name in call.roles}


def declared(wanted: Iterable[tuple[dict[str, str], Sequence[Statistic], Sequence[PairedStatistic]]]) -> Declared:
    """From each call's role models and its statistics of each of them, and of all together."""
    alone: dict[str, list[Statistic]] = {}
    paired: dict[tuple[str, ...], list[PairedStatistic]] = {}
    for roles, singles, pairs in wanted:
        for key in roles.values():
            alone.setdefault(key, []).extend(singles)
        paired.setdefault(tuple(roles.values()), []).extend(pairs)
    return Declared(alone, paired)


def same_vocabulary(first: LanguageModel, second: LanguageModel) -> bool:
    """Whether every id stands for the same bytes in both, and is special in both or in neither."""
    mine, other = first.tokenizer, second.tokenizer
    return first.vocabulary == second.vocabulary and (
        mine is other or mine.hash == other.hash or mine.vocabulary_hash == other.vocabulary_hash
    )


class RoleText(TextPasses):
    """The run's text and continuation as a role's model reads them.

    Where both vocabularies are the same these are the very ids that the job's model reads; else the text is cut
    anew. Raises Refusal when one is an encoder-decoder and the other none, or where the text does not fit.
    """

    def __init__(self, main: TextPasses, model: LanguageModel, **given: Any) -> None:
        super().__init__(model, **given)
        self.main = main
        self.continuation = main.continuation
        self.same = same_vocabulary(main.model, model)
        if model.sequence_to_sequence != main.model.sequence_to_sequence:
            both = [main.model, model] if model.sequence_to_sequence else [model, main.model]
            detail = (
                f"“{both[0].key}” continues a text, “{both[1].key}” answers it with another one: "
                "they do not predict the same tokens, so nothing of them can be compared."
            )
            raise Refusal("roles-differ", detail, field="methods")

    @cached_property
    def prompt(self) -> Tokens:
        """The text alone, as this model reads it."""
        tokens = self.main.prompt if self.same else self._read_prompt()
        self._check_any(tokens)
        check_length(self.model, len(tokens.ids), 0)
        return tokens

    def _read_prompt(self) -> Tokens:
        return read_text(self.model, self.source_text, self.reading, self.source)

    @cached_property
    def scored(self) -> Tokens:
        """The strip whose tokens this model predicts; with a vocabulary of its own, a strip of its own."""
        tokens = self.main.scored
        if not self.same:
            said = self.continuation.text if self.continuation else ""
            id = f"{tokens.strip.id}-{self.model.key}"
            tokens = read_again(self.model, self.source_text, said, self.reading, self.source, id)
        if self.model.sequence_to_sequence:
            check_output(self.model, len(tokens.ids))
        else:
            self._check_any(tokens)
            check_length(self.model, len(tokens.ids), 0)
        return tokens

    def _check_any(self, tokens: Tokens) -> None:
        if not tokens.ids:
            detail = f"“{self.model.key}” finds no token in this text: its tokenizer leaves all of it out."
            raise Refusal("no-tokens", detail, field="text")


class PairedRows:
    """The rows of several models over the same tokens, read side by side once for all methods."""

    def __init__(
        self, texts: Sequence[TextPasses], statistics: Sequence[PairedStatistic], counts: Counter[str]
    ) -> None:
        self._texts = texts
        self._statistics = tuple(dict.fromkeys(statistics))
        self._counts = counts

    def statistic(self, statistic: PairedStatistic) -> dict[str, Array]:
        """Arrays over the units of the job's scored strip: (units,) or (units, k); NaN without a prediction.

        Raises Refusal where the vocabularies differ.
        """
        if statistic not in self._statistics:
            raise LookupError(f"{statistic} was not declared by a method's paired_statistics()")
        return {name: self._texts[0].spread(values) for name, values in self._rows[statistic].items()}

    def after(self, statistic: PairedStatistic) -> dict[str, Array]:
        """What a statistic says of the position after the last token: arrays (1,) or (1, k)."""
        with torch.no_grad():
            logits = [text.model.logits(text.states[-1:]) for text in self._checked]
            said = statistic.of([RowChunk(one, one.argmax(-1)) for one in logits])
            return {name: values.float().cpu().numpy() for name, values in said.items()}

    def read(self) -> None:
        """Read all rows of all models in one go, for methods that ask each of them only about itself."""
        self._rows  # noqa: B018

    @cached_property
    def _checked(self) -> Sequence[TextPasses]:
        for text in self._texts[1:]:
            check_same(self._texts[0].model, text.model)
        return self._texts

    @cached_property
    def _rows(self) -> dict[PairedStatistic, dict[str, Array]]:
        distinct = list({id(text): text for text in self._checked}.values())
        places = [distinct.index(text) for text in self._checked]
        gathering = Gathering(self._statistics)
        for chunks in zip(*(text.chunks() for text in distinct), strict=True):
            with torch.no_grad():
                side_by_side = [chunks[place] for place in places]
                gathering.add({statistic: statistic.of(side_by_side) for statistic in self._statistics})
        self._counts["paired_rows"] += 1
        return gathering.arrays()


def check_same(main: LanguageModel, other: LanguageModel) -> None:
    """Raises Refusal when two models do not speak of the same tokens, saying why that matters."""
    if same_vocabulary(main, other):
        return
    sizes = f"({main.vocabulary:,} and {other.vocabulary:,} tokens)"
    if main.vocabulary == other.vocabulary:
        sizes = f"(both of {main.vocabulary:,} tokens, but not of the same ones)"
    detail = (
        f"“{main.key}” and “{other.key}” have different vocabularies {sizes}: a distribution over the tokens of one "
        "says nothing about the tokens of the other. Choose two models with the same tokenizer."
    )
    raise Refusal("tokenizers-differ", detail, field="methods")
