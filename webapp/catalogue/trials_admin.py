"""Test-loads and evictions in the admin: asked for here, and followed until they are over."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from webapp.catalogue.errands import evict_ask, trial_ask
from webapp.catalogue.models import Allowed, Errand, Model
from webapp.queues.selectors import workers

COLOURS = {
    Errand.State.QUEUED: "info",
    Errand.State.RUNNING: "warning",
    Errand.State.PASSED: "success",
    Errand.State.FAILED: "danger",
}
AGAIN = 2
"""Seconds after which a page that shows something unfinished is drawn again."""
MIB = 2**20


def alive() -> list[str]:
    """The names of the workers that reported lately."""
    return [worker.name for worker in workers() if worker.alive]


class ErrandForm(forms.ModelForm):  # type: ignore[type-arg]
    """What to do with which model, and for an eviction where."""

    key = forms.ChoiceField(label="Model", widget=UnfoldAdminSelectWidget)
    worker = forms.ChoiceField(
        required=False, widget=UnfoldAdminSelectWidget, help_text="Of an eviction; a test-load goes to whoever is free."
    )

    class Meta:
        model = Errand
        fields = ("kind", "key", "worker")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:  # those who may only look get no fields
            keys = sorted(
                {*Allowed.objects.values_list("key", flat=True), *Model.objects.values_list("key", flat=True)}
            )
            self.fields["key"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
            self.fields["worker"].choices = [("", "every worker"), *((name, name) for name in alive())]  # type: ignore[attr-defined]


@admin.register(Errand)
class ErrandAdmin(ModelAdmin):  # type: ignore[misc]
    """What workers were asked to do with models, and what came of it."""

    form = ErrandForm
    list_display = ("key", "kind", "shown_state", "worker", "asked", "took", "said")
    list_filter = ("kind", "state", "key")
    search_fields = ("key", "worker")
    change_list_template = "admin/catalogue/errands.html"

    @display(description="state", label=COLOURS, ordering="state")  # type: ignore[untyped-decorator]
    def shown_state(self, errand: Errand) -> str:
        """The state, coloured."""
        return errand.state

    @admin.display(description="took")
    def took(self, errand: Errand) -> str:
        """How long it was or is at work."""
        if errand.started is None:
            return ""
        return f"{((errand.finished or timezone.now()) - errand.started).total_seconds():.1f} s"

    @admin.display(description="outcome")
    def said(self, errand: Errand) -> str:
        """In one line."""
        if errand.problem:
            return str(errand.problem["detail"])
        return summary(errand) if errand.report else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The list, drawn again while something is unfinished."""
        live = AGAIN if Errand.objects.filter(state__in=Errand.OPEN).exists() else 0
        page: TemplateResponse = super().changelist_view(request, {**(extra_context or {}), "live": live})
        return page

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """One errand as a page to read."""
        errand = self.get_object(request, object_id)
        if errand is None or not self.has_view_permission(request, errand):
            page: HttpResponseBase = super().change_view(request, object_id, form_url, extra_context)
            return page
        context = {
            **self.admin_site.each_context(request),
            "title": str(errand),
            "opts": self.model._meta,
            "errand": errand,
            "took": self.took(errand),
            "live": AGAIN if errand.state in Errand.OPEN else 0,
            "costs": costs(errand),
        }
        return TemplateResponse(request, "admin/catalogue/errand.html", context)

    def save_model(self, request: HttpRequest, obj: Errand, form: Any, change: bool) -> None:
        """Ask for it: a row for each worker that an eviction goes to."""
        if obj.kind == Errand.Kind.TRIAL:
            made = [trial_ask(key=obj.key)]
        else:
            made = evict_ask(key=obj.key, workers=[obj.worker] if obj.worker else alive())
        obj.pk = made[0].pk if made else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Workers say what came of it."""
        return False


def costs(errand: Errand) -> list[tuple[str, str]]:
    """What a report says, as rows of a table."""
    report = errand.report
    if not report:
        return []
    if errand.kind == Errand.Kind.EVICT:
        return [("Parameters let go", _mib(report["weight_bytes"])), ("Given back", _mib(report["freed_bytes"]))]
    card = report["card"]
    tokens, seconds = report["pass_tokens"], report["pass_seconds"]
    rows = {
        "Architecture": card["architecture"],
        "Reads": ", ".join(card["inputs"]),
        "Offers": ", ".join(str(ability).replace("_", " ") for ability in card["abilities"]),
        "Layers": report["layers"],
        "Parameters": f"{card['parameters']:,}",
        "Context": card["context"] and f"{card['context']:,} tokens",
        "Vocabulary": card["vocabulary"] and f"{card['vocabulary']:,} tokens",
        "Revision": card["revision"],
        "Weights": f"{_mib(report['weight_bytes'])} ({card['dtype']}); models may fill {_mib(report['budget_bytes'])}",
        "Time to load": f"{report['load_seconds']:.2f} s",
        "Peak memory": f"{_mib(report['peak_bytes'])} beyond what was held before, on {report['device']}",
        "One pass": seconds and f"{1000 * seconds:.1f} ms over {f'{tokens} tokens' if tokens else 'one picture'}",
        "Methods that fit": f"{len(report['methods'])}: {', '.join(report['methods'])}"
        if report["methods"]
        else "none",
    }
    return [(name, str(value)) for name, value in rows.items() if value not in (None, "")]


def summary(errand: Errand) -> str:
    """What came of it, in a line."""
    report = errand.report or {}
    if errand.kind == Errand.Kind.EVICT:
        return f"{_mib(report['freed_bytes'])} given back"
    weights, methods = _mib(report["weight_bytes"]), len(report["methods"])
    return f"{report['card']['architecture']}, {weights}, {report['load_seconds']:.1f} s, {methods} methods"


def _mib(count: int) -> str:
    return f"{count / MIB:,.1f} MiB"
