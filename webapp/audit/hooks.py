"""The one place where the admin leaves its traces: whatever changes something there is written down."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from webapp.audit.services import noted, record
from webapp.common.origin import SAFE

SECRET = re.compile(r"password|secret|token|hash", re.IGNORECASE)
HIDDEN = "(hidden)"
NAMED = 100
"""Rows of an action that its entry names at most."""
CHANGES = "tessera.changes"

View = Callable[..., HttpResponseBase]
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponseBase | None]


class Audited:
    """Mixed into every ModelAdmin by the site: adding, changing, deleting and every action leave an entry."""

    model: type[Model]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """As usual; what changed is kept for the entry that follows."""
        changes = _changes(form)
        for formset in formsets or ():
            changes |= _row_changes(formset)
        request.META[CHANGES] = changes
        return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """A row was added."""
        record(request, "add", obj, {"changes": request.META.pop(CHANGES, {})})
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """A row was changed."""
        record(request, "change", obj, {"changes": request.META.pop(CHANGES, {})})
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Rows are about to be deleted."""
        for row in queryset:
            record(request, "delete", row, {"changes": {name: [value, None] for name, value in _fields(row).items()}})
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Action, str, str]]:
        """The usual ones; each writes down when it is done."""
        actions = super().get_actions(request)  # type: ignore[misc]
        return {name: (_written(act, name), name, said) for name, (act, _, said) in actions.items()}


def audited(admin_class: type[Any]) -> type[Any]:
    """The same ModelAdmin, leaving entries."""
    if issubclass(admin_class, Audited):
        return admin_class
    return type(admin_class.__name__, (Audited, admin_class), {"__module__": admin_class.__module__})


def watched(view: View) -> View:
    """A page of the admin: what it changed without leaving an entry of its own gets a plain one."""

    @wraps(view)
    def watching(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method not in SAFE and not noted(request) and _did_something(response):
            record(request, "post", ("page", request.path, request.path), {"fields": sorted(request.POST)})
        return response

    return watching


def _did_something(response: HttpResponseBase) -> bool:
    """A page that asks (again) is drawn; one that did something sends the browser on, or answers a script."""
    if isinstance(response, JsonResponse):
        return response.status_code < 300
    return response.status_code in (204, 302, 303)


def _written(act: Action, name: str) -> Action:
    @wraps(act)
    def acting(admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
        before = noted(request)
        ids = [str(pk) for pk in queryset.values_list("pk", flat=True)[: NAMED + 1]]
        label = str(queryset.first()) if len(ids) == 1 else ""
        count = len(ids) if len(ids) <= NAMED else queryset.count()
        response = act(admin, request, queryset)
        # An action that answers with a page asks first; one that wrote entries itself said more than is known here.
        if noted(request) == before and (response is None or _did_something(response)):
            plural = str(queryset.model._meta.verbose_name_plural)
            one = (str(queryset.model._meta.verbose_name), ids[0], label) if count == 1 else None
            record(request, name, one or (plural, "", f"{count} {plural}"), {"count": count, "ids": ids[:NAMED]})
        return response

    return acting


def _changes(form: BaseForm) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in form.changed_data:
        if SECRET.search(name):
            changes[name] = [HIDDEN, HIDDEN]
        elif name in form.fields:
            before = form.get_initial_for_field(form.fields[name], name)
            changes[name] = [before, form.cleaned_data.get(name)]
    return changes


def _row_changes(formset: Any) -> dict[str, Any]:
    """What happened to rows that are edited on the page of another."""
    rows = {f"{row._meta.verbose_name} {row.pk} (new)": [None, row] for row in formset.new_objects}
    rows |= {f"{row._meta.verbose_name} {row.pk}": fields for row, fields in formset.changed_objects}
    return rows | {f"{row._meta.verbose_name} {row.pk} (deleted)": [row, None] for row in formset.deleted_objects}


def _fields(row: Model) -> dict[str, Any]:
    return {
        field.name: HIDDEN if SECRET.search(field.name) else field.value_from_object(row)
        for field in row._meta.concrete_fields
    }
