"""The table of measures: what each is called, what it means, and how it is taken from a cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workers.contract import Metric
from workers.models.tokenizing import metrics
from workers.models.tokenizing.align import grapheme_starts
from workers.models.tokenizing.base import Piece, TextTokenizer
from workers.models.tokenizing.words import RULE, sample, words


@dataclass(frozen=True)
class Ruler:
    """What the measures need beside a cut."""

    text: str
    reference: "Cut"
    renyi_power: float = 2.5
    sampled_words: int = 1000
    price: float | None = None

    @cached_property
    def bytes(self) -> int:
        """Length in UTF-8."""
        return len(self.text.encode())

    @cached_property
    def graphemes(self) -> int:
        """Signs as a reader sees them."""
        return len(grapheme_starts(self.text)) - 1

    @cached_property
    def words(self) -> list[str]:
        """All words of the text."""
        return words(self.text)

    @cached_property
    def sample(self) -> list[str]:
        """The words over which rates are taken."""
        return sample(self.words, self.sampled_words)


@dataclass(frozen=True)
class Cut:
    """One tokenizer's pieces of a text."""

    key: str
    tokenizer: TextTokenizer
    pieces: Sequence[Piece]

    @cached_property
    def ids(self) -> list[int]:
        """T: the ids, special ones aside."""
        return [piece.id for piece in self.pieces if not piece.special]


@dataclass(frozen=True)
class Measured:
    """A cut under a ruler; words are encoded once for all rates."""

    cut: Cut
    ruler: Ruler

    @property
    def n(self) -> int:
        """Tokens, special ones aside."""
        return len(self.cut.ids)

    @cached_property
    def alone(self) -> list[int]:
        """Tokens of each sampled word by itself."""
        return metrics.tokens_per_word(self.cut.tokenizer, self.ruler.sample, spaced=False)

    @cached_property
    def spaced(self) -> list[int]:
        """Tokens of each sampled word after a space."""
        if self.cut.tokenizer.dummy_prefix:
            return self.alone
        return metrics.tokens_per_word(self.cut.tokenizer, self.ruler.sample, spaced=True)

    @cached_property
    def types(self) -> list[int]:
        """Tokens of each different word of the text by itself, of as many as are sampled."""
        types = sample(list(dict.fromkeys(self.ruler.words)), self.ruler.sampled_words)
        return metrics.tokens_per_word(self.cut.tokenizer, types, spaced=False)

    @property
    def unknown(self) -> int:
        """Tokens for unknown text."""
        return 0 if self.cut.tokenizer.unk_id is None else self.cut.ids.count(self.cut.tokenizer.unk_id)

    @property
    def unknown_characters(self) -> int:
        """Code points that they cover."""
        return metrics.unknown_characters(self.ruler.text, self.cut.pieces, self.cut.tokenizer.unk_id)


@dataclass(frozen=True)
class Measure:
    """A row of the table."""

    name: str
    label: str
    unit: str
    meaning: str
    take: Callable[[Measured], float | None]


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


