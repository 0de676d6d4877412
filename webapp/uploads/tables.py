"""Files of a person's own data: labelled answers, and what a server answered with log-probabilities."""

from webapp.common.errors import refuse
from webapp.uploads.models import Source
from workers.contract.formats.labelled import read_labelled
from workers.contract.formats.logprobs import looks_like_logprobs, read_logprobs

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
MOST = 380


def kind_of(text: str, *, name: str) -> Source.Kind:
    """What a file of text is, by its name and its first words. A .csv or .jsonl is never quietly read as prose."""
    lower = name.lower()
    if lower.endswith((".json", ".jsonl", ".ndjson")) and looks_like_logprobs(text):
        return Source.Kind.LOGPROBS
    return Source.Kind.TABLE if lower.endswith(TABLES) else Source.Kind.TEXT


def summary_of(text: str, kind: Source.Kind, *, limit_rows: int, limit_tokens: int) -> str:
    """What such a file holds, in a few sentences. Refusal: what it lacks, what is broken, or limits."""
    if "\0" in text:
        raise refuse("text-unclean", "The file holds a NUL character (U+0000), which no model reads.", field="file")
    if kind == Source.Kind.TABLE:
        said = read_labelled(text, limit_rows=limit_rows).summary()
    else:
        said = read_logprobs(text, limit_tokens=limit_tokens).summary()
    return said if len(said) <= MOST else f"{said[: MOST - 1]}…"
