"""Whether the house lives, whether it is ready, and its numbers."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from webapp.common.errors import refuse
from webapp.common.middleware import Middleware
from webapp.common.problems import refusal_response
from webapp.queues.metrics import House
from webapp.queues.readiness import checks, workers_here

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that requests need, tried now; 503 when something fails. Workers are told of, and not needed."""
    found = checks()
    ready = all(check.ok for check in found.values())
    said = {name: check.as_json() for name, check in found.items()}
    workers = workers_here() if found["database"].ok else None
    response = JsonResponse({"ready": ready, "checks": said, "workers": workers}, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus: the house's from the database, then this process's own."""
    house = CollectorRegistry()
    house.register(House())
    text = generate_latest(house) + generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class MetricsDoor(Middleware):
    """/metrics is for whoever knows TESSERA_METRICS_TOKEN; while there is none, for this machine alone."""

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.path != "/metrics":
            return None
        if settings.METRICS_TOKEN:
            given = request.headers.get("Authorization", "")
            if hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
                return metrics(request)
        elif request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers:
            return None  # the house's own doors decide
        return refusal_response(refuse("forbidden", "Metrics are for this machine, or for a token that its owner set."))
