"""Addresses of pages."""

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from webapp.pages import views

urlpatterns = [
    path("", views.ask),
    path("gallery", views.gallery),
    path("guide", views.guide),
    path("compare", views.compare),
    path("runs/<str:id>", views.run),
    path("s/<str:secret>", views.shared),
    path("embed/<str:secret>", views.embedded),
    path("robots.txt", views.robots),
    path("favicon.ico", require_safe(RedirectView.as_view(url="/static/pages/tessera.svg"))),
]
