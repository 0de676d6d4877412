"""A row of the table: a figure, its rival's, their ratio, and the goal."""

from dataclasses import dataclass

from benchmarks.timing import Pair, duration, megabytes


@dataclass(frozen=True)
class Row:
    """What was measured; `met` is None where no goal was set."""

    what: str
    ours: str
    rival: str
    ratio: str
    goal: str = ""
    met: bool | None = None

    def cells(self) -> list[str]:
        """As it stands in the table."""
        verdict = {True: "yes", False: "NO", None: ""}[self.met]
        return [self.what, self.ours, self.rival, self.ratio, self.goal, verdict]


HEADER = ["what", "ours: median (min – max)", "beside it", "ratio", "goal", "met"]


def at_most(what: str, pair: Pair, rival: str, limit: float) -> Row:
    """Ours takes so many times as long as the rival; the goal is an upper bound."""
    goal = f"≤ {limit:g} × its time"
    return Row(what, str(pair.ours), f"{rival}: {pair.rival}", f"{pair.ratio:.2f} ×", goal, pair.ratio <= limit)


def faster(what: str, pair: Pair, rival: str, limit: float) -> Row:
    """Ours is so many times as fast as the rival; the goal is a lower bound."""
    speed = 1 / pair.ratio
    goal = f"≥ {limit:g} × as fast"
    return Row(what, str(pair.ours), f"{rival}: {pair.rival}", f"{speed:.2f} × as fast", goal, speed >= limit)


def memory(what: str, ours: int | None, rival_name: str, rival: int | None) -> Row:
    """Peak memory beside the rival's; the goal is no more than the rival's."""
    known = ours is not None and rival is not None and rival > 0
    ratio = f"{(ours or 0) / (rival or 1):.2f} ×" if known else ""
    met = (ours or 0) <= (rival or 0) if known else None
    return Row(what, megabytes(ours), f"{rival_name}: {megabytes(rival)}", ratio, "no higher", met)


def memory_within(what: str, ours: int | None, limit: int, beside: str = "") -> Row:
    """Peak memory by itself, with an upper bound."""
    met = None if ours is None else ours <= limit
    return Row(what, megabytes(ours), beside, "", f"≤ {megabytes(limit)}", met)


def seconds_within(what: str, seconds: float, limit: float | None = None, beside: str = "") -> Row:
    """A duration by itself, with a goal or without."""
    goal = "" if limit is None else f"≤ {duration(limit)}"
    return Row(what, duration(seconds), beside, "", goal, None if limit is None else seconds <= limit)
