"""A wall clock that jumps under a running process, by libfaketime (`make fault-tools` installs it).

Only the time of day is faked: that is what an administrator or a time service changes; monotonic clocks go on.
"""

from pathlib import Path

PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


class Clock:
    """The offset of the wall clock of every process that has `environment`. FileNotFoundError without libfaketime."""

    def __init__(self, folder: Path) -> None:
        found = [path for place in PLACES for path in Path("/").glob(place.lstrip("/"))]
        if not found:
            raise FileNotFoundError("the tests of clocks need libfaketime: `make fault-tools`, or the package faketime")
        self._file = folder / "clock"
        self.environment = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else it makes waits for the interpreter's lock ten times as long
        }
        self.jump(0)

    def jump(self, seconds: int) -> None:
        """From now on the clock is this far from the true time."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}\n")
        draft.replace(self._file)
