"""What the room's player was told to do, by the clock of this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NEW_TRACK_LEAD_S = 1.5
"""By design a new track begins so long after the call."""


@dataclass(frozen=True)
class Told:
    """One state of the room's player, from ``since_s``, when it was told, until the next."""

    name: str
    since_s: float
    source: str
    playing: bool
    position_ms: float
    rate: float
    effective_at_s: float
    is_new_track: bool = False

    @classmethod
    def of(cls, name: str, since_s: float, player: dict[str, Any], server_zero_s: float, before: Told | None) -> Told:
        """From the API's player."""
        source = _source_of(player["entry"])
        return cls(
            name=name,
            since_s=since_s,
            source=source,
            playing=player["playing"],
            position_ms=player["position_ms"],
            rate=player["rate"],
            effective_at_s=server_zero_s + player["effective_at_ms"] / 1000,
            is_new_track=before is not None and before.source != source,
        )

    @property
    def counts_from_s(self) -> float:
        """When it should begin to show: at once, but for a new track, which gets its time to load."""
        return max(self.since_s, self.effective_at_s) if self.is_new_track else self.since_s

    def position_at(self, at_s: float) -> float:
        moved_s = max(0.0, at_s - self.effective_at_s) if self.playing else 0.0
        return self.position_ms + self.rate * moved_s * 1000

    def plays_at(self, at_s: float) -> bool:
        return self.playing and at_s >= self.effective_at_s


def _source_of(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return ""
    return f"youtube:{entry['media_id']}" if entry["provider"] == "youtube" else str(entry["url"])
