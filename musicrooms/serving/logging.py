"""What the log says of other programs."""

from __future__ import annotations

import logging

from rooms.clock import monotonic_s

EVERY_S = 10.0


class OneLine(logging.Filter):
    """Says in one line what went wrong: where in a library it was noticed tells an operator nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            said, error = record.getMessage(), record.exc_info[1]
            if str(error) not in said:
                said = f"{said}: {error!r}"
            record.msg, record.args, record.exc_info = "%s", (said,), None
        return True


class Seldom(logging.Filter):
    """Lets one line through in 10 s: a trouble that lasts is met by every change, and by several who report it.

    What has a traceback is a fault of the code, and always told.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_at_s = -EVERY_S
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            return True
        now_s = monotonic_s()
        if now_s - self._said_at_s < EVERY_S:
            self._left_out += 1
            return False
        if self._left_out:
            record.msg, record.args = "%s (and %d lines like it)", (record.getMessage(), self._left_out)
        self._said_at_s, self._left_out = now_s, 0
        return True
