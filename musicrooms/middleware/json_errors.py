"""Django's own error responses below ``/api/`` in the API's error shape."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse


class JsonErrors:
    """Middleware that converts an HTML or text error of an API call to ``{"error": {"code", "message"}}``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_json = response.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or is_json or not request.path.startswith("/api/"):
            return response
        status = HTTPStatus(response.status_code)
        message = f"{request.method} {request.path[:200]}: {status.phrase}."
        if allowed := response.get("Allow"):
            message = f"{request.method} is not allowed here; {allowed} is."
        code = status.name.lower().replace("_", "-")
        plain = JsonResponse({"error": {"code": code, "message": message}}, status=status)
        for name in ("Allow", "Retry-After", "Location"):
            if name in response:
                plain[name] = response[name]
        return plain
