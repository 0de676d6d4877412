"""Where each address leads."""

from django.contrib import admin
from django.urls import include, path

from webapp.config.api import api
from webapp.pages import views as pages
from webapp.queues import health

urlpatterns = [
    path("", include("webapp.pages.urls")),
    path("", include("webapp.accounts.urls")),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.broken
