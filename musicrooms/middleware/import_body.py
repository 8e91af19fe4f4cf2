"""The body of an import, which may be larger than Django takes of other requests."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.http import HttpRequest, HttpResponse, JsonResponse

from musicrooms.serving.request_limits import MOST_BODY, most_body, too_large
from rooms.errors import TooLarge


class ImportBody:
    """Middleware that reads it, before any other has a look and is told by Django that it is too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or (most := most_body(request.path)) == MOST_BODY:
            return self.get_response(request)
        body = request.read(most + 1)
        if len(body) > most:
            return JsonResponse(TooLarge(too_large(request.path)).as_json(), status=TooLarge.status)
        # As Django itself keeps a body that it has read.
        request._body = body
        request._stream = BytesIO(body)
        return self.get_response(request)
