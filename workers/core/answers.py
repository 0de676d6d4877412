"""What a model would answer, greedily, from a row of an objective on: read from vectors, so that masked units count."""

import torch

from workers.core.objectives import CausalObjective, EncoderDecoderObjective, Objective


def answer_begins(objective: Objective, last: int) -> int:
    """The row from which the answer is asked for: where the continuation begins, else the first target.

    `last` is the last row that is changed: of a continuation that is changed itself only the rest is asked for.
    """
    strips = {strip.id: strip for strip in objective.strips}
    said = [
        row
        for row, place in enumerate(objective.places)
        if strips[place.strip].units[place.unit].segment in ("generated", "predicted")
    ]
    if said and last < said[0]:
        return said[0]
    return min(objective.starts) if isinstance(objective, CausalObjective) else len(objective.places)


@torch.no_grad()
def greedy_answer(objective: Objective, begin: int, tokens: int) -> list[int] | None:
    """At most `tokens` ids from row `begin` on, without the end token; None for a model that continues nothing."""
    if isinstance(objective, EncoderDecoderObjective):
        return _decoded(objective, begin, tokens)
    if isinstance(objective, CausalObjective):
        return _continued(objective, begin, tokens)
    return None


def _continued(objective: CausalObjective, begin: int, tokens: int) -> list[int]:
    model = objective.model
    found: list[int] = []
    given = objective.inputs[None, :begin]
    states, past = model.hidden(embeds=given, cache=True)
    room = _room(model.context, begin, tokens)
    while len(found) < room:
        id = int(model.logits(states[0, -1]).argmax())
        if id in model.end_ids:
            break
        found.append(id)
        if len(found) == room:
            break
        if past is not None:
            states, past = model.hidden(ids=model.ids([id]), past=past, cache=True)
        else:
            given = torch.cat([given, model.embed(model.ids([id])).to(given.dtype)], dim=1)
            states, _ = model.hidden(embeds=given)
    return found


def _decoded(objective: EncoderDecoderObjective, begin: int, tokens: int) -> list[int]:
    model, split = objective.model, objective.split
    encoded = model.encode(embeds=objective.inputs[None, :split])
    start = model.embed_output(model.ids([model.decoder_start])).to(objective.inputs.dtype)
    given = torch.cat([start, objective.inputs[None, split:begin]], dim=1)
    found: list[int] = []
    for _ in range(_room(model.context, given.shape[1], tokens)):
        states = model.decode(encoded, embeds=given)
        id = int(model.logits(states[0, -1]).argmax())
        if id in model.end_ids:
            break
        found.append(id)
        given = torch.cat([given, model.embed_output(model.ids([id])).to(given.dtype)], dim=1)
    return found


def _room(context: int | None, begin: int, tokens: int) -> int:
    return tokens if context is None else max(0, min(tokens, context - begin))
