"""Addresses of sockets."""

from typing import Any

from django.urls import path

from webapp.queues.consumers import LiveQueue

live: Any = LiveQueue.as_asgi()  # an ASGI application where Django's types want a view
websocket_urlpatterns: list[Any] = [path("ws/admin/queue", live)]
