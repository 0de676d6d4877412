"""The admin's site: unfold's, with every page and every ModelAdmin leaving entries."""

from typing import Any

from django.contrib.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from webapp.audit.hooks import View, audited, watched


class AuditedSite(UnfoldAdminSite):  # type: ignore[misc]
    """Whatever is registered here is audited, without its own doing."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models; their ModelAdmin leaves entries."""
        super().register(model_or_iterable, audited(admin_class or ModelAdmin), **options)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """A page for staff only; what it changes leaves an entry."""
        return super().admin_view(watched(view), cacheable)
