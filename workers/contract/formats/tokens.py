"""Tokens as servers write them: text, bytes, id and log-probability, each of which may be missing."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SLACK = 1e-3
"""By how much rounded log-probabilities may exceed 0, and probabilities of one position 1."""
NEVER = -9999.0
"""What OpenAI and vLLM write for a token that is next to impossible, whatever its probability is."""


class Unreadable(ValueError):
    """What is wrong with something pasted, in a sentence."""


@dataclass(frozen=True)
class PastedChoice:
    """A token that stands or could stand at a position; `log_probability` is −inf where the server calls it never."""

    text: str
    data: bytes
    log_probability: float | None
    id: int | None = None

    @property
    def key(self) -> tuple[int | None, bytes, str]:
        """What makes two mentions the same token."""
        return (self.id, self.data, self.text)


@dataclass(frozen=True)
class PastedToken(PastedChoice):
    """A token of the answer (or of its prompt) with its alternatives, best first; `special` stands for no text."""

    top: tuple[PastedChoice, ...] = ()
    prompt: bool = False
    special: bool = False

    def as_special(self) -> "PastedToken":
        """The same token, standing for no text."""
        return replace(self, special=True)

    def check(self, place: int) -> None:
        """Unreadable: numbers that are no log-probabilities of one distribution; `place` counts the tokens from 1."""
        for one in (self, *self.top):
            if one.log_probability is not None and one.log_probability > SLACK:
                said = f"Token {place} (“{one.text[:20]}”) has the log-probability {one.log_probability:g}"
                raise Unreadable(f"{said}, which is above 0: these are logits or other scores.")
        total = math.fsum(math.exp(one.log_probability or 0.0) for one in self.top if one.log_probability is not None)
        if total > 1 + 10 * SLACK:
            detail = f"The alternatives at token {place} hold {total:.3g} of probability together, more than 1: "
            raise Unreadable(detail + "these are no natural logarithms of one distribution's probabilities.")


def choice(entry: Any, place: int) -> PastedChoice:
    """One token of a list. Unreadable: it is no object, or its numbers are none."""
    if not isinstance(entry, Mapping):
        raise Unreadable(f"Token {place} is no JSON object with “token” and “logprob”.")
    text = next((entry[name] for name in ("token", "tok_str", "decoded_token", "text", "content") if name in entry), "")
    text = text if isinstance(text, str) else ""
    id = entry.get("id", entry.get("token_id"))
    id = id if isinstance(id, int) and not isinstance(id, bool) and id >= 0 else None
    return named(text, _log(entry, place), data=_bytes(entry.get("bytes"), place), id=id)


def named(text: str, log: float | None, *, data: bytes | None = None, id: int | None = None) -> PastedChoice:
    """A token by its text: `token_id:7` is only an id, `bytes:\\xe2\\x80` and `<0xE2>` are bytes."""
    if match := re.fullmatch(r"token_id:(\d{1,9})", text):
        return PastedChoice(text, data or b"", log, int(match[1]))
    if data is None and text.startswith("bytes:\\x"):
        data = bytes(int(pair, 16) for pair in re.findall(r"\\x([0-9a-fA-F]{2})", text))
    if data is None and (match := re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", text)):
        data = bytes.fromhex(match[1])
    if data is None:
        data = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    return PastedChoice(text, data, log, id)


def number(value: Any, place: int) -> float | None:
    """A log-probability; None where the server gave none. Unreadable: it is no number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value) or value == math.inf:
        raise Unreadable(f"The log-probability of token {place} is {str(value)[:40]!r}, which is no number.")
    return -math.inf if value <= NEVER else float(value)


def _log(entry: Mapping[str, Any], place: int) -> float | None:
    if "logprob" in entry:
        return number(entry["logprob"], place)
    value = number(entry.get("prob"), place)
    if value is None:
        return None
    if not 0 <= value <= 1 + SLACK:
        raise Unreadable(f"The probability of token {place} is {value:g}, which is not between 0 and 1.")
    return math.log(value) if value > 0 else -math.inf


def _bytes(value: Any, place: int) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        raise Unreadable(f"The bytes of token {place} are no list of numbers from 0 to 255.")
    return bytes(value)
