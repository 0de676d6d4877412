"""Reading a person's JSON: UTF-8, finite, clean, and not deeper than any request needs to be."""

import json
import math
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from webapp.common.errors import refuse

DEPTH = 32
DIGITS = 400
"""A number longer than this is a mistake; Python would spend long on it."""
UNCLEAN = re.compile("[\\x00\\ud800-\\udfff]")


def content_type_check(request: HttpRequest) -> None:
    """Refusal (415): a body that is not application/json."""
    kind = (request.content_type or "").lower()
    if kind == "application/json":
        return
    if not kind and not request.META.get("CONTENT_LENGTH", "").strip("0") and not request.body:
        return
    shown = kind[:80] or "nothing"
    raise refuse("content-type", f"This address takes application/json; the request says {shown}.")


class StrictParser(Parser):
    """Parses what `content_type_check` lets through; every refusal says where."""

    def parse_body(self, request: HttpRequest) -> Any:
        content_type_check(request)
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise refuse("body-not-json", f"The body is not UTF-8: byte {error.start} fits no character.") from error
        try:
            value = json.loads(text or "{}", parse_constant=_constant, parse_int=_integer)
        except RecursionError as error:
            raise refuse("body-not-json", f"The JSON is nested deeper than {DEPTH} levels.", limit=DEPTH) from error
        except ValueError as error:
            raise refuse("body-not-json", f"The body is not JSON: {error}.") from error
        clean_check(value)
        return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError(f"a number of {len(digits)} digits is longer than {DIGITS}")
    return int(digits)


def clean_check(value: Any) -> None:
    """Refusal: a lone surrogate or a NUL in any string, an infinite number, or more than DEPTH levels."""
    stack: list[tuple[Any, str, int]] = [(value, "", 0)]
    while stack:
        item, path, depth = stack.pop()
        if depth > DEPTH:
            raise refuse("body-not-json", f"The JSON is nested deeper than {DEPTH} levels.", limit=DEPTH)
        if isinstance(item, str):
            _check_text(item, path)
        elif isinstance(item, float) and not math.isfinite(item):
            raise refuse("invalid", f"{path or 'body'}: the number is too large.", field=path or None)
        elif isinstance(item, dict):
            for key, inner in item.items():
                _check_text(key, path)
                stack.append((inner, f"{path}.{key}" if path else key, depth + 1))
        elif isinstance(item, list):
            stack.extend(
                (inner, f"{path}.{index}" if path else str(index), depth + 1) for index, inner in enumerate(item)
            )


def _check_text(text: str, path: str) -> None:
    found = UNCLEAN.search(text)
    if found is None:
        return
    where = f"The field {path[:120]}" if path else "The body"
    said = (
        "a NUL character (U+0000), which no model reads"
        if found[0] == "\0"
        else f"a lone surrogate (U+{ord(found[0]):04X}), which is not a character of Unicode"
    )
    detail = f"{where} holds {said}, at character {found.start()}; remove it."
    raise refuse("text-unclean", detail, field=path[:120] or None, value=found.start())
