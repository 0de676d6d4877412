"""Durations, moments and bars in the admin's templates."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from webapp.common import ago as times
from webapp.runs.models import ENDED

register = template.Library()
register.filter("duration", times.duration)
TALL = 40.0
"""Height of the bars, in units of their drawing; a bin is one unit wide."""
GAP = 0.15


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, the moment on hover; an en dash for never."""
    return "–" if moment is None else times.ago(moment)


@register.inclusion_tag("admin/queues/live/bars.html")
def bars(throughput: dict[str, Any], said: str, form: str) -> dict[str, Any]:
    """Jobs that ended as stacked bars, and the same numbers as a table. `form`: how a bin's moment is written."""
    unit = TALL / max(1, throughput["highest"])
    drawn, rows = [], []
    for index, each in enumerate(throughput["bins"]):
        foot = TALL
        for state in ENDED:
            if each[state]:
                foot -= each[state] * unit
                height = f"{each[state] * unit:.3f}"
                drawn.append({"state": state, "x": f"{index + GAP / 2:.3f}", "y": f"{foot:.3f}", "height": height})
        if any(each[state] for state in ENDED):
            rows.append({"at": f"{each['at']:{form}}", "counts": [each[state] for state in ENDED]})
    bins = throughput["bins"]
    return {
        "said": said,
        "wide": len(bins),
        "tall": TALL,
        "thick": 1 - GAP,
        "bars": drawn,
        "rows": rows[::-1],
        "highest": throughput["highest"],
        "totals": throughput["totals"].items(),
        "first": f"{bins[0]['at']:{form}}",
        "last": f"{bins[-1]['at']:{form}}",
    }
