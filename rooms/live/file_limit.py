"""How many connections a process may hold: each takes a file descriptor, of which the system grants so many."""

from __future__ import annotations

import math

try:
    import resource
except ImportError:  # a system that counts none
    resource = None  # type: ignore[assignment]

MOST = 1 << 20
"""Asked for at most, where the system would grant any number."""

KEPT = 200
"""Left for everything that is not a stream: calls, files, the database, and refusing what is too many."""


def raise_limit() -> None:
    """Take all that the system grants; by default it hands out about a thousand."""
    if resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def max_streams() -> float:
    """How many streams this process may have open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource is not None else -1
    return math.inf if soft < 0 else max(0, soft - KEPT)
