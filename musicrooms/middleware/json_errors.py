"""Django's own error responses below ``/api/`` in the API's error shape."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse

from rooms.errors import Invalid
from rooms.live.stream.request import unknown_host


class JsonErrors:
    """Middleware that converts an HTML or text error of an API call to ``{"error": {"code", "message"}}``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_json = response.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or is_json or not request.path.startswith("/api/"):
            return response
        if response.status_code == HTTPStatus.BAD_REQUEST:
            refusal = _not_understood(request)
            return JsonResponse(refusal.as_json(), status=refusal.status)
        status = HTTPStatus(response.status_code)
        code = status.name.lower().replace("_", "-")
        plain = JsonResponse({"error": {"code": code, "message": _sentence(request, response)}}, status=status)
        for name in ("Allow", "Retry-After", "Location"):
            if name in response:
                plain[name] = response[name]
        return plain


def _sentence(request: HttpRequest, response: HttpResponse) -> str:
    called = f"{request.method} {request.path[:200]}"
    if allowed := response.get("Allow"):
        return f"{request.method} is not allowed here; {allowed} is."
    if response.status_code == HTTPStatus.NOT_FOUND:
        return f"There is no call {called}; /api/v1/docs shows all that there are."
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        return f"{called} was not done: If-Match names another state than the current one."
    return f"{called}: {HTTPStatus(response.status_code).phrase}."


def _not_understood(request: HttpRequest) -> Invalid:
    """Why Django itself refused a request with 400, which the contract calls 422."""
    try:
        request.get_host()
    except DisallowedHost:
        return unknown_host(request.META.get("HTTP_HOST", ""))
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    return Invalid(f"The request has more than the {most:,} parameters that are allowed, or they cannot be read.")
