"""gzip compression of pages and long JSON answers."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

LEAST_PAGE_BYTES = 2_048
"""A smaller page fits into two packets anyway."""

LEAST_ANSWER_BYTES = 32_768
"""API answers are frequent and short: compressing them would cost time and save no packet."""


class Gzip(GZipMiddleware):
    """Django's GZipMiddleware with thresholds by content type.

    Django pads at random against BREACH, and weakens the ETag of a compressed response, which still matches.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        least = LEAST_PAGE_BYTES if is_page else LEAST_ANSWER_BYTES
        if response.streaming or len(getattr(response, "content", b"")) < least:
            return response
        return super().process_response(request, response)
