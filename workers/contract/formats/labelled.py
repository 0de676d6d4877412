"""Labelled files: one question, one answer and one verdict a row, as CSV or JSON, read tolerantly and completely.

Columns are known by any of the names in `COLUMNS`, whatever their case and with spaces, hyphens or underscores. A
verdict is 0/1, true/false, yes/no, right/wrong and the like, or a number that is greater for a better answer. A row
that cannot be used is kept with its line and the reason: none is dropped silently.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.contract.problems import Refusal

COLUMNS: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt", "question", "input", "instruction", "query", "context", "source"),
    "answer": ("answer", "response", "output", "completion", "prediction", "generation", "generated_text", "text"),
    "label": ("label", "correct", "is_correct", "quality", "score", "accuracy", "rating", "correctness"),
}
"""The names of the three columns, the one that counts first when a file has several of them."""

_YES = {"1", "true", "yes", "y", "t", "right", "correct", "pass", "passed"}
_NO = {"0", "false", "no", "n", "f", "wrong", "incorrect", "fail", "failed"}
_SHOWN = 160
_LINES = re.compile("\r\n|\r|\n")
_UNCLEAN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class LabelledRow:
    """A row that can be used; `line` is where it begins in the file, from 1."""

    line: int
    prompt: str
    answer: str
    quality: float


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used, why, and how it begins."""

    line: int
    reason: str
    raw: str


