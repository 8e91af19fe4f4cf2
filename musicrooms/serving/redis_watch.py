"""Looks now and then whether Redis answers, so that one that is open but silent is told of before it is missed."""

from __future__ import annotations

import threading

from django.conf import settings

from musicrooms.middleware.health_probes import answers_redis
from musicrooms.serving.readiness import readiness

EVERY_S = 3.0


def watch_redis() -> None:
    """Begin to look, if Redis is used."""
    if settings.REDIS_URL:
        threading.Thread(target=_watch, name="redis watch", daemon=True).start()


def _watch() -> None:
    pause = threading.Event()
    while not readiness.is_stopping:
        answers_redis()
        pause.wait(EVERY_S)
