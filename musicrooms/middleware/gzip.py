"""What is sent, compressed: a long page or queue says the same words again and again."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

LEAST_PAGE_BYTES = 2_048
"""What is smaller fits into two packets anyway."""

LEAST_ANSWER_BYTES = 32_768
"""Calls are many and short, and should not wait for a compression that saves them nothing."""


class Gzip(GZipMiddleware):
    """Middleware that compresses whatever is large, with Django's random padding, so that lengths tell no secret.

    The tag of what is compressed becomes a weak one, by which it is known all the same.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        least = LEAST_PAGE_BYTES if is_page else LEAST_ANSWER_BYTES
        if response.streaming or len(getattr(response, "content", b"")) < least:
            return response
        return super().process_response(request, response)
