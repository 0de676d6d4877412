"""Labelled answers, teacher-forced after their prompts: a few numbers for each token, in batches of rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import Reading, Refusal
from workers.contract.formats.labelled import BadRow, LabelledRow
from workers.core.reading import read_text
from workers.core.statistics import Entropy, RowChunk, TokenLogProbability, Top
from workers.models.language import LanguageModel
from workers.models.tokenizing import Piece

Array = npt.NDArray[np.float32]
Between = Literal["space", "newline", "nothing"]
BETWEEN: dict[Between, str] = {"space": " ", "newline": "\n", "nothing": ""}

BATCH_TOKENS = 2048
"""How many tokens are read at once, padding counted."""


@dataclass(frozen=True)
class Line:
    """A row as the model reads it.

    `read` are the ids that it is given, `ids` those of the answer that it has to predict; `first` is where they begin
    in `read` (of an encoder-decoder they are its output). `text` holds prompt and answer, on which both lie as pieces.
    `spans` says that a token belongs to prompt and answer alike.
    """

    row: LabelledRow
    text: str
    pieces: list[Piece]
    answer: list[Piece]
    read: list[int]
    first: int
    spans: bool = False

    @property
    def ids(self) -> list[int]:
        """The ids that are predicted."""
        return [piece.id for piece in self.answer]


@dataclass(frozen=True)
class ScoredAnswer:
    """Per token of the answer: ln p, entropy [nat], and the two largest probabilities (tokens, 2)."""

    line: Line
    log_probability: Array
    entropy: Array
    top: Array


def read_lines(
    model: LanguageModel, rows: Sequence[LabelledRow], reading: Reading, between: Between
) -> tuple[list[Line], list[BadRow]]:
    """Every row as the model reads it; rows that it cannot read, with the reason."""
    lines, bad = [], []
    for row in rows:
        try:
            lines.append(_fitting(model, _line(model, row, reading, between)))
        except ValueError as error:
            bad.append(BadRow(row.line, str(error), f"{row.prompt[:80]} … {row.answer[:80]}"))
    return lines, bad


def _line(model: LanguageModel, row: LabelledRow, reading: Reading, between: Between) -> Line:
    if model.sequence_to_sequence or reading.template == "chat":
        return _apart(model, row, reading)
    glue = "" if row.prompt[-1:].isspace() or row.answer[:1].isspace() or not row.prompt else BETWEEN[between]
    text = row.prompt + glue + row.answer
    pieces = model.tokenizer.encode(text, special_text=reading.special_text)
    border = len((row.prompt + glue).encode())
    first = next((index for index, piece in enumerate(pieces) if piece.end > border), len(pieces))
    before = model.prefix(reading.bos)
    read = [*before, *(piece.id for piece in pieces)]
    spans = first < len(pieces) and pieces[first].start < len(row.prompt.encode())
    if not before and not first:
        first = 1  # nothing stands before the first token, so nothing predicts it
    return Line(row, text, pieces, pieces[first:], read, len(before) + first, spans)


def _apart(model: LanguageModel, row: LabelledRow, reading: Reading) -> Line:
    """Prompt and answer as two texts: input and output, or a turn and what follows the template's end of it."""
    if not row.prompt:
        raise ValueError("the prompt is empty")
    given = read_text(model, row.prompt, reading, None).ids
    said = model.tokenizer.encode(row.answer, special_text=reading.special_text)
    text = f"{row.prompt}\n{row.answer}"
    shift = len(row.prompt.encode()) + 1
    answer = [replace(piece, start=piece.start + shift, end=piece.end + shift) for piece in said]
    pieces = [*model.tokenizer.encode(row.prompt, special_text=reading.special_text), *answer]
    if model.sequence_to_sequence:
        return Line(row, text, pieces, answer, given, len(given))
    return Line(row, text, pieces, answer, [*given, *(piece.id for piece in said)], len(given))


