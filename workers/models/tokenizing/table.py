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

    def per_word(self, ruler: Ruler, *, spaced: bool) -> list[int]:
        """Tokens of each sampled word."""
        return metrics.tokens_per_word(self.tokenizer, ruler.sample, spaced=spaced)

    def per_word_type(self, ruler: Ruler) -> list[int]:
        """Tokens of each different word of the text, alone, of as many as are sampled."""
        types = sample(list(dict.fromkeys(ruler.words)), ruler.sampled_words)
        return metrics.tokens_per_word(self.tokenizer, types, spaced=False)


@dataclass(frozen=True)
class Measure:
    """A row of the table."""

    name: str
    label: str
    unit: str
    meaning: str
    take: Callable[[Cut, Ruler], float | None]


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _unknown(cut: Cut, ruler: Ruler) -> int:
    return metrics.unknown_characters(ruler.text, cut.pieces, cut.tokenizer.unk_id)


MEASURES = [
    Measure("tokens", "Tokens", "", "How many tokens the text takes.", lambda cut, _: len(cut.ids)),
    Measure(
        "bytes_per_token",
        "Bytes per token",
        "B",
        "UTF-8 bytes of the text ÷ tokens.",
        lambda cut, ruler: metrics.ratio(ruler.bytes, len(cut.ids)),
    ),
    Measure(
        "characters_per_token",
        "Characters per token",
        "",
        "Code points of the text ÷ tokens.",
        lambda cut, ruler: metrics.ratio(len(ruler.text), len(cut.ids)),
    ),
    Measure(
        "tokens_per_character",
        "Tokens per character",
        "",
        "Tokens ÷ code points of the text.",
        lambda cut, ruler: metrics.ratio(len(cut.ids), len(ruler.text)),
    ),
    Measure(
        "graphemes_per_token",
        "Graphemes per token",
        "",
        "Signs as a reader sees them ÷ tokens.",
        lambda cut, ruler: metrics.ratio(ruler.graphemes, len(cut.ids)),
    ),
    Measure(
        "fertility",
        "Tokens per word (fertility)",
        "",
        f"Tokens of the running text ÷ words. {RULE}",
        lambda cut, ruler: metrics.ratio(len(cut.ids), len(ruler.words)),
    ),
    Measure(
        "compression",
        "Length against {reference}",
        "×",
        "Tokens ÷ tokens of {reference} on the same text.",
        lambda cut, ruler: metrics.ratio(len(cut.ids), len(ruler.reference.ids)),
    ),
    Measure(
        "continued_tokens",
        "Continuing tokens, words alone",
        "%",
        "Of the tokens of words encoded alone, those that go on a word: Σ max(0, t − 1) ÷ Σ t.",
        lambda cut, ruler: _percent(metrics.continued_rate(cut.per_word(ruler, spaced=False))),
    ),
    Measure(
        "continued_tokens_spaced",
        "Continuing tokens, words after a space",
        "%",
        "The same with a space before each word, as words stand in running text.",
        lambda cut, ruler: _percent(metrics.continued_rate(cut.per_word(ruler, spaced=True))),
    ),
    Measure(
        "split_words",
        "Cut words, alone",
        "%",
        "Words that take more than one token when encoded alone.",
        lambda cut, ruler: _percent(metrics.split_share(cut.per_word(ruler, spaced=False))),
    ),
    Measure(
        "split_words_spaced",
        "Cut words, after a space",
        "%",
        "Words that take more than one token with a space before them.",
        lambda cut, ruler: _percent(metrics.split_share(cut.per_word(ruler, spaced=True))),
    ),
    Measure(
        "single_token_types",
        "Different words kept whole",
        "%",
        "Of the different words of the text, those that are one token when encoded alone.",
        lambda cut, ruler: _percent(metrics.whole_share(cut.per_word_type(ruler))),
    ),
    Measure(
        "renyi_efficiency",
        "Rényi efficiency",
        "",
        "Rényi entropy of the tokens ÷ log of how many different ones occur: 1 is an even use of all.",
        lambda cut, ruler: metrics.renyi_efficiency(cut.ids, ruler.renyi_power),
    ),
    Measure(
        "type_token_ratio",
        "Different tokens ÷ tokens",
        "",
        "Type-token ratio; falls with the length of the text.",
        lambda cut, _: metrics.ratio(len(set(cut.ids)), len(cut.ids)),
    ),
    Measure(
        "vocabulary_use",
        "Vocabulary used",
        "%",
        "Different tokens of the text ÷ size of the vocabulary; grows with the length of the text.",
        lambda cut, _: _percent(metrics.ratio(len(set(cut.ids)), cut.tokenizer.vocabulary_size)),
    ),
    Measure(
        "unknown_tokens",
        "Unknown tokens",
        "%",
        "Tokens that stand for text the tokenizer does not know.",
        lambda cut, _: _percent(metrics.ratio(cut.ids.count(_unknown_id(cut)), len(cut.ids))),
    ),
    Measure(
        "unknown_characters",
        "Characters lost as unknown",
        "%",
        "Code points of the text that unknown tokens cover.",
        lambda cut, ruler: _percent(metrics.ratio(_unknown(cut, ruler), len(ruler.text))),
    ),
    Measure(
        "partial_tokens",
        "Tokens that are no whole characters",
        "%",
        "Tokens of the text whose bytes alone are not valid UTF-8.",
        lambda cut, _: _percent(metrics.partial_share(cut.tokenizer, cut.ids)),
    ),
    Measure(
        "partial_vocabulary",
        "The same in the vocabulary",
        "%",
        "Tokens of the vocabulary whose bytes alone are not valid UTF-8.",
        lambda cut, _: _percent(metrics.partial_vocabulary(cut.tokenizer)),
    ),
    Measure(
        "vocabulary",
        "Vocabulary",
        "",
        "How many ids the tokenizer has, special ones included.",
        lambda cut, _: cut.tokenizer.vocabulary_size,
    ),
]

_COST = Measure(
    "cost",
    "Cost",
    "",
    "Tokens × the given price of a million tokens, in that price's currency.",
    lambda cut, ruler: None if ruler.price is None else len(cut.ids) * ruler.price / 1e6,
)


def _unknown_id(cut: Cut) -> int:
    return -1 if cut.tokenizer.unk_id is None else cut.tokenizer.unk_id


def table(cuts: Sequence[Cut], ruler: Ruler) -> list[Metric]:
    """Every measure of every cut; the cost only where a price is given."""
    rows = MEASURES if ruler.price is None else [*MEASURES, _COST]
    return [
        Metric(
            name=row.name,
            label=row.label.replace("{reference}", ruler.reference.key),
            unit=row.unit,
            meaning=row.meaning.replace("{reference}", ruler.reference.key),
            values=[None if (value := row.take(cut, ruler)) is None else float(value) for cut in cuts],
        )
        for row in rows
    ]
