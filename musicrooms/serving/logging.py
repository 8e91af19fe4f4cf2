"""Log filters that shorten and rate-limit the records of libraries."""

from __future__ import annotations

import logging

from rooms.clock import monotonic_s

EVERY_S = 10.0
"""At most one record of a limited logger in this time."""


class OneLine(logging.Filter):
    """Replaces the traceback of a record by the error's message: a place in a library tells an operator nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            message, error = record.getMessage(), record.exc_info[1]
            if str(error) not in message:
                message = f"{message}: {error!r}"
            record.msg, record.args, record.exc_info = "%s", (message,), None
        return True


class RateLimit(logging.Filter):
    """Passes one record in 10 s and counts those it drops: during an outage of Redis every change logs several.

    A record with a traceback is a fault of the code and always passes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed_at_s = -EVERY_S
        self._dropped = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            return True
        now_s = monotonic_s()
        if now_s - self._passed_at_s < EVERY_S:
            self._dropped += 1
            return False
        if self._dropped:
            record.msg, record.args = "%s (and %d lines like it)", (record.getMessage(), self._dropped)
        self._passed_at_s, self._dropped = now_s, 0
        return True
