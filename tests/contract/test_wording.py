"""What the pages translate of the methods is what the methods say."""

import json
from pathlib import Path

import pytest

from workers.core.discovery import all_methods
from workers.core.method import Method

TEXTS = Path(__file__).resolve().parents[2] / "frontend" / "src" / "text"
ENGLISH, GERMAN = (json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8")) for name in ("en", "de"))
METHODS = list(all_methods().values())


@pytest.mark.parametrize("method", METHODS, ids=[method.key for method in METHODS])
def test_the_pages_texts_are_those_of_the_methods(method: type[Method]) -> None:
    card = method.card()
    for part in ("reads", "caveat", "description"):
        key = f"methods.{method.key}.{part}"
        if part == "description" and key not in ENGLISH:
            continue
        assert ENGLISH.get(key, "") == getattr(card, part)
        assert (key in GERMAN) == (key in ENGLISH)
