"""Samples as strips: what a model might as well have said, each text on an axis of its own."""

from dataclasses import replace

from workers.contract import Strip
from workers.core.reading import Tokens
from workers.core.sampling import Sample
from workers.core.text_passes import TextPasses
from workers.models.tokenizing import continue_text, units


def sample_tokens(text: TextPasses, sample: Sample, id: str, label: str) -> Tokens:
    """The strip of one sample, cut as it was drawn: its first token keeps the space that parts it from the prompt."""
    tokenizer = text.model.tokenizer
    before = "" if text.model.sequence_to_sequence else text.source_text
    pieces = tokenizer.encode(before, special_text=text.reading.special_text) if before else []
    both = continue_text(tokenizer, before, pieces, sample.ids)
    start = len(before.encode())
    own = [replace(piece, start=piece.start - start, end=piece.end - start) for piece in both.pieces]
    made = units(tokenizer, both.continuation, own, generated_from=0)
    strip = Strip(id=id, role="sample", label=label, tokenizer=tokenizer.name, units=made)
    places = [index for index, unit in enumerate(made) if unit.id is not None]
    return Tokens(strip, [unit.id for unit in made if unit.id is not None], places)
