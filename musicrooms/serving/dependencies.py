"""Health checks of what a process depends on: the database and, where it is configured, Redis."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 1.0
"""Timeout of a check."""

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")
_flights_lock = threading.Lock()
_flights: dict[str, Future[Any]] = {}
_away: set[str] = set()


def single_flight(name: str, query: Callable[[], T]) -> Future[T]:
    """Run ``query`` in a thread. While one of that ``name`` is running, share it: a hung one holds one thread."""
    with _flights_lock:
        if name not in _flights or _flights[name].done():
            _flights[name] = _threads.submit(query)
        return _flights[name]


def answering() -> dict[str, bool]:
    """Which dependencies answer within PATIENCE_S, all asked at once; a change to "no" is logged."""
    checks = {"database": _query_database} | ({"redis": _ping_redis} if settings.REDIS_URL else {})
    asked = {name: single_flight(name, check) for name, check in checks.items()}
    return {name: _passes(name, result) for name, result in asked.items()}


def answers_redis() -> bool:
    """The same of Redis alone."""
    return _passes("redis", single_flight("redis", _ping_redis))


def _passes(name: str, result: Future[None]) -> bool:
    try:
        result.result(PATIENCE_S)
    except Exception as error:  # noqa: BLE001  # whatever fails, the dependency is unusable
        if name not in _away:
            _away.add(name)
            reason = " ".join(str(error).split()) or f"nothing within {PATIENCE_S:g} s"
            state = "Degraded" if name == "redis" else "Not ready"
            logger.warning("%s, since the %s does not answer: %s", state, name, reason)
        return False
    _away.discard(name)
    return True


def _query_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _ping_redis() -> None:
    import redis  # here, since it takes a twentieth of a start, and most servers have none

    for url in settings.REDIS_URL.split(","):
        with redis.Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S) as client:
            client.ping()
