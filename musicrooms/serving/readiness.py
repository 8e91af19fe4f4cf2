"""Whether this process wants more requests: not from the signal to stop on, a moment before its streams end.

A load balancer has to see that first: listeners whose streams ended are back at once, and would be sent here again.
"""

from __future__ import annotations

from rooms.clock import monotonic_s

GRACE_S = 2.0
"""From the signal until the streams end, where a load balancer asks: twice the interval of ``deploy/Caddyfile``."""

PROBER_S = 30.0
"""So long after its last question a load balancer is taken to be there."""


class Readiness:
    """What ``/readyz`` says of this process, and how long a stop waits for its being heard."""

    def __init__(self) -> None:
        self.is_stopping = False
        self._asked_at_s = -PROBER_S

    def note_question(self) -> None:
        """Note that a load balancer asked just now."""
        self._asked_at_s = monotonic_s()

    def stop(self) -> float:
        """Be ready no more, and return the seconds to wait for that to be seen; none when told so again."""
        is_news, self.is_stopping = not self.is_stopping, True
        return GRACE_S if is_news and monotonic_s() - self._asked_at_s < PROBER_S else 0.0


readiness = Readiness()
"""The readiness of this process."""
