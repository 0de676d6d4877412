"""What else could have stood at each unit: the most probable tokens, best first, on the colour of their mass."""

import numpy as np

from workers.contract import AlternativesPanel, Candidate, Coloured, Result
from workers.export.layers import Layer
from workers.export.markup import Content, join, tag
from workers.export.metrics import text_width
from workers.export.numbers import number
from workers.export.paint import Paint
from workers.export.pictures.legend import legend
from workers.export.pictures.picture import SMALL, Picture, fitted, label, stack, words
from workers.export.scaling import Scaler
from workers.export.tiles import LABELS, unit_name

PROBABILITY = Coloured(name="probability", label="Probability", domain=(0.0, 1.0))
SCALER = Scaler("sequential", 0.0, 1.0)
ROW = 19.0
NAME = 110.0


def alternatives(
    result: Result, panel: AlternativesPanel, paint: Paint, width: float, rows: int = 40, best: int = 5
) -> Picture:
    """The first `rows` units that have alternatives, and the `best` tokens of each with their probabilities."""
    strip = result.strip(panel.strip)
    known = [index for index in range(len(strip.units)) if np.isfinite(panel.probabilities[index]).any()]
    parts: list[Content] = []
    column = (width - NAME) / best
    for place, index in enumerate(known[:rows]):
        y = place * ROW
        name = fitted(unit_name(strip.units[index], index), NAME - 10)
        parts.append(label(name, 0, y + 13, paint.named("ink"), SMALL + 0.5, font_weight=600))
        for at in range(min(best, panel.choices.shape[1])):
            if np.isfinite(panel.choices[index, at]):
                candidate = panel.candidates[int(panel.choices[index, at])]
                share = float(panel.probabilities[index, at])
                parts.append(_cell(candidate, share, NAME + at * column, y, column - 3, paint))
    drawn = Picture(join(parts, "\n"), width, ROW * min(rows, len(known)))
    scale = legend(Layer(PROBABILITY, strip, np.zeros(1, np.float32), SCALER), paint)
    more = len(known) - rows
    note = [words(f"{more} further units are in the CSV.", paint, width, SMALL, "muted")] if more > 0 else []
    return stack([drawn, scale, *note])


def candidate_name(candidate: Candidate) -> str:
    """A candidate's text with line breaks and tabs as marks, or its id where it has none."""
    return "".join(LABELS.get(char, char) for char in candidate.text) or f"id {candidate.id}"


def _cell(candidate: Candidate, share: float, x: float, y: float, width: float, paint: Paint) -> Content:
    level = SCALER.level(share)
    said = number(share, 2)
    room = width - text_width(said, SMALL - 1) - 14
    name = candidate_name(candidate)
    return tag(
        "g",
        tag("title", f"“{name}” (token {candidate.id}): {number(share)}"),
        tag("rect", x=x, y=y, width=width, height=ROW - 3, **paint.fill(level)),
        label(fitted(name.strip(" ") or "␠", room), x + 5, y + 12.5, paint.ink(level), SMALL + 0.5),
        label(said, x + width - 5, y + 12.5, paint.ink(level), SMALL - 1, text_anchor="end"),
    )
