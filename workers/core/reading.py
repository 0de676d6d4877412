"""From a text and a reading to ids and a strip; where each token's number goes among the units."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.contract import Continuation, Reading, Refusal, Strip, StripRole, Unit
from workers.models.language import LanguageModel
from workers.models.tokenizing import Piece, continue_text, units


@dataclass(frozen=True)
class Tokens:
    """A strip and the ids that the model reads for it; `places` is the unit of each id (gaps have none)."""

    strip: Strip
    ids: list[int]
    places: list[int]

    def scatter(self, values: Any) -> npt.NDArray[np.float32]:
        """Numbers per token (…, ids) as numbers per unit (…, units), NaN where there is no token."""
        array = np.asarray(values, dtype=np.float32)
        spread = np.full((*array.shape[:-1], len(self.strip.units)), np.nan, np.float32)
        spread[..., self.places[: array.shape[-1]]] = array
        return spread

    def between(self, start: int, stop: int) -> tuple[int, int]:
        """The half-open range of tokens among the units [start, stop)."""
        inside = [token for token, place in enumerate(self.places) if start <= place < stop]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)


def read_text(
    model: LanguageModel,
    text: str,
    reading: Reading,
    source: str | None,
    continuation: Continuation | None = None,
    predicted: int | None = None,
) -> Tokens:
    """The ids of a text as the model reads it, and of a causal model's continuation: one strip, two segments.

    `predicted` is one more token, which the model would say next: the last unit, a segment by itself.
    """
    opening, closing = _around(model, text, reading)
    pieces = model.tokenizer.encode(text, special_text=reading.special_text)
    follow = [] if continuation is None or model.sequence_to_sequence else list(continuation.ids)
    follow += [] if predicted is None else [predicted]
    if not follow:
        cut = units(model.tokenizer, text, pieces)
    else:
        both = continue_text(model.tokenizer, text, pieces, follow)
        cut = units(model.tokenizer, both.text, [*pieces, *both.pieces], generated_from=len(text.encode()))
    own = [unit for unit in cut if unit.segment != "generated"]
    generated = [unit for unit in cut if unit.segment == "generated"]
    if predicted is not None:
        generated = _with_predicted(generated)
    made = [*opening, *own, *closing, *generated]
    if model.sequence_to_sequence:
        return _tokens(model, "input", "input", "Input", made, source)
    label = "Text" if continuation is None else "Prompt and continuation"
    return _tokens(model, "main", "text", label, made, source)


def read_again(model: LanguageModel, text: str, said: str, reading: Reading, source: str | None, id: str) -> Tokens:
    """A text and what another model said after it, cut anew by this model's tokenizer, on a strip of this id.

    Of an encoder-decoder it is its output alone. A token may cover the end of the one and the beginning of the other.
    """
    label, tokenizer = f"As “{model.key}” cuts it", model.tokenizer
    if model.sequence_to_sequence:
        made = units(tokenizer, said, _generated(tokenizer.encode(said), 0), generated_from=0)
        return _tokens(model, id, "output", label, made, None)
    opening, closing = _around(model, text, reading)
    stop = len(text.encode())
    if reading.template == "chat":  # what the model's turn begins with is no part of the person's
        pieces = tokenizer.encode(text, special_text=reading.special_text) + _generated(tokenizer.encode(said), stop)
    else:
        pieces = tokenizer.encode(text + said, special_text=reading.special_text)
        stop = max([stop, *(piece.end for piece in pieces if piece.start < stop)])
        pieces = [piece if piece.start < stop else replace(piece, generated=True) for piece in pieces]
    made = units(tokenizer, text + said, pieces, generated_from=stop)
    own = [unit for unit in made if unit.segment != "generated"]
    return _tokens(model, id, "text", label, [*opening, *own, *closing, *made[len(own) :]], source)


def _generated(pieces: list[Piece], shift: int) -> list[Piece]:
    return [replace(piece, start=piece.start + shift, end=piece.end + shift, generated=True) for piece in pieces]


def _around(model: LanguageModel, text: str, reading: Reading) -> tuple[list[Unit], list[Unit]]:
    """The special and template tokens before a text, and after it."""
    chat = reading.template == "chat"
    before, after = model.template(text) if chat else ("", "")
    opening = _template(model, before) + _specials(model, [] if chat else model.prefix(reading.bos))
    return opening, _template(model, after) + _specials(model, model.suffix)


def _with_predicted(generated: list[Unit]) -> list[Unit]:
    """The last token, and a space that its tokenizer leaves out before it, in a segment of their own."""
    start = len(generated) - (2 if len(generated) > 1 and generated[-2].kind == "gap" else 1)
    return generated[:start] + [unit.model_copy(update={"segment": "predicted"}) for unit in generated[start:]]


def continuation_text(model: LanguageModel, text: str, reading: Reading) -> Callable[[list[int]], str]:
    """What generated ids say after a text (of an encoder-decoder: by themselves)."""
    before = "" if model.sequence_to_sequence else text
    pieces = model.tokenizer.encode(before, special_text=reading.special_text) if before else []
    return lambda ids: continue_text(model.tokenizer, before, pieces, ids).continuation


def read_output(model: LanguageModel, continuation: Continuation, predicted: int | None = None) -> Tokens:
    """The output strip of an encoder-decoder; `predicted` is one more token, which it would say next."""
    both = continue_text(model.tokenizer, "", [], [*continuation.ids, *([] if predicted is None else [predicted])])
    made = units(model.tokenizer, both.text, both.pieces, generated_from=0)
    if predicted is not None:
        made = _with_predicted(made)
    return _tokens(model, "output", "output", "Output", made, None)


def respliced(tokens: Tokens, ids: Mapping[int, Sequence[int]]) -> Tokens:
    """Tokens where other ids stand in these rows, on the unit that they take the place of; the strip stays as it is."""
    rows = list(zip(tokens.ids, tokens.places, strict=False))
    made = [(new, place) for row, (id, place) in enumerate(rows) for new in ids.get(row, (id,))]
    return Tokens(tokens.strip, [id for id, _ in made], [place for _, place in made])


def read_ids(model: LanguageModel, ids: Sequence[int], id: str, role: StripRole, label: str) -> Tokens:
    """Ids as a strip of their own, whatever text they come from; ids that are no text stand as special tokens."""
    both = continue_text(model.tokenizer, "", [], list(ids))
    made = [
        unit.model_copy(
            update={"special": unit.special or (unit.id is not None and not unit.text and bool(unit.surface))}
        )
        for unit in units(model.tokenizer, both.text, both.pieces, generated_from=0)
    ]
    return _tokens(model, id, role, label, made, None)


def _specials(model: LanguageModel, ids: list[int]) -> list[Unit]:
    names = [model.tokenizer.token_string(id) for id in ids]
    return [
        Unit(kind="token", id=id, text="", surface=name, segment="prompt", special=True)
        for id, name in zip(ids, names, strict=True)
    ]


def _template(model: LanguageModel, text: str) -> list[Unit]:
    pieces: list[Piece] = model.tokenizer.encode(text, special_text="parse") if text else []
    cut = units(model.tokenizer, text, pieces, segment="template")
    return [
        Unit(kind="token", id=unit.id, text="", surface=unit.surface or unit.text, segment="template", special=True)
        for unit in cut
        if unit.id is not None
    ]


def _tokens(model: LanguageModel, id: str, role: StripRole, label: str, made: list[Unit], source: str | None) -> Tokens:
    strip = Strip(id=id, role=role, label=label, source=source, tokenizer=model.tokenizer.name, units=made)
    places = [index for index, unit in enumerate(made) if unit.id is not None]
    return Tokens(strip, [unit.id for unit in made if unit.id is not None], places)


def check_length(model: LanguageModel, tokens: int, wanted: int) -> None:
    """Raises Refusal when `tokens` and the `wanted` new ones do not fit the model's context, naming the numbers."""
    if model.context is None or tokens + wanted <= model.context:
        return
    room = f" and {wanted} more were asked for" if wanted else ""
    detail = (
        f"The text has {tokens:,} tokens of “{model.key}”{room}; the model's context holds {model.context:,}. "
        "Cut the text, or choose a model with a longer context."
    )
    raise Refusal("text-too-long", detail, field="text", limit=model.context - wanted, value=tokens)


