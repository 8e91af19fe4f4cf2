"""What the log says of other programs."""

from __future__ import annotations

import logging


class OneLine(logging.Filter):
    """Says in one line what went wrong: where in a library it was noticed tells an operator nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.msg, record.args = "%s: %r", (record.getMessage(), record.exc_info[1])
            record.exc_info = None
        return True
