"""`to_csv`: a result as one table.

Read it with `pandas.read_csv(file, keep_default_na=False, na_values=[""])` (a token may be the word "null").
Every row is one record; `record` says of what kind, `panel` is the number of its panel (the first is 0):

- `unit`: a unit of a scores panel's strip. One column for each track, named by the track. Tracks with leading
  axes have one row per slice and unit, the axes in the columns `layer`, `head`, `step`, `iteration`, `parameter`.
- `track`: the label, physical unit, scale (`note`) and domain (`low`, `high`) of such a column.
- `link`: `value` is the weight from this unit to the units [`target_start`, `target_stop`) of `target_strip`.
- `alternative`: candidate number `rank` (1: the best) for this unit, `other_id` and `other`, `value` its probability;
  rank 0 is the mass that the candidates hold together.
- `segment`: a unit of a strip that a segmentation compares; `shared` 1: all strips cut before it.
- `metric`: the figure `name` of the strip `strip`.
- `stage`: in the stage `name` this unit lives in unit `destination` (empty: dropped); `value` is the weight of a
  survivor.
- `cost` (before, after), `latency` (before, after), `answer` (of each variant: its divergence from the full model,
  then its candidates by `rank`) and `figure`: `name`, `value`, `physical_unit`. `provenance`: `name` and `note`.
- `chart`: its mark is the `name`, its baseline the `value`, its axes the `note`; `point`: of its series `name`.
- `branch`: the node `name` departs from the node `other` before unit `index` of its strip; its own text are the units
  [`target_start`, `target_stop`) of `strip`. `log_probability` [nat] of these, `path_probability` of the whole way,
  `value` is what `note` names.
- `group`: `name`, `value` and a range of its units; `share`: the part `label` of that value.

What the site shows of words, sentences or chosen spans is a view of the units' numbers and is not in the file.

Columns that a result does not use are left out; an empty cell is no value. `bytes` are hexadecimal after `0x`. A track
with the name of a column has `track_` before it.

Spreadsheets take text that begins with = + - @ (or their full-width forms) for a formula, which a token could use to
run one. Such text, spaces before it or not, text that begins with a tab or a line break, and text that begins with
an apostrophe get one apostrophe in front. Take the first apostrophe away and nothing is lost.
"""

import csv
import io
import math

import numpy as np

from workers.contract import Result
from workers.export.records import AXES, FIXED, OTHER, UNIT, Cell, records

ALWAYS = ("record", "panel", "strip", "index", "text")


def to_csv(result: Result) -> str:
    """The result as one table with a header; rows end in CR LF and fields are quoted as RFC 4180 says."""
    columns = _columns(result)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(guarded(column) for column in columns)
    for record in records(result):
        writer.writerow(_written(record.get(column)) for column in columns)
    return file.getvalue()


def guarded(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet could take it for a formula."""
    risky = text[:1] in {"\t", "\r", "\n", "'"} or text.lstrip()[:1] in set("=+-@＝＋－＠")
    return f"'{text}" if text and risky else text


def _columns(result: Result) -> list[str]:
    used: dict[str, None] = dict.fromkeys(ALWAYS)
    for record in records(result):
        used.update((column, None) for column, value in record.items() if value is not None and column not in used)
    tracks = [column for column in used if column not in FIXED]
    ordered = ("record", "panel", *UNIT, *AXES, *tracks, *OTHER)
    return [column for column in ordered if column in used]


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, float | np.floating) and math.isnan(value):
        return ""
    return str(value)
