"""The continuation of a run: generated once per model, token by token, and kept."""

import time
from collections.abc import Callable

from workers.contract import Continuation, Generate
from workers.core.generation import Drawn, draw
from workers.core.reading import continuation_text
from workers.core.steps import Continued, Delta, Step
from workers.core.text_passes import TextPasses

_BATCH_SECONDS = 0.1
"""Tokens go out together for this long: a message per token would flood the socket."""


class Stream:
    """Collects generated tokens and sends them on in batches."""

    def __init__(self, text_of: Callable[[list[int]], str], emit: Callable[[Step], None]) -> None:
        self._text_of = text_of
        self._emit = emit
        self._drawn: list[Drawn] = []
        self._sent = 0
        self._last = time.monotonic()

    @property
    def ids(self) -> list[int]:
        """All ids so far."""
        return [drawn.id for drawn in self._drawn]

    def add(self, drawn: Drawn) -> None:
        """One more token."""
        self._drawn.append(drawn)
        if time.monotonic() - self._last >= _BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send what was not sent yet: `text` is the continuation so far, without an unfinished last character."""
        fresh = self._drawn[self._sent :]
        if fresh:
            ids = self.ids
            texts = [self._text_of(ids[: self._sent + count]) for count in range(1, len(fresh) + 1)]
            ends = [len(text) for text in texts]
            probabilities = [drawn.probability for drawn in fresh]
            self._emit(Delta(self._sent, [drawn.id for drawn in fresh], texts[-1], ends, probabilities))
        self._sent = len(self._drawn)
        self._last = time.monotonic()


def generate(
    passes: TextPasses, settings: Generate, stopped: Callable[[], bool], emit: Callable[[Step], None]
) -> Continuation:
    """Continue the text of these passes; `stopped` is asked after each token. Emits deltas and the whole."""
    model = passes.model
    text_of = continuation_text(model, passes.source_text, passes.reading)
    stream = Stream(text_of, emit)
    finish = "length"
    given = len(text_of(settings.begin)) if settings.begin else 0
    for drawn in draw(model, passes.prompt.ids, settings):
        stream.add(drawn)
        if stopped():
            finish = "stopped"
            break
        if len(stream.ids) > len(settings.begin) and _says(settings.stop, text_of(stream.ids), given):
            finish = "stop"
            break
    else:
        finish = "length" if len(stream.ids) == len(settings.begin) + settings.max_new_tokens else "end"
    stream.flush()
    made = Continuation.model_validate(
        {"ids": stream.ids, "text": text_of(stream.ids), "finish": finish, "generate": settings}
    )
    emit(Continued(made))
    return made


def _says(stops: list[str], text: str, given: int) -> bool:
    """Whether one of the stop texts ends after the first `given` characters, which the person wrote."""
    return any(stop in text[max(0, given - len(stop) + 1) :] for stop in stops)
