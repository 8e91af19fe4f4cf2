"""What both server programs share: the loaded application, and the end of the process."""

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

Serving = Callable[[], object]
Source = socket.socket | SupervisorLink
"""Where connections come from: a socket that listens, or the supervisor of several workers."""

STOP_S = 9.0
"""From the signal until whatever is still at work is cut off: who asked a server to stop waits 10 s, and then kills."""

COLLECT_EVERY = (20_000, 50, 100)
"""Python's default of 700 new objects has its collector run for every tenth stream that opens, and walk each time over
many that stay for half an hour: a fifth of what a join costs."""


def loaded_application() -> Any:
    """The project's ASGI application, with all of its code loaded.

    What was made so far lives as long as the process: a collection of garbage that walked through all of it, as it does
    again and again, would stop everything for a tenth of a second.
    """
    application = import_string(settings.ASGI_APPLICATION)
    watch_redis()
    get_resolver().url_patterns  # noqa: B018  # asking for them imports every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)
    return application


def seconds_of_grace(source: Source) -> float:
    """How long streams go on after the signal to stop, while ``/readyz`` already says so.

    A worker ends at once: its supervisor sends it no more connections, and the other workers are as ready as before.
    """
    return 0.0 if isinstance(source, SupervisorLink) else readiness.stop()


def ignore_signals() -> None:
    """Nothing but the end is left to come, and who asks for it twice would turn it into a death by a signal."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)


def exit_by_force_later() -> None:
    timer = threading.Timer(STOP_S, os._exit, [1])
    timer.daemon = True
    timer.start()
