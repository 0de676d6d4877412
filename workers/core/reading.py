"""From a text and a reading to ids and a strip; where each token's number goes among the units."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.contract import Continuation, Reading, Refusal, Strip, StripRole, Unit, encode_bytes
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

    def with_predicted(self, model: LanguageModel, id: int) -> "Tokens":
        """The same strip with the greedy next token behind it, as one unit of segment `predicted`."""
        data = model.tokenizer.token_bytes(id)
        special = model.tokenizer.is_special(id)
        text = data.decode(errors="replace")
        unit = Unit(kind="token", id=id, text=text, bytes=encode_bytes(data), segment="predicted", special=special)
        if special:
            unit = unit.model_copy(update={"text": "", "surface": model.tokenizer.token_string(id)})
        strip = self.strip.model_copy(update={"units": [*self.strip.units, unit]})
        return replace(self, strip=strip, ids=[*self.ids, id], places=[*self.places, len(self.strip.units)])


def read_text(
    model: LanguageModel, text: str, reading: Reading, source: str | None, continuation: Continuation | None = None
) -> Tokens:
    """The ids of a text as the model reads it, and of a causal model's continuation: one strip, two segments."""
    chat = reading.template == "chat"
    before, after = model.template(text) if chat else ("", "")
    opening = _template(model, before) + _specials(model, [] if chat else model.prefix(reading.bos))
    closing = _template(model, after) + _specials(model, model.suffix)
    pieces = model.tokenizer.encode(text, special_text=reading.special_text)
    if continuation is None or model.sequence_to_sequence:
        cut = units(model.tokenizer, text, pieces)
    else:
        both = continue_text(model.tokenizer, text, pieces, continuation.ids)
        cut = units(model.tokenizer, both.text, [*pieces, *both.pieces], generated_from=len(text.encode()))
    own = [unit for unit in cut if unit.segment != "generated"]
    generated = [unit for unit in cut if unit.segment == "generated"]
    made = [*opening, *own, *closing, *generated]
    if model.sequence_to_sequence:
        return _tokens(model, "input", "input", "Input", made, source)
    return _tokens(model, "main", "text", "Prompt and continuation" if generated else "Text", made, source)


def continuation_text(model: LanguageModel, text: str, reading: Reading, ids: list[int]) -> str:
    """What generated ids say after a text (of an encoder-decoder: by themselves)."""
    if model.sequence_to_sequence:
        return continue_text(model.tokenizer, "", [], ids).continuation
    pieces = model.tokenizer.encode(text, special_text=reading.special_text)
    return continue_text(model.tokenizer, text, pieces, ids).continuation


def read_output(model: LanguageModel, continuation: Continuation) -> Tokens:
    """The output strip of an encoder-decoder."""
    both = continue_text(model.tokenizer, "", [], continuation.ids)
    made = units(model.tokenizer, both.text, both.pieces, generated_from=0)
    return _tokens(model, "output", "output", "Output", made, None)


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
