"""Removal of NUL characters from query strings and cookies, since PostgreSQL rejects them in any parameter."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_ENCODED = re.compile("%00|\0")


class NulBytes:
    """Middleware that removes NUL characters, raw or percent-encoded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Repeated, since removing the inner one of "%0%000" leaves another.
        while _ENCODED.search(query := request.META.get("QUERY_STRING", "")):
            request.META["QUERY_STRING"] = _ENCODED.sub("", query)
        for name, value in request.COOKIES.items():
            if "\0" in value:
                request.COOKIES[name] = value.replace("\0", "")
        return self.get_response(request)
