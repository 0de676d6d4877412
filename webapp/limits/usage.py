"""What somebody uses of their limits now."""

from dataclasses import dataclass

from webapp.common.owners import Owner
from webapp.limits.ranges import ranges
from webapp.limits.selectors import InForce, in_force
from webapp.runs.spending import runs_lately, seconds_lately, unfinished_jobs
from webapp.uploads.services import sources_lately


@dataclass(frozen=True, slots=True)
class Used:
    """A limit in force, and how much of it is used; None for what is checked one thing at a time."""

    limit: InForce
    used: float | None

    @property
    def says(self) -> str:
        """What the limit counts."""
        return ranges()[self.limit.name].says

    @property
    def value(self) -> str:
        """The limit as a person reads it."""
        return f"{self.limit.value:,}"

    @property
    def full(self) -> bool:
        """Whether the next one would be refused."""
        return self.used is not None and self.used >= self.limit.value


def usage(*, account: int | None, address: str) -> list[Used]:
    """Every limit of an account, or of whoever has none and comes from an address, with its present use.

    Without either it is the house's, which nobody uses.
    """
    who = {"owner": Owner(None, account), "address": address}
    nobody = account is None and not address
    used = (
        {}
        if nobody
        else {
            "runs_per_minute": runs_lately,
            "sources_per_minute": sources_lately,
            "queued_jobs": unfinished_jobs,
            "gpu_seconds_per_hour": seconds_lately,
        }
    )
    found = in_force(account=account, address=address)
    return [Used(each, used[each.name](**who) if each.name in used else None) for each in found]  # type: ignore[arg-type]
