"""One ASGI application: static files, pages, API and sockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
os.environ.setdefault("TESSERA_POOL", "10")

from typing import cast

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

# The apps' models are ready only now.
from webapp.accounts.sockets import guarded  # noqa: E402
from webapp.common.origin import SocketOrigin  # noqa: E402
from webapp.config.body import BodyLimit  # noqa: E402
from webapp.config.static import Application, StaticFiles  # noqa: E402
from webapp.runs.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(StaticFiles(cast(Application, django_application))),
        "websocket": SocketOrigin(guarded(URLRouter(websocket_urlpatterns))),
    }
)
