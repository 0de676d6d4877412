"""What past runs took: the base of what is promised next time.

A row holds one method on one model and device for inputs of about one length (a power of two), as sums, so that
keeping a run is one update. The row without a method is what jobs take around their methods: loading, generating,
storing, by the number of tokens to generate. Cached answers are not counted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Greatest

from webapp.runs.models import Job, Result, Timing
from workers.contract import Provenance

AROUND = ""
"""The method under which a job's time around its methods is kept."""
LONGEST = 3600.0
"""Seconds; what seems to have taken longer is a clock that jumped."""
NEAR = 3
"""Lengths up to so many doublings away tell something about one another."""
GUESSED = 4.0
"""How far off a guess from the passes of other methods may be, as a factor."""
FEW = 3
"""Below so many past runs their spread says little."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds to expect with a range, and how many past runs that is from: none, where other methods' passes tell."""

    low: float
    expected: float
    high: float
    runs: int


def bucket_of(length: float) -> int:
    """Lengths of one bucket are less than twice one another."""
    return int(length).bit_length()


def timing_keep(
    *, method: str, model: str | None, device: str, length: float, seconds: float, passes: float, memory: int = 0
) -> None:
    """Add a run to what is known. Nothing is kept of what no clock can have measured."""
    if not 0 <= seconds <= LONGEST:
        return
    row, _ = Timing.objects.get_or_create(
        method=method, model=model or "", device=device[:40], bucket=bucket_of(length)
    )
    Timing.objects.filter(pk=row.pk).update(
        count=F("count") + 1,
        seconds=F("seconds") + seconds,
        squares=F("squares") + seconds**2,
        passes=F("passes") + passes,
        memory=Greatest(F("memory"), memory),
    )


def result_taken(*, job: Job, result: Result, provenance: Provenance) -> None:
    """Keep what a method took that was computed just now."""
    each = (job.cost or {}).get("each", {})
    timing_keep(
        method=result.method,
        model=job.model,
        device=provenance.device,
        length=job.length,
        seconds=provenance.seconds,
        passes=float(each.get(str(result.index), 0.0)),
        memory=provenance.peak_memory_bytes,
    )


def job_taken(*, job: Job) -> None:
    """Keep what a job that is done took around its methods."""
    if not job.started or not job.finished or not job.model:
        return
    began = job.started
    own = [result.seconds or 0.0 for result in job.results.all() if (result.finished or began) > began]
    steps = float((job.cost or {}).get("steps", 0))
    around = (job.finished - began).total_seconds() - sum(own)
    timing_keep(method=AROUND, model=job.model, device="", length=steps, seconds=max(0.0, around), passes=steps)


class Timings:
    """What is known of one model, read once; of several devices the one that was used last."""

    def __init__(self, model: str | None) -> None:
        rows = list(Timing.objects.filter(model=model or "", count__gt=0).order_by("-changed"))
        device = next((row.device for row in rows if row.method != AROUND), "")
        self._rows = [row for row in rows if row.method == AROUND or row.device == device]

    def taken(self, method: str, length: float, passes: float) -> Taken | None:
        """What `method` takes for an input of this length with so many passes; None: nothing like it ever ran."""
        own = {row.bucket: row for row in self._rows if row.method == method}
        return _interpolated(own, bucket_of(length), passes) or (
            self._by_passes(length, passes) if method != AROUND else None
        )

    def _by_passes(self, length: float, passes: float) -> Taken | None:
        near = sorted(
            (row for row in self._rows if row.method != AROUND and row.passes > 0),
            key=lambda row: abs(row.bucket - bucket_of(length)),
        )
        if not near:
            return None
        alike = [row for row in near if row.bucket == near[0].bucket]
        each = sum(row.seconds for row in alike) / sum(row.passes for row in alike)
        expected = each * max(passes, 1.0)
        factor = GUESSED * 2 ** abs(near[0].bucket - bucket_of(length))
        return Taken(expected / factor, expected, expected * factor, 0)


def _interpolated(rows: dict[int, Timing], bucket: int, passes: float) -> Taken | None:
    """From the row of the bucket itself, else from the nearest ones below and above it."""
    if bucket in rows:
        return _of_row(rows[bucket], passes)
    below = max((one for one in rows if bucket - NEAR <= one < bucket), default=None)
    above = min((one for one in rows if bucket < one <= bucket + NEAR), default=None)
    if below is not None and above is not None:
        first, second = _of_row(rows[below], passes), _of_row(rows[above], passes)
        share = (bucket - below) / (above - below)
        middle = math.exp((1 - share) * math.log(_some(first.expected)) + share * math.log(_some(second.expected)))
        runs = first.runs + second.runs
        return Taken(min(first.low, second.low), middle, max(first.high, second.high, middle), runs)
    nearest = below if below is not None else above
    if nearest is None:
        return None
    known, factor = _of_row(rows[nearest], passes), 2.0 ** (bucket - nearest)
    ends = sorted((known.low, known.high, known.low * factor, known.high * factor))
    return Taken(ends[0], known.expected * (factor if factor > 1 else 1.0), ends[-1], known.runs)


def _of_row(row: Timing, passes: float) -> Taken:
    """Mean and two standard deviations, for more or fewer passes than those runs made on average."""
    scale = passes * row.count / row.passes if row.passes > 0 and passes > 0 else 1.0
    mean = row.seconds / row.count
    spread = 2 * math.sqrt(max(0.0, row.squares / row.count - mean**2))
    low, high = mean - spread, mean + spread
    if row.count < FEW:
        low, high = min(low, mean / 2), max(high, mean * 2)
    return Taken(max(0.0, low) * scale, mean * scale, high * scale, row.count)


def together(parts: Sequence[Taken | None]) -> Taken | None:
    """One after the other; None as soon as one is not known. `runs` is the least that a part is from."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    return Taken(
        sum(part.low for part in known),
        sum(part.expected for part in known),
        sum(part.high for part in known),
        min(part.runs for part in known),
    )


def _some(seconds: float) -> float:
    return max(seconds, 1e-4)
