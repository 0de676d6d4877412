"""How unexpected each byte was, however its text may be cut into tokens."""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Figure,
    Guide,
    Lens,
    Panel,
    PanelKind,
    Paper,
    ScoresPanel,
    Series,
    Step,
    Strip,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import decoder_after, first_generated
from workers.core.byte_passes import ByteRows, next_bytes_of
from workers.core.covers import Covers
from workers.core.decoding import Decoder
from workers.core.method import FORWARD, Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.stretches import Plan, Stretch, plan_of, plan_of_prompt, stretches_of
from workers.core.summaries import largest, possible
from workers.core.text_passes import TextPasses
from workers.models.tokenizing import units
from workers.models.tokenizing.bytewise import ByteTokenizer

Array = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

_SHOWN = 12
"""Next bytes that the chart shows."""
_CANONICAL = (
    "This tokenizer changes the text or cuts it at special tokens, so its bytes cannot be counted over: each token's "
    "surprisal stands at its first byte."
)


class ByteSurprisal(Method):
    """How unexpected each byte was: −ln P(byte | bytes before it), summed over all ways to cut the text into tokens.

    A model of tokens says of a text only what it says of one cut. The probability of bytes is the sum over all
    canonical token sequences that spell them, of which the last may reach beyond. So models with different
    tokenizers can be compared byte by byte, and a prompt that ends inside a token is no trap: the chart shows the
    next byte after it as the tokens alone have it (naive), with the last token taken back (healed), and exactly.
    """

    key: ClassVar[str] = "byte_surprisal"
    name: ClassVar[str] = "Byte surprisal"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model expected this byte less, whatever tokens it might have come in."
    caveat: ClassVar[str] = (
        "Raw distribution at temperature 1. Token sequences that the tokenizer would not write itself do not count; "
        "what the model wastes on them is lost. Without a BOS token the first word has no value."
    )
    paper: ClassVar[str] = (
        "Phan et al.: Exact Byte-Level Probabilities from Tokenized Language Models, arXiv 2410.09303"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Use it to compare models with different tokenizers, letter by letter. In the chart, compare the "
            "naive and the exact next byte: where they differ, your prompt ends inside a token."
        ),
        example=WorkedExample(
            setting=(
                "A vocabulary holds “a” (0.5), “b” (0.2) and “ab” (0.3). How probable is it that the text begins "
                "with the letter a?"
            ),
            given={"a": 0.5, "b": 0.2, "ab": 0.3},
            steps=[
                Step(does="Both tokens that begin with a", formula="0.5 + 0.3", gives=0.8),
                Step(does="Surprisal of the byte", formula="−ln(0.8)", gives=0.223),
            ],
            means=(
                "The token “a” alone would have the surprisal 0.69. The byte is far less surprising, because the "
                "text may also begin with the token “ab”."
            ),
        ),
        distrust=(
            "For texts that are cut off by “last bytes” or contain very long words: stretches without a sure cut "
            "are cut anyway. What the model wastes on spellings that the tokenizer never writes is missing."
        ),
        papers=[
            Paper(
                citation=("Phan et al.: Exact Byte-Level Probabilities from Tokenized Language Models, ICLR 2025"),
                year=2024,
                id="arXiv:2410.09303",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "chart")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=1.4, of=["bytes"], limit="last_bytes")],
        most=[FORWARD, Term(times=8, of=["bytes"], limit="last_bytes")],
    )

    validity: Annotated[
        Literal["checked", "skipped"],
        Field(description="Leave out tokens that the tokenizer would have cut otherwise, or count them (faster)."),
    ] = "checked"
    last_bytes: Annotated[int, Field(ge=1, le=4096, description="Only this many bytes at the end are computed.")] = 512
    longest: Annotated[
        int, Field(ge=4, le=256, description="Stretches without a sure cut are cut after this many bytes.")
    ] = 64

    def statistics(self) -> Sequence[Statistic]:
        """Log-probabilities of the tokens, to set beside those of the bytes."""
        return (TokenLogProbability(),)

    @torch.no_grad()
    def run(self, passes: Passes) -> Findings:
        """Tracks `surprisal` [nat] per byte and per token; the next byte at the end of the prompt three ways."""
        text = passes.text
        covers = Covers(text.model.tokenizer, text.model.vocabulary)
        tokens = -possible(text.statistic(TokenLogProbability())["log_probability"]) + 0.0
        plan = plan_of(text)
        strip = _byte_strip(text)
        figures: dict[str, Figure] = {}
        if plan is None:
            surprisal = _at_first_bytes(text, tokens, len(strip.units))
        else:
            surprisal, canonical = self._surprisal(passes, covers, plan, len(strip.units))
            figures = _figures(surprisal, canonical)
        panels: list[Panel] = [
            ScoresPanel(strip=name, tracks=[_track(values)])
            for name, values in ((strip.id, surprisal), (text.scored.strip.id, tokens))
            if np.isfinite(values).any()
        ]
        reader = f"Validity: {self.validity}. "
        return Findings(
            strips=[*(one.strip for one in text.strips), strip],
            panels=[*panels, self._next(text, covers, plan)],
            figures=figures,
            caveat=reader + (f"{_CANONICAL} {self.caveat}" if plan is None else self.caveat),
        )

    def _surprisal(self, passes: Passes, covers: Covers, plan: Plan, size: int) -> tuple[Array, float]:
        """Surprisal of each byte of the strip, and that of the canonical tokens over the same bytes together."""
        found = np.full(size, np.nan, np.float32)
        state, stretches = self._begin(passes.text, covers, plan)
        canonical = carried = 0.0
        data = plan.text.encode()
        for index, stretch in enumerate(stretches):
            passes.report("Counting ways to cut the text", index / len(stretches))
            rows = ByteRows(covers, state, stretch, data, checked=self.validity == "checked")
            logs = rows.beginnings()
            with np.errstate(invalid="ignore"):
                steps = logs[:-1] - logs[1:]
                steps[0] += carried
                carried = float(logs[-1]) - rows.log_probability  # the tokens that reach beyond the stretch
                steps = np.maximum(steps, 0.0)
            at = plan.start + stretch.start
            found[at : at + len(steps)] = np.where(np.isfinite(steps), steps, np.nan)
            canonical -= rows.log_probability
            state.extend(stretch.tokens)
        return found, canonical

    def _begin(self, text: TextPasses, covers: Covers, plan: Plan) -> tuple[Decoder, list[Stretch]]:
        """A decoder that has read what stands before the stretches that are computed."""
        stretches = stretches_of(covers, plan, self.longest)
        room = len(plan.text.encode()) - self.last_bytes
        first = next((at for at, one in enumerate(stretches) if one.start >= room), len(stretches) - 1)
        if not plan.prefix and not text.model.sequence_to_sequence:
            first = max(1, first)
        read = [*plan.prefix, *(id for one in stretches[:first] for id in one.tokens)]
        return decoder_after(text, read), stretches[first:]

    def _next(self, text: TextPasses, covers: Covers, plan: Plan | None) -> ChartPanel:
        """The distribution of the byte behind the prompt: naive, healed and exact."""
        prompt = plan_of_prompt(text) if plan is not None else None
        stretches = stretches_of(covers, prompt, self.longest) if prompt is not None else []
        read = [*(prompt.prefix if prompt else []), *(id for one in stretches[:-1] for id in one.tokens)]
        if prompt is None or not read:
            row = text.row(first_generated(text)).double().softmax(-1).cpu().numpy()
            return _chart([("naive", next_bytes_of(covers, row))])
        last = stretches[-1]
        rows = ByteRows(
            covers, decoder_after(text, read), last, prompt.text.encode(), checked=self.validity == "checked"
        )
        taken = tuple(last.tokens)
        naive = next_bytes_of(covers, rows.rows[taken])
        before = rows.rows[taken[:-1]]
        healed = _healed(covers, before, taken[-1], naive)
        exact = rows.next_bytes()
        return _chart([("naive", naive), ("healed", healed), ("exact", exact / max(exact.sum(), 1e-300))])


