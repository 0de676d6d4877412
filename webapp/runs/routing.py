"""Addresses of sockets."""

from typing import Any

from django.urls import path

from webapp.runs.consumers import RunNews

news: Any = RunNews.as_asgi()  # an ASGI application where Django's types want a view
websocket_urlpatterns: list[Any] = [path("ws/runs/<str:run_id>", news)]