@dataclass
class Labelled:
    """What a file holds: `columns` says which of its names each of the three columns was found under."""

    form: str
    columns: dict[str, str]
    rows: list[LabelledRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    @property
    def binary(self) -> bool:
        """Whether every verdict is 0 or 1."""
        return all(row.quality in (0.0, 1.0) for row in self.rows)

    def summary(self) -> str:
        """What was found, and what is wrong with it, in a few sentences."""
        named = ", ".join(f"{part} from “{name}”" for part, name in self.columns.items())
        verdicts = "labels 0 or 1" if self.binary else "qualities as numbers"
        found = f"{self.form}, {_count(len(self.rows), 'row')} to use ({named}; {verdicts})."
        if not self.bad:
            return found
        first = self.bad[0]
        return f"{found} {_count(len(self.bad), 'row')} cannot be used, the first in line {first.line}: {first.reason}."


def read_labelled(text: str, *, limit_rows: int | None = None) -> Labelled:
    """The rows of a file. Raises Refusal when it is neither CSV nor JSON, lacks a column, or has no row to use."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        detail = "The file is empty; it should hold a question, an answer and a label in each row."
        raise Refusal("table-unreadable", detail, field="file")
    found = _read_json(text) if text.lstrip()[0] in "{[" else _read_csv(text)
    count = len(found.rows) + len(found.bad)
    if limit_rows is not None and count > limit_rows:
        detail = f"The file holds {count} rows; the limit is {limit_rows}."
        raise Refusal("table-too-long", detail, field="file", limit=limit_rows, value=count)
    if not found.rows:
        why = f"Line {found.bad[0].line}: {found.bad[0].reason}." if found.bad else "There is no row below the header."
        raise Refusal("table-unreadable", f"No row of the file can be used. {why}", field="file", limit=1, value=0)
    return found


def _read_csv(text: str) -> Labelled:
    delimiter, header, columns = _header(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    places = {part: header.index(name) for part, name in columns.items()}
    found = Labelled({"\t": "TSV"}.get(delimiter, "CSV"), columns)
    lines = _LINES.split(text)
    seen_header = False
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            found.bad.append(BadRow(line, f"it cannot be read as CSV ({error})", _shorten(_line(lines, line))))
            continue
        if not any(value.strip() for value in fields):
            continue
        if not seen_header:
            seen_header = True
        elif len(fields) != len(header):
            reason = f"it has {_count(len(fields), 'field')}, the header {len(header)}"
            found.bad.append(BadRow(line, reason, _shorten(delimiter.join(fields))))
        else:
            values = {part: fields[place] for part, place in places.items()}
            _take(found, line, values, delimiter.join(fields))


def _header(text: str) -> tuple[str, list[str], dict[str, str]]:
    """The delimiter under which the first line names all three columns."""
    first = next(line for line in _LINES.split(text) if line.strip())
    for delimiter in ",;\t|":
        try:
            header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
        except csv.Error:
            continue
        columns = _columns(header)
        if len(columns) == len(COLUMNS):
            return delimiter, header, columns
    best = max(",;\t|", key=lambda delimiter: first.count(delimiter))
    raise _lacking([name.strip() for name in first.split(best)], "The first line names the columns")


def _read_json(text: str) -> Labelled:
    form = "JSON list" if text.lstrip()[0] == "[" else "JSON lines"
    found = Labelled(form, {})
    first: list[str] | None = None
    for line, value, raw in _list_items(text) if form == "JSON list" else _line_items(text):
        if not isinstance(value, dict):
            reason = value if isinstance(value, str) and value.startswith("it ") else "it is no JSON object"
            found.bad.append(BadRow(line, reason, _shorten(raw)))
            continue
        first = first or list(value)
        columns = _columns(list(value))
        if lacking := [part for part in COLUMNS if part not in columns]:
            reason = f"it has no {' and no '.join(lacking)}"
            found.bad.append(BadRow(line, reason, _shorten(raw)))
            continue
        found.columns = found.columns or columns
        _take(found, line, {part: value[name] for part, name in columns.items()}, raw)
    if not found.columns and first is not None:
        raise _lacking(first, "Each object names its values")
    return found


def _line_items(text: str) -> Iterator[tuple[int, Any, str]]:
    for line, raw in enumerate(text.split("\n"), start=1):
        if raw.strip():
            try:
                yield line, json.loads(raw), raw
            except (ValueError, RecursionError) as error:
                yield line, f"it is no JSON ({_said(error)})", raw


def _list_items(text: str) -> Iterator[tuple[int, Any, str]]:
    """The items of a JSON list, each with the line where it begins."""
    decoder = json.JSONDecoder()
    space = re.compile(r"[\s,]*")
    at = _end(space, text, text.index("[") + 1)
    line, counted = 1, 0
    while at < len(text) and text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, f"it is no JSON ({_said(error)}), nor can what follows be read", text[at : at + _SHOWN]
            return
        yield line, value, text[at:end]
        at = _end(space, text, end)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _columns(names: list[str]) -> dict[str, str]:
    """Which of the names stands for each of the three columns."""
    known = {re.sub(r"[\s-]+", "_", name.strip().lower()): name for name in reversed(names)}
    found = {part: next((known[name] for name in wanted if name in known), None) for part, wanted in COLUMNS.items()}
    return {part: name for part, name in found.items() if name is not None}


def _lacking(names: list[str], how: str) -> Refusal:
    columns = _columns(names)
    lacking = [f"{part} ({', '.join(COLUMNS[part])})" for part in COLUMNS if part not in columns]
    given = ", ".join(f"“{_shorten(name, 40)}”" for name in names[:12]) or "nothing"
    detail = f"The file has no column for {' nor for '.join(lacking)}. {how}; found: {given}."
    return Refusal("table-columns", detail, field="file")


def _take(found: Labelled, line: int, values: Mapping[str, Any], raw: str) -> None:
    try:
        prompt, answer = _text("prompt", values["prompt"]), _text("answer", values["answer"])
        if not answer.strip():
            raise ValueError("the answer is empty")
        row = LabelledRow(line, prompt, answer, _quality(values["label"]))
    except ValueError as error:
        found.bad.append(BadRow(line, str(error), _shorten(raw)))
        return
    found.rows.append(row)


def _text(part: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"the {part} is no text")
    text = str(value)
    if unclean := _UNCLEAN.search(text):
        raise ValueError(f"the {part} holds U+{ord(unclean[0]):04X}, which is not a character that a model reads")
    return text


def _quality(value: Any) -> float:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if not word:
            raise ValueError("the label is empty")
        if word in _YES or word in _NO:
            return float(word in _YES)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or "_" in str(value):
        raise ValueError(f"the label “{_shorten(str(value), 40)}” is neither yes nor no nor a number")
    return number


def _line(lines: list[str], line: int) -> str:
    return lines[line - 1] if line <= len(lines) else ""


def _shorten(text: str, limit: int = _SHOWN) -> str:
    text = _UNCLEAN.sub("\ufffd", text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(getattr(error, "msg", error))[:80]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
