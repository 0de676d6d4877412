"""Numbers and times as the pages of accounts write them."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.timezone import localtime

register = template.Library()
THIN = "\u202f"


@register.filter
def grouped(value: float) -> str:
    """A whole number, its thousands apart by thin spaces."""
    return f"{round(value):,}".replace(",", THIN)


@register.filter
def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever is readable."""
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


@register.filter
def moment(at: datetime | None, never: str = "") -> str:
    """A day and an hour."""
    return never if at is None else localtime(at).strftime("%-d %b %Y, %H:%M")


@register.filter
def listed(names: Iterable[str]) -> str:
    """Names as a phrase, the first few of them."""
    shown = list(names)
    return ", ".join(shown[:3]).replace("_", " ") + (" …" if len(shown) > 3 else "")
