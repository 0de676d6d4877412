"""Whether the house lives, whether it is ready, and its numbers."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from webapp.catalogue.selectors import is_empty
from webapp.queues.metrics import Jobs

logger = logging.getLogger("tessera.health")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and channel layer answer; 503 when one does not. `workers` tells whether any was ever up."""
    checks = {"database": _database(), "channels": _channels()}
    ready = all(checks.values())
    workers = ready and not is_empty()
    return JsonResponse({"ready": ready, **checks, "workers": workers}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, read from the database when asked."""
    registry = CollectorRegistry()
    registry.register(Jobs())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        logger.warning("the database does not answer", exc_info=True)
        return False
    return True


def _channels() -> bool:
    try:
        layer = get_channel_layer()
        assert layer is not None  # settings always name one
        async_to_sync(layer.group_send)("ready", {"type": "ready"})
    except Exception:
        logger.warning("the channel layer does not answer", exc_info=True)
        return False
    return True