def check_output(model: LanguageModel, wanted: int) -> None:
    """Raises Refusal when an encoder-decoder's output has no room for `wanted` tokens, naming the numbers."""
    if model.context is not None and wanted >= model.context:
        limit = model.context - 1
        detail = f"{wanted:,} new tokens were asked for; the output of “{model.key}” holds {limit:,}."
        raise Refusal("continuation-too-long", detail, field="generate.max_new_tokens", limit=limit, value=wanted)


def check_room(model: LanguageModel, tokens: int, wanted: int) -> None:
    """Raises Refusal when a text of `tokens` with `wanted` new ones does not fit, naming the numbers."""
    if model.sequence_to_sequence:
        check_output(model, wanted)
    check_length(model, tokens, 0 if model.sequence_to_sequence else wanted)


def check_begin(model: LanguageModel, begin: list[int]) -> None:
    """Raises Refusal when a continuation is to begin with an id that is none of the vocabulary's."""
    for index, id in enumerate(begin):
        if not 0 <= id < model.vocabulary:
            last = model.vocabulary - 1
            detail = f"The continuation is to begin with token id {id}; the ids of “{model.key}” are 0 to {last:,}."
            raise Refusal("begin-out-of-range", detail, field=f"generate.begin.{index}", limit=last, value=id)
