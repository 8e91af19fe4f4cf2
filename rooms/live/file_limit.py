"""Limit on open streams by the process' file descriptors (RLIMIT_NOFILE)."""

from __future__ import annotations

import math

try:
    import resource
except ImportError:  # not on this platform
    resource = None  # type: ignore[assignment]

MOST = 1 << 20
"""Soft limit to set where the hard limit is infinite."""

KEPT = 200
"""Descriptors reserved for requests, files, the database, and the refusal of further streams."""


def raise_limit() -> None:
    """Raise the soft limit, often 1,024, to the hard limit."""
    if resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def max_streams() -> float:
    """Streams that this process may have open; infinite without a limit."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource is not None else -1
    return math.inf if soft < 0 else max(0, soft - KEPT)
