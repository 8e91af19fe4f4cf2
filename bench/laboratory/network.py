"""How long things take between one listener and the server."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Way:
    """One direction. Each piece takes ``delay_ms``, and up to ``jitter_ms`` more.

    A share of the pieces is lost and sent again, which takes as long as TCP needs to notice.
    """

    delay_ms: float
    jitter_ms: float = 0
    lost_share: float = 0
    resent_after_ms: tuple[float, float] = (200, 600)

    def draw_s(self, random: Random) -> float:
        taken_ms = self.delay_ms + random.uniform(0, self.jitter_ms)
        if random.random() < self.lost_share:
            taken_ms += random.uniform(*self.resent_after_ms)
        return taken_ms / 1000


@dataclass(frozen=True)
class Path:
    """To the server and back."""

    up: Way
    down: Way

    @classmethod
    def even(cls, round_trip_ms: float, jitter_ms: float = 0, lost_share: float = 0) -> Path:
        """Both ways take half of ``round_trip_ms``, and up to half of ``jitter_ms`` more."""
        way = Way(round_trip_ms / 2, jitter_ms / 2, lost_share)
        return cls(way, way)

    @classmethod
    def uneven(cls, up_ms: float, down_ms: float, jitter_ms: float = 0) -> Path:
        return cls(Way(up_ms, jitter_ms / 2), Way(down_ms, jitter_ms / 2))