MEASURES = [
    Measure("tokens", "Tokens", "", "How many tokens the text takes.", lambda m: m.n),
    Measure(
        "bytes_per_token",
        "Bytes per token",
        "B",
        "UTF-8 bytes of the text ÷ tokens.",
        lambda m: metrics.ratio(m.ruler.bytes, m.n),
    ),
    Measure(
        "characters_per_token",
        "Characters per token",
        "",
        "Code points of the text ÷ tokens.",
        lambda m: metrics.ratio(len(m.ruler.text), m.n),
    ),
    Measure(
        "tokens_per_character",
        "Tokens per character",
        "",
        "Tokens ÷ code points of the text.",
        lambda m: metrics.ratio(m.n, len(m.ruler.text)),
    ),
    Measure(
        "graphemes_per_token",
        "Graphemes per token",
        "",
        "Signs as a reader sees them ÷ tokens.",
        lambda m: metrics.ratio(m.ruler.graphemes, m.n),
    ),
    Measure(
        "fertility",
        "Tokens per word (fertility)",
        "",
        f"Tokens of the running text ÷ words. {RULE}",
        lambda m: metrics.ratio(m.n, len(m.ruler.words)),
    ),
    Measure(
        "compression",
        "Length against {reference}",
        "×",
        "Tokens ÷ tokens of {reference} on the same text.",
        lambda m: metrics.ratio(m.n, len(m.ruler.reference.ids)),
    ),
    Measure(
        "continued_tokens",
        "Continuing tokens, words alone",
        "%",
        "Of the tokens of words encoded alone, those that go on a word: Σ max(0, t − 1) ÷ Σ t.",
        lambda m: _percent(metrics.continued_rate(m.alone)),
    ),
    Measure(
        "continued_tokens_spaced",
        "Continuing tokens, words after a space",
        "%",
        "The same with a space before each word, as words stand in running text.",
        lambda m: _percent(metrics.continued_rate(m.spaced)),
    ),
    Measure(
        "split_words",
        "Cut words, alone",
        "%",
        "Words that take more than one token when encoded alone.",
        lambda m: _percent(metrics.split_share(m.alone)),
    ),
    Measure(
        "split_words_spaced",
        "Cut words, after a space",
        "%",
        "Words that take more than one token with a space before them.",
        lambda m: _percent(metrics.split_share(m.spaced)),
    ),
    Measure(
        "single_token_types",
        "Different words kept whole",
        "%",
        "Of the different words of the text, those that are one token when encoded alone.",
        lambda m: _percent(metrics.whole_share(m.types)),
    ),
    Measure(
        "renyi_efficiency",
        "Rényi efficiency",
        "",
        "Rényi entropy of the tokens ÷ log of how many different ones occur: 1 is an even use of all.",
        lambda m: metrics.renyi_efficiency(m.cut.ids, m.ruler.renyi_power),
    ),
    Measure(
        "type_token_ratio",
        "Different tokens ÷ tokens",
        "",
        "Type-token ratio; falls with the length of the text.",
        lambda m: metrics.ratio(len(set(m.cut.ids)), m.n),
    ),
    Measure(
        "vocabulary_use",
        "Vocabulary used",
        "%",
        "Different tokens of the text ÷ size of the vocabulary; grows with the length of the text.",
        lambda m: _percent(metrics.ratio(len(set(m.cut.ids)), m.cut.tokenizer.vocabulary_size)),
    ),
    Measure(
        "unknown_tokens",
        "Unknown tokens",
        "%",
        "Tokens that stand for text the tokenizer does not know.",
        lambda m: _percent(metrics.ratio(m.unknown, m.n)),
    ),
    Measure(
        "unknown_characters",
        "Characters lost as unknown",
        "%",
        "Code points of the text that unknown tokens cover.",
        lambda m: _percent(metrics.ratio(m.unknown_characters, len(m.ruler.text))),
    ),
    Measure(
        "partial_tokens",
        "Tokens that are no whole characters",
        "%",
        "Tokens of the text whose bytes alone are not valid UTF-8.",
        lambda m: _percent(metrics.partial_share(m.cut.tokenizer, m.cut.ids)),
    ),
    Measure(
        "partial_vocabulary",
        "The same in the vocabulary",
        "%",
        "Tokens of the vocabulary whose bytes alone are not valid UTF-8.",
        lambda m: _percent(metrics.partial_vocabulary(m.cut.tokenizer)),
    ),
    Measure(
        "vocabulary",
        "Vocabulary",
        "",
        "How many ids the tokenizer has, special ones included.",
        lambda m: m.cut.tokenizer.vocabulary_size,
    ),
]

_COST = Measure(
    "cost",
    "Cost",
    "",
    "Tokens × the given price of a million tokens, in that price's currency.",
    lambda m: None if m.ruler.price is None else m.n * m.ruler.price / 1e6,
)


def table(cuts: Sequence[Cut], ruler: Ruler) -> list[Metric]:
    """Every measure of every cut; the cost only where a price is given."""
    rows = MEASURES if ruler.price is None else [*MEASURES, _COST]
    measured = [Measured(cut, ruler) for cut in cuts]
    return [
        Metric(
            name=row.name,
            label=row.label.replace("{reference}", ruler.reference.key),
            unit=row.unit,
            meaning=row.meaning.replace("{reference}", ruler.reference.key),
            values=[None if (value := row.take(m)) is None else float(value) for m in measured],
        )
        for row in rows
    ]
