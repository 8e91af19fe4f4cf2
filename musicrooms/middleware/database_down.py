"""503 with ``Retry-After`` for every call and page that met an unreachable database."""

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
    """Middleware that answers 503 wherever below it, in view or middleware, the database turned out to be away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Django makes a 500 of an exception before any middleware sees it; this is where it tells of it.
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
    """Make the error ``response`` this refusal; the headers that middleware gave it stay."""
    if request.path.startswith("/api/"):
        content, content_type = JsonResponse(refusal.as_json()).content, "application/json"
    else:
        # A page that was asked for reloads itself; a form that was sent is left to its sender to send again.
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
    """Drops the requests that failed by a missing database from Django's log: this module logs the outage once."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        return not (record.exc_info and is_away(record.exc_info[1]))
