"""How long something has looked the same, by this process's own clock, which nobody sets.

Wall clocks jump, and those of two machines differ. So whoever has to tell how long a lease stood still, a job ran or
a wish was not heard watches for it himself, as Kubernetes' leader election does: a jump costs nothing, and an
observer that has just begun has to watch for the whole time, too.
"""

import time
from collections.abc import Callable, Hashable, Mapping


class Watch:
    """Remembers since when each of some things has looked as it does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, tuple[Hashable, float]] = {}

    def seconds(self, looks: Mapping[str, Hashable]) -> dict[str, float]:
        """For how long each thing has looked as it does now; what is not named any more is forgotten."""
        now = self._clock()
        before = self._since
        self._since = {
            name: before[name] if name in before and before[name][0] == look else (look, now)
            for name, look in looks.items()
        }
        return {name: now - since for name, (_, since) in self._since.items()}
