"""Answers are sent compressed to whoever takes that, unless they are pictures, which are so already."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

WORTH_IT = ("application/json", "application/problem+json", "image/svg+xml", "text/")


class Compression(GZipMiddleware):
    """gzip with a random length added, so that the size of an answer tells nothing of secrets in it (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(WORTH_IT):
            return response
        return super().process_response(request, response)
