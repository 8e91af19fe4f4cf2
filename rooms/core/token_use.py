"""The instant at which a token was used last, kept in the database to the minute."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError

from rooms.clock import now_ms
from rooms.models import Token

logger = logging.getLogger(__name__)

EVERY_MS = 60_000
"""A process writes the use of a token once a minute at most: a bot may call many times a second."""

MOST_KEPT = 10_000

_written_at_ms: dict[str, int] = {}


def note_use(token_hash: str) -> None:
    """Write that the token with this hash is used now; a failure is logged, since the use itself goes on."""
    now = now_ms()
    if 0 <= now - _written_at_ms.get(token_hash, 0) < EVERY_MS:  # a clock that was set back delays nothing
        return
    if len(_written_at_ms) >= MOST_KEPT:
        _written_at_ms.clear()
    _written_at_ms[token_hash] = now
    try:
        Token.objects.filter(hash=token_hash).update(last_used_at=datetime.fromtimestamp(now / 1000, UTC))
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The last use of a token was not written: %r.", error)
