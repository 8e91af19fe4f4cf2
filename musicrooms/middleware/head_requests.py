"""HEAD for every GET of the API."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class HeadRequests:
    """Middleware that routes HEAD below ``/api/`` as GET and adds HEAD to ``Allow``; the server omits the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.method == "HEAD":
            request.method = "GET"
        response = self.get_response(request)
        allowed = response.get("Allow", "").split(", ")
        if "GET" in allowed:
            response["Allow"] = ", ".join(sorted({*allowed, "HEAD"}))
        return response
