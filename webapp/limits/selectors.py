"""Which limits are in force, read anew whenever somebody asks: a change counts from the next request on, everywhere.

The most particular value counts: account, then group (of several the most generous), then address, then house, then
what the environment said at the start. An account comes before its address because many people share an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from webapp.common.owners import Owner
from webapp.config.environment import HouseLimits
from webapp.limits.models import Limit
from webapp.limits.ranges import editable

Scope = Limit.Scope
PARTICULAR = (Scope.HOUSE, Scope.ADDRESS, Scope.GROUP, Scope.ACCOUNT)


@dataclass(frozen=True, slots=True)
class InForce:
    """One limit as it counts for somebody: its value, and the row it comes from (None: from the environment)."""

    name: str
    value: int
    row: Limit | None


def house_limits() -> HouseLimits:
    """The limits of somebody of whom nothing is known."""
    return _limits(in_force(account=None, address=""))


def limits_of(owner: Owner, address: str) -> HouseLimits:
    """The limits of a person who comes from an address (hashed, as `address_of` does)."""
    return limits_for(account=owner.account, address=address)


def limits_for(*, account: int | None, address: str) -> HouseLimits:
    """The limits of an account, or of nobody's, that comes from an address."""
    return _limits(in_force(account=account, address=address))


def counted(owner: Owner, address: str) -> Q:
    """The rows that count against a person's limits: an account's own, else those of the cookie and of the address."""
    if owner.account is not None:
        return Q(account_id=owner.account)
    return owner.owned() | Q(address=address)


def in_force(*, account: int | None, address: str) -> list[InForce]:
    """Every limit that may be changed, each with where its value comes from."""
    mine = Q(scope=Scope.HOUSE)
    if address:
        mine |= Q(scope=Scope.ADDRESS, address=address)
    if account is not None:
        mine |= Q(scope=Scope.GROUP, group__user=account) | Q(scope=Scope.ACCOUNT, account=account)
    rows = list(Limit.objects.filter(mine).select_related("group", "account"))
    return [_chosen(name, [row for row in rows if row.name == name]) for name in editable()]


def _chosen(name: str, rows: list[Limit]) -> InForce:
    best = max(rows, key=lambda row: (PARTICULAR.index(Scope(row.scope)), row.value), default=None)
    return InForce(name, best.value if best else getattr(settings.LIMITS, name), best)


def _limits(found: Iterable[InForce]) -> HouseLimits:
    house: HouseLimits = settings.LIMITS
    return house.model_copy(update={each.name: each.value for each in found})
