"""NUL in what a request says: PostgreSQL holds none, and nobody means it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

_ENCODED = re.compile("%00|\0")


class NulBytes:
    """Middleware that knows no address with a NUL, and takes it out of queries and cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404("No address holds a NUL.")
        # Again and again, since "%0%000" holds another one without the first.
        while _ENCODED.search(query := request.META.get("QUERY_STRING", "")):
            request.META["QUERY_STRING"] = _ENCODED.sub("", query)
        for name, value in request.COOKIES.items():
            if "\0" in value:
                request.COOKIES[name] = value.replace("\0", "")
        return self.get_response(request)
