"""One ASGI application: static files, pages, API and sockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
os.environ.setdefault("TESSERA_POOL", "10")

from typing import Any, cast

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import re_path

django.setup(set_prefix=False)

# The apps' models are ready only now.
from webapp.accounts.sockets import guarded  # noqa: E402
from webapp.common.origin import SocketOrigin  # noqa: E402
from webapp.config.body import BodyLimit  # noqa: E402
from webapp.config.early import NoNul, nowhere  # noqa: E402
from webapp.config.handler import Handler  # noqa: E402
from webapp.config.static import Application, StaticFiles  # noqa: E402
from webapp.queues.numbers import Sockets  # noqa: E402
from webapp.queues.routing import websocket_urlpatterns as admin_sockets  # noqa: E402
from webapp.runs.routing import websocket_urlpatterns  # noqa: E402

sockets: list[Any] = [*websocket_urlpatterns, *admin_sockets, re_path("", cast(Any, nowhere))]

application = ProtocolTypeRouter(
    {
        "http": NoNul(BodyLimit(StaticFiles(cast(Application, Handler())))),
        "websocket": NoNul(SocketOrigin(Sockets(guarded(cast(Application, URLRouter(sockets)))))),
    }
)
