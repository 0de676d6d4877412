"""Public ids: short, random, without meaning. They are addresses, never permissions."""

import re
import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits
SHAPE = re.compile(r"[a-z0-9]{1,32}")


def new_id() -> str:
    """Sixteen letters and digits (82 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def is_id(text: str) -> bool:
    """Whether a text could be an id at all; what cannot be is never looked up."""
    return SHAPE.fullmatch(text) is not None
