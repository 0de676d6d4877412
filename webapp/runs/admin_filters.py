"""By what jobs are filtered in the admin. The choices come from small tables, never from all jobs."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from webapp.catalogue.models import Method, Model
from webapp.common.errors import CANCELLED, PERSON, SYSTEM
from webapp.runs.models import Job, Result

Choices = list[tuple[str, str]]

NONE = "(none)"
AGES = {
    "10m": ("in the last 10 minutes", timedelta(minutes=10)),
    "1h": ("in the last hour", timedelta(hours=1)),
    "1d": ("in the last day", timedelta(days=1)),
    "7d": ("in the last week", timedelta(days=7)),
}
OLDER = {
    "-1h": ("more than an hour ago", timedelta(hours=1)),
    "-1d": ("more than a day ago", timedelta(days=1)),
    "-7d": ("more than a week ago", timedelta(days=7)),
    "-30d": ("more than 30 days ago", timedelta(days=30)),
}


class ModelFilter(DropdownFilter):  # type: ignore[misc]
    """Jobs of a model of the catalogue, or of none."""

    title = "model"
    parameter_name = "with_model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Models that workers offer."""
        return [(NONE, "no model"), *((key, key) for key in Model.objects.values_list("key", flat=True))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs."""
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(model=None) if value == NONE else queryset.filter(model=value)


class MethodFilter(DropdownFilter):  # type: ignore[misc]
    """Jobs that compute a method."""

    title = "method"
    parameter_name = "with_method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Methods that workers offer."""
        return [(key, key) for key in Method.objects.values_list("key", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs, each once."""
        value = self.value()
        return queryset.filter(pk__in=Result.objects.filter(method=value).values("job")) if value else queryset


class ByFilter(TextFilter):  # type: ignore[misc]
    """Jobs that somebody asked for: an account's name, or how a cookie's id or an address's hash begins."""

    title = "account, cookie or address hash"
    parameter_name = "by"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs."""
        value = self.value()
        if not value:
            return queryset
        address = Q(run__address__startswith=value)
        return queryset.filter(Q(run__account__username=value) | Q(owner__startswith=value) | address)


class WorkerFilter(TextFilter):  # type: ignore[misc]
    """Jobs that a worker holds or held last."""

    title = "worker's name, as it begins"
    parameter_name = "on"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs."""
        value = self.value()
        return queryset.filter(worker__startswith=value) if value else queryset


class ReasonFilter(DropdownFilter):  # type: ignore[misc]
    """Jobs that ended with a problem."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Problems that a job may end with: those of the house, and of what was asked."""
        asked = [id for id, status in PERSON.items() if status == 422]
        return [(id, id.replace("-", " ")) for id in sorted([*SYSTEM, *CANCELLED, *asked])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs."""
        value = self.value()
        return queryset.filter(problem__type=f"/problems/{value}") if value else queryset


class AgeFilter(DropdownFilter):  # type: ignore[misc]
    """Jobs by when they were asked for."""

    title = "age"
    parameter_name = "asked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Younger and older than some times."""
        return [(key, said) for key, (said, _) in (AGES | OLDER).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those jobs."""
        value = self.value() or ""
        if value in AGES:
            return queryset.filter(created__gte=timezone.now() - AGES[value][1])
        return queryset.filter(created__lt=timezone.now() - OLDER[value][1]) if value in OLDER else queryset
