"""Larger limit on the body of an import than Django's DATA_UPLOAD_MAX_MEMORY_SIZE, which holds for all requests."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.http import HttpRequest, HttpResponse, JsonResponse

from musicrooms.serving.request_limits import MOST_BODY, most_body, too_large
from rooms.errors import TooLarge


class ImportBody:
    """Middleware that reads the body of an import before ``request.body`` would raise; 413 beyond its own limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or (most := most_body(request.path)) == MOST_BODY:
            return self.get_response(request)
        body = request.read(most + 1)
        if len(body) > most:
            return JsonResponse(TooLarge(too_large(request.path)).as_json(), status=TooLarge.status)
        # The state in which ``HttpRequest.body`` leaves a request.
        request._body = body
        request._stream = BytesIO(body)
        return self.get_response(request)
