"""`python -m webapp.uploads.decoder`: decodes the pictures that its parent sends, one after another, within bounds.

A frame is a line of JSON, whose `bytes` says how many bytes follow it. Ends with its input.
"""

import json
import sys
from pathlib import Path
from typing import IO, Any

from webapp.uploads.images import BadImageError, convert

try:
    import resource
except ImportError:  # not a Unix: the parent's limit of time still holds
    resource = None  # type: ignore[assignment]

BYTES_PER_PIXEL = 24
"""A progressive CMYK JPEG: coefficients 8, picture 4, turned 4, RGB 4, and a little for what encodes it."""
FOR_THE_REST = 192 * 2**20
"""Metadata, tables, the encoder's buffers: what does not grow with the pixels."""
HOLD = 2
"""How many times the file itself may lie in memory, and the PNG that is made of it."""


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None at the end, also where it comes in the middle of one."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head: dict[str, Any] = json.loads(line)
    body = stream.read(head["bytes"])
    return (head, body) if len(body) == head["bytes"] else None


def write_frame(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Send a frame at once."""
    stream.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n")
    stream.write(body)
    stream.flush()


def most_memory(pixels: int, size: int) -> int:
    """How many bytes more than an idle decoder one may take for a file of `size` bytes of so many pixels at most."""
    return pixels * BYTES_PER_PIXEL + HOLD * (size + 3 * pixels) + FOR_THE_REST


def _bound(more: int) -> None:
    """No more than so many bytes of address space beyond what there is now. Without effect where nobody can tell."""
    status = Path("/proc/self/statm")
    if resource is None or not status.exists():
        return
    now = int(status.read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + more, hard))


def _answer(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        kept = convert(data, name=head["name"], limit_pixels=head["limit_pixels"])
    except BadImageError as error:
        return {"id": error.id, "detail": error.detail, "limit": error.limit, "value": error.value}, b""
    except MemoryError:
        return {"id": "image-unreadable", "detail": "Decoding it takes more memory than its pixels could need."}, b""
    return {"id": None, "width": kept.width, "height": kept.height}, kept.png


def main() -> None:
    """Until the parent closes the pipe."""
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while (frame := read_frame(source)) is not None:
        head, data = frame
        _bound(most_memory(head["limit_pixels"], len(data)))
        write_frame(answers, *_answer(head, data))


if __name__ == "__main__":
    main()
