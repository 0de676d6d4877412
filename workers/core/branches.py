"""Texts that leave the scored one at some token: a decoder that stands there, and strips of what it says."""

from collections.abc import Sequence

from workers.contract import Unit
from workers.core.decoding import Decoder
from workers.core.reading import Tokens, check_room
from workers.core.text_passes import TextPasses
from workers.models.tokenizing import Piece, continue_text, units


def first_generated(text: TextPasses) -> int:
    """The index among the scored tokens of the first one that was generated; without any, behind the last."""
    return 0 if text.model.sequence_to_sequence else len(text.prompt.ids)


def decoder_after(text: TextPasses, ids: Sequence[int]) -> Decoder:
    """A decoder that goes on after these ids, which begin the scored strip (of an encoder-decoder, its output)."""
    if not text.model.sequence_to_sequence:
        return Decoder(text.model, ids)
    state = Decoder(text.model, text.prompt.ids)
    state.force(ids)
    return state


def room_after(text: TextPasses, ids: Sequence[int], wanted: int) -> int:
    """How many of `wanted` new tokens fit after these ids. Raises Refusal when not even one does."""
    model = text.model
    if model.context is None:
        return wanted
    room = model.context - len(ids) - (1 if model.sequence_to_sequence else 0)
    if room < 1:
        check_room(model, len(ids), 1 if not model.sequence_to_sequence else len(ids) + 1)
    return min(wanted, room)


def text_before(text: TextPasses, token: int) -> str:
    """What the scored strip says before its token of this index."""
    strip = text.scored.strip
    end = text.scored.places[token] if token < len(text.scored.places) else len(strip.units)
    return "".join(unit.text or "" for unit in strip.units[:end] if not unit.special)


def ids_behind(text: TextPasses, said: str, token: int) -> list[int]:
    """The tokens of `said` where the scored token of this index stands: no space is put before it that was not typed.

    So they are read behind a letter, where the tokenizer would begin a text with a space.
    """
    tokenizer = text.model.tokenizer
    letter = tokenizer.ids("a")
    behind = tokenizer.ids("a" + said) if token and tokenizer.dummy_prefix else []
    return behind[len(letter) :] if behind[: len(letter)] == letter != behind else tokenizer.ids(said)


def branch_strip(
    text: TextPasses, ids: Sequence[int], *, after: Sequence[int], said: str, id: str, label: str, forced: int = 0
) -> Tokens:
    """The strip of `ids` alone, which follow the tokens `after`, which say `said`; the first `forced` are no draws."""
    tokenizer = text.model.tokenizer
    before = [Piece(one, 0, 0, special=tokenizer.is_special(one)) for one in after]
    both = continue_text(tokenizer, said, before, ids)
    shift = len(said.encode())
    pieces = [
        Piece(one.id, one.start - shift, one.end - shift, one.surface, one.special, generated=True)
        for one in both.pieces
    ]
    made = units(tokenizer, both.continuation, pieces, generated_from=0)
    places = [index for index, unit in enumerate(made) if unit.id is not None]
    if forced:
        edge = places[forced] if forced < len(places) else len(made)
        made = [unit.model_copy(update={"segment": "prompt"}) for unit in made[:edge]] + made[edge:]
    strip = text.scored.strip.model_copy(
        update={"id": id, "role": "sample", "label": label, "source": None, "units": made}
    )
    return Tokens(strip, list(ids), places)


def sample_strip(text: TextPasses, ids: Sequence[int], *, id: str, label: str) -> Tokens:
    """The strip of what was drawn after the prompt (of an encoder-decoder: by itself)."""
    if text.model.sequence_to_sequence:
        return branch_strip(text, ids, after=[], said="", id=id, label=label)
    return branch_strip(text, ids, after=text.prompt.ids, said=text.source_text, id=id, label=label)


def joined(parts: Sequence[Tokens], *, id: str, label: str) -> tuple[Tokens, list[tuple[int, int]]]:
    """One strip that holds the units of several, one after the other, and where each part's units lie on it."""
    made: list[Unit] = []
    ranges = []
    bytes_before = chars_before = groups = 0
    for part in parts:
        start = len(made)
        said = part.strip.text()
        for unit in part.strip.units:
            moved = {
                "byte_start": (unit.byte_start or 0) + bytes_before,
                "byte_end": (unit.byte_end or 0) + bytes_before,
                "char_start": (unit.char_start or 0) + chars_before,
                "char_end": (unit.char_end or 0) + chars_before,
                "group": None if unit.group is None else unit.group + groups,
            }
            made.append(unit.model_copy(update=moved))
        bytes_before += len(said.encode())
        chars_before += len(said)
        groups = max([groups, *(unit.group + 1 for unit in made[start:] if unit.group is not None)])
        ranges.append((start, len(made)))
    strip = parts[0].strip.model_copy(update={"id": id, "label": label, "units": made})
    places = [index for index, unit in enumerate(made) if unit.id is not None]
    return Tokens(strip, [one for part in parts for one in part.ids], places), ranges
