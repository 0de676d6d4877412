"""What every answer says to the browser about what it may do."""

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
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""For files that a person may open by themselves: nothing in them runs."""


def policy(rules: dict[str, str]) -> str:
    """The header's text."""
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders(Middleware):
    """Content-Security-Policy on every answer that has none yet."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        rules = ADMIN if request.path.startswith("/admin/") else CSP
        response.headers.setdefault("Content-Security-Policy", policy(rules))
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.path.startswith(("/s/", "/api/shares/")):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers["Referrer-Policy"] = "no-referrer"
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
