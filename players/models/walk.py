"""Where a queue is that plays on by itself: arithmetic on what was read once, however long nobody looked."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from players.models.track import Provider
from players.timeline import TRACK_LEAD_MS

MOST_PASSED = 20
"""Of the tracks that a room passed while nobody looked, so many are told by its history."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a walk needs of an entry: its bounds, and how its provider ends."""

    entry_id: int
    provider: Provider
    first_ms: int
    last_ms: int | None

    def plays_for_ms(self, rate: float) -> int | None:
        """How long it takes from its start to its end; None if it has no known end."""
        return None if self.last_ms is None else math.ceil((self.last_ms - self.first_ms) / rate)


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a walk ended: at ``part``, heard from ``effective_at_ms`` on; None if it never left the entry it began at.

    ``stopped_at_ms`` is when the queue came to its end; None if it plays on. ``passed`` are the ids of entries that
    played on the way and are over, as far as anybody cares, each with the instant from which it was heard.
    """

    part: Part | None = None
    effective_at_ms: int = 0
    stopped_at_ms: int | None = None
    passed: tuple[tuple[int, int], ...] = ()


def grace_ms(ending: Provider, following: Part | None) -> int:
    """How long a track may go on after its end, when ``following`` comes next.

    Not at all, and there is no lead either, where the next one follows without a gap.
    """
    if following is None or following.last_ms is None:
        return ending.grace_ms
    return 0 if ending.is_gapless and following.provider.is_gapless else ending.grace_ms


def walk(
    ends_at_ms: int | None, ending: Provider, behind: Sequence[Part], lap: Sequence[Part], rate: float, now_ms: int
) -> Walked:
    """Go on from an entry of the provider ``ending``, which ends at ``ends_at_ms``, over all that ended by ``now_ms``.

    ``behind`` is what follows once, ``lap`` what repeats after that; it is empty in a queue that does not. Takes at
    most three times as many steps as the queue is long, whatever time has passed: whole laps are skipped.
    """
    walked, lap_began_ms = Walked(), None
    passed = deque[tuple[int, int]](maxlen=MOST_PASSED)
    for part, begins_lap in _in_order(behind, lap):
        if ends_at_ms is None or ends_at_ms + grace_ms(ending, part) > now_ms:
            return replace(walked, passed=tuple(passed))
        grace = grace_ms(ending, part)
        effective_at_ms = ends_at_ms + grace + (TRACK_LEAD_MS if grace else 0)
        if walked.part is not None:
            passed.append((walked.part.entry_id, walked.effective_at_ms))
        if begins_lap:
            if lap_began_ms is not None:
                lap_ms = effective_at_ms - lap_began_ms
                laps = (now_ms - ends_at_ms - grace) // lap_ms
                lap_passed = [one for one in passed if one[1] >= lap_began_ms]
                for number in range(max(0, laps - MOST_PASSED) + 1, laps + 1):  # what is told is the last of them
                    passed += [(entry_id, began_at_ms + number * lap_ms) for entry_id, began_at_ms in lap_passed]
                effective_at_ms += laps * lap_ms
            lap_began_ms = effective_at_ms
        walked = Walked(part, effective_at_ms)
        plays_for_ms = part.plays_for_ms(rate)
        ends_at_ms = None if plays_for_ms is None else effective_at_ms + plays_for_ms
        ending = part.provider
    if ends_at_ms is None or ends_at_ms + ending.grace_ms > now_ms:
        return replace(walked, passed=tuple(passed))
    return replace(walked, stopped_at_ms=ends_at_ms + ending.grace_ms, passed=tuple(passed))


def _in_order(behind: Sequence[Part], lap: Sequence[Part]) -> Iterator[tuple[Part, bool]]:
    for part in behind:
        yield part, False
    # The second round shows how long a lap takes; once whole ones were skipped there, no third is ever finished.
    for _round in range(3 if lap else 0):
        for number, part in enumerate(lap):
            yield part, number == 0
