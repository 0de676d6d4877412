"""Times for people: how long ago, the exact moment on hover."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def short(seconds: float, units: int = 2) -> str:
    """A duration in at most so many units: '3 min 12 s', '2 d 4 h', '0 s'."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for unit, length in UNITS:
        count, left = divmod(left, length)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
    return " ".join(parts[:units])


def duration(seconds: float | None) -> str:
    """Seconds in words, below ten with what matters of their fractions; an en dash for none."""
    if seconds is None:
        return "–"
    if seconds < 0.0005:
        return "0 s"
    return f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else short(seconds)


def ago(moment: datetime) -> SafeString:
    """How long ago, with the moment in UTC on hover and for machines."""
    seconds = (timezone.now() - moment).total_seconds()
    said = f"{short(seconds, 1)} ago" if seconds >= 0 else f"in {short(-seconds, 1)}"
    exact = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, said)
