"""Pages speak the language that a person chose, else that of their browser; the admin and the API speak English."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from webapp.common.middleware import Middleware
from webapp.common.text import language_of

ENGLISH = ("/admin", "/api/")


class Language(Middleware):
    """Says in which language the rest of a request speaks."""

    def before(self, request: HttpRequest) -> None:
        """Every request, since what the one before chose may still be set."""
        own = not request.path.startswith(ENGLISH)
        translation.activate(language_of(request.COOKIES, request.headers.get("Accept-Language", "")) if own else "en")

    def after(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        """Whoever keeps a page must not show it to people who read another language."""
        if answer.headers.get("Content-Type", "").startswith("text/html") and not request.path.startswith(ENGLISH):
            patch_vary_headers(answer, ["Accept-Language", "Cookie"])
        return answer
