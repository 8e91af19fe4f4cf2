"""Where the music is: the arithmetic that every server process and every browser share.

Nothing here imports a framework. ``static/players/timeline.js`` is the same arithmetic for browsers; both are held
to the one table of cases in ``tests/unit/timeline_cases.json``.

All times are integer milliseconds. Positions count from the start of the media, instants are Unix time on the
server's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAD_MS = 400
"""Lead of play and seek: covers the push and the players' start latency, so that all start at one instant."""

TRACK_LEAD_MS = 1_500
"""Lead of a new track: time to load it."""

RATES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
"""The playback rates that every provider can play; YouTube plays no others."""

LEAST_PART_MS = 1_000
"""What a trim leaves lasts so long at least, and shorter media count as so long: a room that moves on by itself is work
for everybody who listens to it, and for the server."""

MOST_AHEAD_MS = 5_000
"""An instant that lies further ahead than this is no lead: somebody set a clock back."""

MAX_POSITION_MS = 1_000 * 3_600_000
"""A thousand hours: longer than any media, and small enough for every database's and JavaScript's integers."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The line of positions of one entry: ``position_ms`` at ``effective_at_ms``, and on from there at ``rate``.

    ``first_ms`` and ``last_ms`` bound it: the trims of the entry and the length of the media; ``last_ms`` is None
    while the length is not known. ``effective_at_ms`` may lie in the future: until then the position stands still,
    which is how everybody starts together.
    """

    playing: bool
    position_ms: int
    rate: float
    effective_at_ms: int
    first_ms: int = 0
    last_ms: int | None = None

    def position_at(self, now_ms: int) -> int:
        """The position at the instant ``now_ms``, within the bounds."""
        position = self.position_ms
        if self.playing:
            position += math.floor(self.rate * max(0, now_ms - self.effective_at_ms))
        if self.last_ms is not None:
            position = min(position, self.last_ms)
        return max(position, self.first_ms)

    @property
    def ends_at_ms(self) -> int | None:
        """The instant at which the position reaches ``last_ms``; None if paused or if there is no known end."""
        if not self.playing or self.last_ms is None:
            return None
        left_ms = max(0, self.last_ms - max(self.position_ms, self.first_ms))
        return self.effective_at_ms + math.ceil(left_ms / self.rate)

    def is_adrift(self, now_ms: int) -> bool:
        """Whether the music would stand still for longer than any lead: the clock was set back since."""
        return self.playing and self.effective_at_ms > now_ms + MOST_AHEAD_MS


def bounds(start_ms: int | None, end_ms: int | None, length_ms: int | None, is_live: bool) -> tuple[int, int | None]:
    """Where a trimmed medium starts and ends; the end is None if it is not known, or if the medium is live.

    A start beyond the end of the medium counts as none, and whatever is left counts as a second at least.
    """
    if is_live:
        return 0, None
    first_ms = start_ms or 0
    if length_ms is not None and first_ms >= length_ms:
        first_ms = 0
    ends = [end for end in (end_ms, length_ms) if end is not None]
    return first_ms, max(min(ends), first_ms + LEAST_PART_MS) if ends else None
