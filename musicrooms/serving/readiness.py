"""Readiness of this process for ``/readyz``, withdrawn at the signal to stop and before streams end (lame duck).

A load balancer has to notice first: listeners reconnect at once when their streams end, and would be routed here again.
"""

from __future__ import annotations

from django.conf import settings

from rooms.clock import monotonic_s

PROBER_S = 30.0
"""Without a probe for this time there is no load balancer to wait for."""


class Readiness:
    """Whether this process is stopping, and how long a stop waits for load balancers to notice."""

    def __init__(self) -> None:
        self.is_stopping = False
        self._asked_at_s = -PROBER_S

    def note_question(self) -> None:
        """Record a probe of ``/readyz``."""
        self._asked_at_s = monotonic_s()

    def stop(self) -> float:
        """Withdraw readiness; return the seconds to wait until streams end: 0 without probes, or at a second call."""
        is_first, self.is_stopping = not self.is_stopping, True
        return float(settings.STOP_GRACE_S) if is_first and monotonic_s() - self._asked_at_s < PROBER_S else 0.0


readiness = Readiness()
"""The readiness of this process."""
