"""How far listeners were from each other and from the room: the arithmetic behind every figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.laboratory.record import Record, Sample
from bench.laboratory.told import Told

STEP_S = 0.05
SETTLES_WITHIN_S = 1.5
STAYS_S = 1.0
"""Whoever is in step for so long has settled."""

STRETCH = 40
JUMP_MS = 40
"""Samples that are compared with a line, and what can be no error of a sample any more."""

Errors = list[float | None]
"""Of each listener how many milliseconds earlier it plays what the room plays; None for one who does something else."""


@dataclass
class Moment:
    """All listeners at one instant."""

    at_s: float
    told: Told
    errors: Errors

    @property
    def spread_ms(self) -> float:
        """Between the first and the last of them; infinite if one does not do what the room does."""
        return spread(self.errors)


def moments(records: Sequence[Record], states: Sequence[Told], since_s: float, until_s: float) -> list[Moment]:
    """The listeners at every instant of a grid. What the room did is known from ``states``, in their order."""
    found = []
    current = 0
    for number in range(max(0, math.floor((until_s - since_s) / STEP_S))):
        at_s = since_s + number * STEP_S
        while current + 1 < len(states) and states[current + 1].since_s <= at_s:
            current += 1
        told = states[current]
        found.append(Moment(at_s, told, [_error_ms(record, told, at_s) for record in records]))
    return found


def steady(found: Iterable[Moment], since_s: float = -math.inf, settles_s: float = SETTLES_WITHIN_S) -> list[Moment]:
    """Those in which the room has been playing for longer than an action may take to settle."""
    return [
        moment
        for moment in found
        if moment.at_s >= max(since_s, moment.told.counts_from_s + settles_s) and moment.told.plays_at(moment.at_s)
    ]


def settled_after_s(found: Sequence[Moment], told: Told, within_ms: float) -> float:
    """How long after ``told`` counts all were within ``within_ms`` of each other, and stayed so; infinite if never."""
    # Until it takes effect all stand still, which is no merit.
    own = [moment for moment in found if moment.told is told and moment.at_s >= told.effective_at_s]
    return max(0.0, _first_lasting((m.at_s, m.spread_ms <= within_ms) for m in own) - told.counts_from_s)


def arrived_after_s(found: Sequence[Moment], listener: int, since_s: float, within_ms: float) -> float:
    """How long after ``since_s`` one listener was within ``within_ms`` of the middle of the others, and stayed so."""
    later = [moment for moment in found if moment.at_s >= since_s]
    return _first_lasting((m.at_s, _is_near(m.errors, listener, within_ms)) for m in later) - since_s


def scatter_ms(samples: Sequence[Sample]) -> list[float]:
    """How far samples are from the straight line through those around them: the error of a sample.

    Stretches in which the player stood still, or jumped, or changed its rate tell nothing of that.
    """
    found = []
    for start in range(0, len(samples) - STRETCH + 1, STRETCH):
        stretch = samples[start : start + STRETCH]
        ahead = [one.position_ms - one.rate * one.at_s * 1000 for one in stretch]
        is_even = all(one.moves and one.rate == stretch[0].rate for one in stretch)
        if is_even and max(ahead) - min(ahead) < JUMP_MS:
            centre = middle(ahead)
            found += [abs(one - centre) for one in ahead]
    return found


def spread(errors: Errors) -> float:
    known = [error for error in errors if error is not None]
    return max(known) - min(known) if len(known) == len(errors) and known else math.inf


def middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def without(found: Sequence[Moment], listener: int) -> list[Moment]:
    """The same moments of the others."""
    return [Moment(m.at_s, m.told, [*m.errors[:listener], *m.errors[listener + 1 :]]) for m in found]


def _error_ms(record: Record, told: Told, at_s: float) -> float | None:
    reading = record.read(told.source, at_s)
    if reading is None or reading.moves is not told.plays_at(at_s):
        return None
    return (reading.position_ms - told.position_at(at_s)) / told.rate


def _is_near(errors: Errors, listener: int, within_ms: float) -> bool:
    own = errors[listener]
    others = [error for n, error in enumerate(errors) if n != listener and error is not None]
    return own is not None and bool(others) and abs(own - middle(others)) <= within_ms


def _first_lasting(seen: Iterable[tuple[float, bool]]) -> float:
    """The first instant from which something held for long enough; infinite if there is none."""
    since_s: float | None = None
    for at_s, holds in seen:
        if not holds:
            since_s = None
            continue
        since_s = at_s if since_s is None else since_s
        if at_s - since_s >= STAYS_S:
            return since_s
    return math.inf