def _fitting(model: LanguageModel, line: Line) -> Line:
    if not line.answer:
        raise ValueError("no token of the answer has a prediction")
    size = max(len(line.read), len(line.ids) + 1) if model.sequence_to_sequence else len(line.read)
    if model.context is not None and size > model.context:
        raise ValueError(f"it has {size} tokens; the context of “{model.key}” holds {model.context}")
    return line


def score(
    model: LanguageModel, lines: Sequence[Line], report: Callable[[str, float | None], None]
) -> list[ScoredAnswer]:
    """The numbers of every answer, in the order of `lines`; `report` hears how far it is."""
    total = sum(len(line.read) + len(line.ids) for line in lines) or 1
    scored: dict[int, ScoredAnswer] = {}
    done = 0
    for batch in _batches(model, lines):
        report(f"Scoring answers: {len(scored)} of {len(lines)}", 0.9 * done / total)
        scored.update(zip(batch, _score(model, [lines[index] for index in batch]), strict=True))
        done += sum(len(lines[index].read) + len(lines[index].ids) for index in batch)
    return [scored[index] for index in range(len(lines))]


def _batches(model: LanguageModel, lines: Sequence[Line]) -> Iterator[list[int]]:
    """Indices of rows of about the same length; an encoder sees its whole input, so there it must be the same."""
    batch: list[int] = []
    for index in sorted(range(len(lines)), key=lambda one: (len(lines[one].read), len(lines[one].ids))):
        length = len(lines[index].read)
        differs = model.sequence_to_sequence and batch and len(lines[batch[0]].read) != length
        if batch and (differs or (len(batch) + 1) * length > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


@torch.no_grad()
def _score(model: LanguageModel, lines: Sequence[Line]) -> list[ScoredAnswer]:
    states = _states(model, lines)
    rows = torch.cat(states)
    ids = torch.tensor([id for line in lines for id in line.ids], device=rows.device)
    wanted = (TokenLogProbability(), Entropy(), Top(2))
    parts: list[list[Tensor]] = [[], [], []]
    for start in range(0, len(ids), model.rows_per_chunk):
        stop = start + model.rows_per_chunk
        chunk = RowChunk(model.logits(rows[start:stop]), ids[start:stop])
        logs, entropy, top = (statistic.of(chunk) for statistic in wanted)
        found = (logs["log_probability"], entropy["entropy"], top["top_probabilities"])
        for part, values in zip(parts, found, strict=True):
            part.append(values.float().cpu())
    sizes = [len(line.ids) for line in lines]
    split = [torch.split(torch.cat(part), sizes) for part in parts]
    return [
        ScoredAnswer(line, log.numpy(), entropy.numpy(), top.numpy())
        for line, log, entropy, top in zip(lines, *split, strict=True)
    ]


def _states(model: LanguageModel, lines: Sequence[Line]) -> list[Tensor]:
    """Of each line the final hidden states (answer tokens, width) that predict its answer.

    Rows are padded on the right, where a causal model's earlier positions cannot see it.
    """
    if model.sequence_to_sequence:
        encoded = model.encode(ids=_padded(model, [line.read for line in lines]))
        outputs = [[model.decoder_start, *line.ids[:-1]] for line in lines]
        decoded = model.decode(encoded, ids=_padded(model, outputs))
        return [decoded[index, : len(output)] for index, output in enumerate(outputs)]
    hidden = model.hidden(ids=_padded(model, [line.read for line in lines]))[0]
    return [hidden[index, line.first - 1 : line.first - 1 + len(line.answer)] for index, line in enumerate(lines)]


def _padded(model: LanguageModel, rows: Sequence[Sequence[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows], dtype=torch.long, device=model.device)


def check_model(model: object) -> LanguageModel:
    """The model as one that scores text. Raises Refusal for another kind."""
    if not isinstance(model, LanguageModel):
        raise Refusal("needs-language-model", "Answers are scored by a language model.", field="model")
    return model
