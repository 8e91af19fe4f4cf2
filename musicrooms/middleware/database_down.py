"""The database is away: calls and pages answer 503 with ``Retry-After``, and the log says so in one line."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.signals import got_request_exception
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from rooms.clock import monotonic_s
from rooms.errors import Unavailable

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 3
LOGGED_EVERY_S = 10.0

SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
"""What SQLite says when its file cannot be had now. A missing table, also an OperationalError, is none of them."""

READ_ONLY = "25006"
"""PostgreSQL's word for a change that is asked of a replica, as happens while another machine takes over."""

LIMIT_EXCEEDED = "54"
"""PostgreSQL's class of what no repetition mends: a statement, or a value in an index, that is too large for it."""


def is_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database cannot answer now, and not that something is wrong with a question."""
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the kind; the rest says more of it.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_AWAY
    state = getattr(cause, "sqlstate", None) or ""
    return state == READ_ONLY if isinstance(error, InternalError) else not state.startswith(LIMIT_EXCEEDED)


def refusal_of(error: BaseException) -> Unavailable:
    """What a call is answered that met ``error``; the log is told."""
    _log(error)
    return Unavailable(
        "The database does not answer at the moment; try again in a few seconds.",
        retry_after_s=RETRY_AFTER_S,
    )


class DatabaseAway:
    """Middleware that answers 503 wherever below it, in view or middleware, the database turned out to be away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Django makes a 500 of an exception before any middleware sees it; this is where it tells of it.
        got_request_exception.connect(_note, dispatch_uid=f"{__name__}.note")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        error = getattr(request, "database_away", None)
        if error is not None and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            _answer(request, response, refusal_of(error))
        return response


def _note(request: Any = None, **_: Any) -> None:
    error = sys.exception()
    if request is not None and is_away(error):
        request.database_away = error


def _answer(request: HttpRequest, response: HttpResponse, refusal: Unavailable) -> None:
    """Make the error ``response`` this refusal; the headers that middleware gave it stay."""
    if request.path.startswith("/api/"):
        content, content_type = JsonResponse(refusal.as_json()).content, "application/json"
    else:
        # A page that was asked for comes back by itself; what somebody sent is theirs to send again.
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


_lock = threading.Lock()
_logged_at_s = -LOGGED_EVERY_S


def _log(error: BaseException) -> None:
    global _logged_at_s
    now_s = monotonic_s()
    with _lock:
        if now_s - _logged_at_s < LOGGED_EVERY_S:
            return
        _logged_at_s = now_s
    logger.error("The database does not answer, so that calls are answered 503: %s", " ".join(str(error).split()))
