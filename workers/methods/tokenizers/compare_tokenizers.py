"""Several tokenizers over one text: where each cuts, and what that costs."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workers.contract import (
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    SegmentationsPanel,
    Step,
    Strip,
    WorkedExample,
)
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.models.tokenizing import builtin_keys, load_tokenizer, title, units
from workers.models.tokenizing.losses import losses
from workers.models.tokenizing.metrics import shared_boundaries
from workers.models.tokenizing.table import Cut, Ruler, table

_WANTED = ("demo-lm", "demo-unigram", "demo-wordpiece", "bytes", "mistral-v3", "mistral-tekken")
_DEFAULT = [key for key in _WANTED if key in builtin_keys()]
_MOST_TOKENS = 300_000
"""Tokens of all strips together: about 60 MB of result."""

Key = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"x-kind": "tokenizer"})]


class CompareTokenizers(Method):
    """How different tokenizers cut the same bytes, and what that costs.

    Each row is one tokenizer's cut of the text. All lie on the same byte axis; the marked boundaries are those
    where every tokenizer cuts. Token counts of different tokenizers are not comparable by themselves, because a
    token stands for more text in one than in another: read them beside bytes per token. Every figure is computed
    from ids and bytes, without special tokens.
    """

    key: ClassVar[str] = "compare_tokenizers"
    name: ClassVar[str] = "Compare tokenizers"
    lens: ClassVar[Lens] = Lens.TOKENIZERS
    reads: ClassVar[str] = "Tiles are tokens; a boundary through all rows is one where every tokenizer cuts."
    caveat: ClassVar[str] = (
        "Vocabulary use, type-token ratio and Rényi efficiency change with the length of a text: compare them on one "
        "text only."
    )
    paper: ClassVar[str] = "Zouhar et al. 2023, Tokenization and the Noiseless Channel (ACL), for Rényi efficiency"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look at the same word in all rows: where one row has many narrow tiles, that tokenizer pays more "
            "for it. Then read bytes per token; more bytes in a token mean fewer tokens to pay for."
        ),
        example=WorkedExample(
            setting=("“the red ball” has 12 bytes. One tokenizer cuts it into 3 tokens, another into its 12 bytes."),
            given={"bytes": 12, "tokens": 3},
            steps=[
                Step(does="Bytes per token, first tokenizer", formula="12 / 3", gives=4),
                Step(does="Bytes per token, bytes alone", formula="12 / 12", gives=1),
                Step(does="Tokens of the second for one of the first", formula="12 / 3", gives=4),
            ],
            means=(
                "For the same text the second tokenizer needs four times as many tokens: four times as many "
                "steps, and a quarter of the room in a context of the same length."
            ),
        ),
        distrust=(
            "As a judgement of quality: fewer tokens are cheaper, not better understood. On short texts, and in "
            "languages that a tokenizer was not made for, single words decide the figures."
        ),
        papers=[
            Paper(
                citation="Zouhar et al.: Tokenization and the Noiseless Channel, ACL", year=2023, id="arXiv:2306.16842"
            ),
            Paper(
                citation=("Petrov et al.: Language Model Tokenizers Introduce Unfairness Between Languages, NeurIPS"),
                year=2023,
                id="arXiv:2305.15425",
            ),
        ],
    )
    produces: ClassVar[tuple[PanelKind, ...]] = ("segmentations",)
    queue: ClassVar[Literal["gpu", "cpu"]] = "cpu"

    tokenizers: Annotated[list[Key], Field(min_length=1, max_length=12, description="Whose cuts to compare.")] = (
        _DEFAULT
    )
    reference: Annotated[
        Key | None, Field(description="Lengths are compared with this tokenizer's; without one, with the first's.")
    ] = None
    renyi_power: Annotated[
        float, Field(ge=0, le=10, description="Order α of the Rényi entropy: 2.5 is the paper's, 1 is Shannon's.")
    ] = 2.5
    sampled_words: Annotated[
        int, Field(ge=1, le=5000, description="Over how many words, evenly spread, the rates of cut words are taken.")
    ] = 1000
    price: Annotated[
        float | None, Field(ge=0, le=1e6, description="Price of a million tokens; given one, the cost is shown.")
    ] = None

    def run(self, passes: Passes) -> Findings:
        """One strip per tokenizer, the boundaries that all share, and every measure of each."""
        text = passes.source_text
        keys = list(dict.fromkeys(self.tokenizers))
        cuts: list[Cut] = []
        for index, key in enumerate(keys):
            passes.report(f"Cutting with {key}", index / len(keys))
            cuts.append(_cut(passes, key, text))
            _check_size(cuts)
        reference = _cut(passes, self.reference, text) if self.reference else cuts[0]
        passes.report("Measuring", None)
        ruler = Ruler(text, reference, self.renyi_power, self.sampled_words, self.price)
        panel = SegmentationsPanel(
            strips=keys,
            shared=shared_boundaries([cut.pieces for cut in cuts], ruler.bytes),
            metrics=table(cuts, ruler),
            notes=[_notes(cut, passes, text) for cut in cuts],
        )
        strips = [_strip(cut, text, passes.source("text").id) for cut in cuts]
        return Findings(strips=strips, panels=[panel], figures=_figures(ruler))


def _cut(passes: Passes, key: str, text: str) -> Cut:
    tokenizer = load_tokenizer(key, passes.spec(key))
    return Cut(key, tokenizer, tokenizer.encode(text, special_text=passes.reading.special_text))


def _check_size(cuts: Sequence[Cut]) -> None:
    total = sum(len(cut.pieces) for cut in cuts)
    if total > _MOST_TOKENS:
        detail = (
            f"The cuts of {', '.join(cut.key for cut in cuts)} have {total:,} tokens together; a result holds at most "
            f"{_MOST_TOKENS:,}. Compare fewer tokenizers (bytes take the most room), or a shorter text."
        )
        raise Refusal("result-too-large", detail, field="text", limit=_MOST_TOKENS, value=total)


def _strip(cut: Cut, text: str, source: str) -> Strip:
    return Strip(
        id=cut.key,
        role="segmentation",
        label=title(cut.key),
        source=source,
        tokenizer=cut.key,
        units=units(cut.tokenizer, text, cut.pieces),
    )


def _notes(cut: Cut, passes: Passes, text: str) -> list[str]:
    """The switches behind the numbers: added specials, normalisation, dummy space, typed specials; and losses."""
    typed = "as the tokens they name" if passes.reading.special_text == "parse" else "as ordinary text"
    lost = losses(cut.tokenizer, text, cut.pieces)
    decoding = f"Decoding loses {', '.join(lost)}." if lost else "Decoding gives the text back exactly."
    return [
        f"{cut.tokenizer.algorithm}, {cut.tokenizer.vocabulary_size:,} tokens.",
        "No special tokens are added.",
        f"Special tokens typed into the text are read {typed}.",
        *cut.tokenizer.notes,
        decoding,
        f"Vocabulary {cut.tokenizer.hash[:16]}.",
    ]


def _figures(ruler: Ruler) -> dict[str, Figure]:
    counts = {
        "bytes": (ruler.bytes, "Bytes of UTF-8"),
        "characters": (len(ruler.text), "Characters (code points)"),
        "graphemes": (ruler.graphemes, "Graphemes (signs as read)"),
        "words": (len(ruler.words), "Words"),
    }
    return {name: Figure(value=float(value), label=label, domain=(0, None)) for name, (value, label) in counts.items()}
