"""What every type of the contract is built from."""

import base64
import binascii
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

CONTRACT_VERSION = 2


class Contract(BaseModel):
    """A closed, immutable record: unknown fields are errors, so a misspelt option is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


SourceKind = Literal["text", "image", "table", "logprobs"]
"""What a person gives: a text, a picture, a file of labelled answers, or a server's answer with log-probabilities."""

READ_AS: dict[SourceKind, Literal["text", "image"] | None] = {
    "text": "text",
    "image": "image",
    "table": "text",
    "logprobs": None,
}
"""What of a source reaches a model: of a table its texts, of log-probabilities nothing."""


class Lens(StrEnum):
    """The four questions."""

    IMPORTANCE = "importance"
    UNCERTAINTY = "uncertainty"
    TOKENIZERS = "tokenizers"
    PRUNING = "pruning"


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the text holds a NUL character (U+0000), which no model reads; remove it")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("the text holds a lone surrogate, which is not a character of Unicode; remove it")
    return text


Text = Annotated[str, AfterValidator(_clean)]
"""A string that a person sends: no lone surrogates, no NUL."""


def _clean_within(value: Any) -> Any:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            _clean(item)
        elif isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple):
            stack += item
    return value


Parameters = Annotated[dict[str, Any], AfterValidator(_clean_within)]
"""What a person sends to a method, by name: the strings within, names too, are Text."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
"""The key of a model or tokenizer: never a path."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""The key of a method, a track or a role."""


def _base64(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode("ascii")
    if not isinstance(value, str):
        raise ValueError("bytes are written in base64")
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("bytes are written in base64") from error
    return value


Bytes = Annotated[str, AfterValidator(_base64), WithJsonSchema({"type": "string", "contentEncoding": "base64"})]
"""Raw bytes, written in base64."""


def encode_bytes(data: bytes) -> str:
    """The base64 that stands for these bytes in the contract."""
    return base64.b64encode(data).decode("ascii")
