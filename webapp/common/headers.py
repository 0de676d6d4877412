"""What every answer says to the browser about what it may do."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from webapp.common.middleware import Middleware

CSP = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ADMIN = CSP | {"script-src": "'self' 'unsafe-eval'"}
"""Unfold's Alpine compiles its expressions; no page there shows a person's text unescaped."""
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""For files that a person may open by themselves: nothing in them runs."""
HTTPS_FOR = "max-age=31536000; includeSubDomains"
"""A year of nothing but HTTPS, once a browser saw it."""
SECRET = ("/s/", "/embed/", "/api/shares/")
"""Addresses that hold a link's secret: kept out of indexes, and of the next page's Referer."""

MODULES = ("/static/assets/", "/static/embed/")
"""The built frontend, which holds nobody's data: pages of other sites may load the element that shows a shared view."""


def policy(rules: dict[str, str]) -> str:
    """The header's text."""
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def headers_of(path: str) -> dict[str, str]:
    """The headers of any answer below a path that says nothing else."""
    secret = path.startswith(SECRET)
    said = {
        "Content-Security-Policy": policy(ADMIN if path.startswith("/admin/") else CSP),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer" if secret else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if path.startswith(MODULES):
        said["Access-Control-Allow-Origin"] = "*"
    if path.startswith("/embed/"):
        del said["X-Frame-Options"]
    if secret:
        said["X-Robots-Tag"] = "noindex, nofollow"
    if secret or path.startswith("/api/"):
        said["Cache-Control"] = "private, no-cache"
    if settings.HTTPS:
        said["Strict-Transport-Security"] = HTTPS_FOR
    return said


class SecurityHeaders(Middleware):
    """What `headers_of` says, on every answer of Django's that does not say it by itself."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in headers_of(request.path).items():
            response.headers.setdefault(name, value)
        return response