def _byte_strip(text: TextPasses) -> Strip:
    """One unit for each byte of the scored strip's text."""
    scored = text.scored.strip
    said = scored.text()
    written = 0 if text.model.sequence_to_sequence else len(text.source_text.encode())
    tokenizer = ByteTokenizer()
    pieces = [
        piece if piece.start < written else type(piece)(piece.id, piece.start, piece.end, generated=True)
        for piece in tokenizer.encode(said)
    ]
    made = units(tokenizer, said, pieces, generated_from=min(written, len(said.encode())))
    return scored.model_copy(update={"id": "bytes", "label": "Bytes", "tokenizer": tokenizer.name, "units": made})


def _at_first_bytes(text: TextPasses, tokens: Array, size: int) -> Array:
    found = np.full(size, np.nan, np.float32)
    for unit, value in zip(text.scored.strip.units, tokens.tolist(), strict=True):
        if unit.byte_start is not None and unit.byte_start < (unit.byte_end or 0) and not unit.special:
            found[unit.byte_start] = value
    return found


def _healed(covers: Covers, before: Numbers, last: int, naive: Numbers) -> Numbers:
    """The last token is taken back: any token that begins with its bytes may stand there, itself too."""
    spelled = covers.tokenizer.token_bytes(last)
    every = covers.beginning(spelled)
    longer = float(before[covers.ids[every]].sum()) - float(before[last])
    mixed: Numbers = next_bytes_of(covers, before, spelled) * max(longer, 0.0) + naive * float(before[last])
    mixed /= max(mixed.sum(), 1e-300)
    return mixed


def _chart(series: list[tuple[str, Numbers]]) -> ChartPanel:
    best = np.max([values for _, values in series], axis=0)
    shown = [byte for byte in np.argsort(-best, kind="stable")[:_SHOWN].tolist() if best[byte] > 0]
    names = [_name(byte) for byte in shown]
    return ChartPanel(
        mark="bar",
        label="The byte after the prompt",
        x=ChartAxis(label="Byte", scale="band"),
        y=ChartAxis(label="Probability"),
        series=[
            Series(label=label, x=list(names), y=[float(values[byte]) for byte in shown]) for label, values in series
        ],
    )


def _name(byte: int) -> str:
    known = {0x20: "space", 0x0A: "newline", 0x09: "tab"}.get(byte)
    return known or (chr(byte) if 0x20 < byte < 0x7F else f"0x{byte:02X}")


def _track(values: Array) -> Track:
    return Track(
        name="surprisal",
        label="Surprisal",
        unit="nat",
        domain=(0.0, largest(values)),
        aggregate=["sum", "mean", "max"],
        values=values,
    )


def _figures(surprisal: Array, canonical: float) -> dict[str, Figure]:
    known = surprisal[~np.isnan(surprisal)].astype(float)
    size = known.size * math.log(2)
    exact = math.fsum(known) / size if size else None
    bound = canonical / size if size and math.isfinite(canonical) else None
    unit, domain = "bit", (0.0, None)
    return {
        "bits_per_byte": Figure(value=exact, label="Bits per byte", unit=unit, domain=domain),
        "bits_per_byte_canonical": Figure(value=bound, label="Of the canonical tokens", unit=unit, domain=domain),
    }
