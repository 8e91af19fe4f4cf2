"""503 with ``Retry-After`` for API calls and pages while the database is unreachable."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from rooms.core.database_errors import is_away, refusal_of
from rooms.errors import Unavailable


class DatabaseDown:
    """Middleware that answers 503 where a view or an inner middleware failed because the database is unreachable."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Django converts an exception to a 500 before outer middleware sees it, and sends this signal.
        got_request_exception.connect(_note, dispatch_uid=f"{__name__}.note")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        error = getattr(request, "database_error", None)
        if error is not None and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            _answer(request, response, refusal_of(error))
        return response


def _note(request: Any = None, **_: Any) -> None:
    error = sys.exception()
    if request is not None and is_away(error):
        request.database_error = error


def _answer(request: HttpRequest, response: HttpResponse, refusal: Unavailable) -> None:
    """Replace status and body of the error ``response`` by the refusal; headers set by inner middleware stay."""
    if request.path.startswith("/api/"):
        content, content_type = JsonResponse(refusal.as_json()).content, "application/json"
    else:
        # A page reloads itself, but a form is not submitted twice.
        page = render_to_string("503.html", {"may_repeat": request.method in ("GET", "HEAD")})
        content, content_type = page.encode(), "text/html; charset=utf-8"
    response.status_code = refusal.status
    response.reason_phrase = HTTPStatus(refusal.status).phrase
    response.content = content
    response["Content-Type"] = content_type
    response["Content-Length"] = str(len(content))
    response["Retry-After"] = str(refusal.retry_after_s)
    response["Cache-Control"] = "no-store"


class WithoutOutages(logging.Filter):
    """Log filter that drops requests which failed in an outage: ``rooms.core.database_errors`` logs that once."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        return not (record.exc_info and is_away(record.exc_info[1]))
