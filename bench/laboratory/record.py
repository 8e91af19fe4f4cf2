"""What one page did, by the clock of this process."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from bench.laboratory.reference import Zero

OLD_S = 0.4
"""Two samples further apart than this say nothing of the time between them."""


class Sample(NamedTuple):
    at_s: float
    position_ms: float
    moves: bool
    rate: float
    muted: bool


class Event(NamedTuple):
    """Something that happened to a player."""

    at_s: float
    name: str
    source: str
    position_ms: float
    is_playing: bool
    rate: float


class Reading(NamedTuple):
    position_ms: float
    moves: bool


@dataclass
class Record:
    """The samples of one listener's page, by the source that was played, and what happened to its players."""

    name: str
    zero: Zero
    samples: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    levels: list[tuple[float, float]] = field(default_factory=list)
    """How loud all players together were, if that was listened to."""
    _times: dict[str, list[float]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, name: str, zero: Zero, told: dict[str, Any]) -> Record:
        """From what ``sampler.js`` took, whose times are milliseconds of the page."""
        record = cls(name, zero)
        for at_ms, source, *sample in told["samples"]:
            record.samples[source].append(Sample(zero.at_s + at_ms / 1000, *sample))
        record.events = [Event(zero.at_s + at_ms / 1000, *event) for at_ms, *event in told["events"]]
        record.levels = [(zero.at_s + at_ms / 1000, level) for at_ms, level in told.get("levels", [])]
        return record

    def read(self, source: str, at_s: float) -> Reading | None:
        """Where ``source`` was at an instant, between the samples before and after it; None if that is not known."""
        samples = self.samples.get(source, [])
        times = self._times.setdefault(source, [])
        if len(times) != len(samples):
            times[:] = [sample.at_s for sample in samples]
        after = bisect_right(times, at_s)
        if after == 0 or after == len(samples):
            return None
        one, two = samples[after - 1], samples[after]
        if two.at_s - one.at_s > OLD_S:
            return None
        share = (at_s - one.at_s) / (two.at_s - one.at_s) if one.moves and two.moves else 0.0
        return Reading(one.position_ms + share * (two.position_ms - one.position_ms), one.moves and two.moves)

    def seeks(self, since_s: float, until_s: float) -> list[Event]:
        return [e for e in self._between(since_s, until_s) if e.name == "seeking"]

    def nudges(self, since_s: float, until_s: float) -> list[Event]:
        """The changes of the rate of a player that was playing; browsers may tell of one of them twice."""
        told = [e for e in self._between(since_s, until_s) if e.name == "ratechange" and e.is_playing]
        return [two for one, two in pairwise([None, *told]) if two and (one is None or one.rate != two.rate)]

    def _between(self, since_s: float, until_s: float) -> list[Event]:
        return [e for e in self.events if since_s <= e.at_s < until_s]
