"""Pages: each places one element of the frontend and the files it is built from."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from webapp.common.headers import CSP, policy
from webapp.common.logs import said
from webapp.common.owners import owner_of
from webapp.common.text import text
from webapp.pages.built import Assets, assets
from webapp.runs.selectors import run_of
from webapp.sharing.selectors import share_of
from webapp.sharing.services import share_viewed
from workers.contract import Refusal

ASK = "src/pages/ask.ts"
RUN = "src/pages/run.ts"
COMPARE = "src/pages/compare.ts"
GALLERY = "src/pages/gallery.ts"
GUIDE = "src/pages/guide.ts"
EMBED = "src/embed/tessera-view.ts"


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The page to ask."""
    return render(request, "pages/ask.html", {"assets": assets(ASK)})


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Questions that were asked once, to be opened."""
    return render(request, "pages/gallery.html", {"assets": assets(GALLERY)})


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """How every method is read."""
    return render(request, "pages/guide.html", {"assets": assets(GUIDE)})


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The page that compares what its address names behind the #, which no server sees; it may name shared runs."""
    return render(request, "pages/compare.html", {"assets": assets(COMPARE), "noindex": True})


@require_safe
def run(request: HttpRequest, id: str) -> HttpResponse:
    """The page of one's own run."""
    try:
        found = run_of(id, owner_of(request))
    except Refusal:
        return not_found(request)
    places = {"title": found.label, "api": f"/api/runs/{found.pk}", "socket": f"/ws/runs/{found.pk}"}
    return render(request, "pages/run.html", {"assets": assets(RUN), **places})


@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind a link; opening it counts as a view."""
    try:
        share = share_of(secret)
    except Refusal:
        return not_found(request)
    if request.method == "GET":
        share_viewed(share=share)
    places = {"title": share.run.label, "api": f"/api/shares/{secret}", "socket": "", "note": share.note}
    return render(request, "pages/run.html", {"assets": assets(RUN), "noindex": True, **places})


@require_safe
def embedded(request: HttpRequest, secret: str) -> HttpResponse:
    """What a link shows, for a frame in a page of another site, if whoever made the link allowed that."""
    try:
        share = share_of(secret)
    except Refusal:
        return not_found(request)
    if not share.embed:
        return not_found(request)
    if request.method == "GET":
        share_viewed(share=share)
    places = {"title": share.run.label, "src": f"/s/{secret}"}
    response = render(request, "pages/embedded.html", {"assets": assets(EMBED), "noindex": True, **places})
    response["Content-Security-Policy"] = policy(CSP | {"frame-ancestors": "*"})
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Links to runs are for those who hold them, not for search engines."""
    return HttpResponse(
        "User-agent: *\nDisallow: /s/\nDisallow: /embed/\nDisallow: /runs/\nDisallow: /api/\n",
        content_type="text/plain",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _error(request, HTTPStatus.NOT_FOUND, text("page.missing"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _error(request, HTTPStatus.BAD_REQUEST, text("page.bad"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _error(request, HTTPStatus.FORBIDDEN, text("page.forbidden"))


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    written = text("page.broken", request=said().get("request", "unknown"))
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR, written)


def _error(request: HttpRequest, status: HTTPStatus, says: str) -> HttpResponse:
    context = {"assets": Assets(), "status": int(status), "title": text(f"page.{int(status)}"), "said": says}
    return render(None, "pages/error.html", context, status=int(status))
