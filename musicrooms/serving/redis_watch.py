"""Periodic health check of Redis, so that one that accepts connections but does not answer is logged early."""

from __future__ import annotations

import threading

from django.conf import settings

from musicrooms.serving.dependencies import answers_redis
from musicrooms.serving.readiness import readiness

EVERY_S = 3.0


def watch_redis() -> None:
    """Start the thread that checks Redis, if it is configured."""
    if settings.REDIS_URL:
        threading.Thread(target=_watch, name="redis watch", daemon=True).start()


def _watch() -> None:
    pause = threading.Event()
    while not readiness.is_stopping:
        answers_redis()
        pause.wait(EVERY_S)
