"""Process set-up and shutdown that both server programs share: loading the application, garbage collector, signals."""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string

from musicrooms.serving.readiness import readiness
from musicrooms.serving.redis_watch import watch_redis
from musicrooms.serving.supervisor import SupervisorLink
from rooms.webhooks.delivering import start as deliver_webhooks

Serving = Callable[[], object]
"""Callback for the moment from which requests are answered."""
Source = socket.socket | SupervisorLink
"""Where connections come from: a listening socket, or the link to the supervisor of several workers."""

STOP_S = 7.0
"""From the end of the grace to a forced exit. Service managers and containers usually send SIGKILL after 10 s."""

COLLECT_EVERY = (20_000, 50, 100)
"""Thresholds of the garbage collector. With Python's default of 700 allocations it runs at every tenth join and
traverses objects that live for half an hour, which is a fifth of the cost of a join."""


def loaded_application() -> Any:
    """The project's ASGI application with every view imported, and the garbage collector set up to serve it.

    All objects so far are frozen (``gc.freeze``): they live as long as the process, and a full collection that
    traverses them pauses it for 100 ms.
    """
    application = import_string(settings.ASGI_APPLICATION)
    watch_redis()
    deliver_webhooks()
    get_resolver().url_patterns  # noqa: B018  # the property imports every view
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)
    return application


def seconds_of_grace(source: Source) -> float:
    """Seconds for which streams go on after the signal to stop, while ``/readyz`` already answers 503.

    None for a worker: its supervisor passes it no more connections, and waits before it stops all of them.
    """
    return 0.0 if isinstance(source, SupervisorLink) else readiness.stop()


def ignore_signals() -> None:
    """Ignore SIGTERM and SIGINT from here on: a second one would replace a clean exit by a death by signal."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)


def exit_by_force_later() -> None:
    """Exit with status 1 STOP_S after the grace, whatever is still running."""
    timer = threading.Timer(settings.STOP_GRACE_S + STOP_S, os._exit, [1])
    timer.daemon = True
    timer.start()
