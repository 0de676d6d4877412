"""A text as canonical tokens, cut where every way to cut it into tokens cuts."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workers.core.covers import Covers
from workers.core.text_passes import TextPasses


@dataclass(frozen=True)
class Stretch:
    """Bytes [start, stop) of the text between two places at which every cut agrees, and its canonical tokens.

    `before` is the text of the stretch before it (empty at the start), `lead` what the first token's bytes begin
    with that is not in the text: the dummy space.
    """

    start: int
    stop: int
    tokens: list[int]
    before: str
    lead: bytes


@dataclass(frozen=True)
class Plan:
    """A run of text, `start` bytes into the strip's, as canonical tokens behind the ids `prefix`."""

    prefix: list[int]
    text: str
    start: int
    tokens: list[int]
    lead: bytes


def plan_of(text: TextPasses) -> Plan | None:
    """The last run of tokens without a special one; None where its tokens do not spell it, or are not canonical."""
    strip, places, ids = text.scored.strip, text.scored.places, text.scored.ids
    plain = [not strip.units[place].special for place in places]
    stop = next((at + 1 for at in reversed(range(len(ids))) if plain[at]), 0)
    start = next((at + 1 for at in reversed(range(stop)) if not plain[at]), 0)
    if stop == start:
        return None
    low = strip.units[places[start]].byte_start or 0
    high = strip.units[places[stop - 1]].byte_end or 0
    said = strip.text().encode()[low:high].decode(errors="ignore")
    opens = low == 0 and not any(plain[:start])
    return _spelled(text, ids[:start], said, low, None if opens else ids[start:stop])


def plan_of_prompt(text: TextPasses) -> Plan | None:
    """The prompt of a causal model, as `plan_of` has the whole text; None where something else follows it."""
    if text.model.sequence_to_sequence:
        return None
    units_of, places = text.prompt.strip.units, text.prompt.places
    plain = [not units_of[place].special for place in places]
    first = next((at for at, one in enumerate(plain) if one), len(plain))
    if not all(plain[first:]):
        return None
    return _spelled(text, text.prompt.ids[:first], text.source_text, 0, None)


def _spelled(text: TextPasses, prefix: list[int], said: str, start: int, given: list[int] | None) -> Plan | None:
    tokenizer = text.model.tokenizer
    tokens = tokenizer.ids(said)
    if given is not None and tokens != given:
        return None
    data = b"".join(tokenizer.token_bytes(id) for id in tokens)
    if data not in (said.encode(), b" " + said.encode()) or any(tokenizer.is_special(id) for id in tokens):
        return None
    return Plan(prefix, said, start, tokens, data[: len(data) - len(said.encode())])


def stretches_of(covers: Covers, plan: Plan, longest: int) -> list[Stretch]:
    """The text cut where every cut agrees (before whole characters), and within longer stretches before tokens."""
    data = plan.text.encode()
    sizes = [len(covers.tokenizer.token_bytes(id)) for id in plan.tokens]
    starts = (np.cumsum([0, *sizes]) - len(plan.lead)).clip(0).tolist()
    sure = {at for at in covers.cuts(data) if data[at] & 0xC0 != 0x80}
    cuts = [0]
    for place, at in enumerate(starts[1:-1], 1):
        whole = data[at] & 0xC0 != 0x80
        if at in sure or (whole and starts[place + 1] - cuts[-1] > longest):
            cuts.append(at)
    edges = [*cuts, len(data)]
    found = []
    before = ""
    for start, stop in pairwise(edges):
        low, high = (
            (0 if start == 0 else starts.index(start)),
            (len(plan.tokens) if stop == len(data) else starts.index(stop)),
        )
        found.append(Stretch(start, stop, plan.tokens[low:high], before, plan.lead if start == 0 else b""))
        before = data[start:stop].decode()
    return found
