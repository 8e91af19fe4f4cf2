"""Small statistics."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bench.load.tally import Tally


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that so many of them (0 to 1) do not exceed; not a number if there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def last_after_commit_ms(tally: Tally) -> list[float]:
    """Of each change, the milliseconds from its commit until the last listener was told."""
    return [(max(tally.arrivals[key]) - at) * 1000 for key, at in tally.commits.items() if key in tally.arrivals]


def after_call_ms(hosts: Tally, listeners: Tally) -> list[float]:
    """Of each delivery, the milliseconds from before the host's call until it arrived."""
    return [
        (arrival - call.sent_at) * 1000
        for call in hosts.calls
        if call.version is not None
        for arrival in listeners.arrivals.get((call.room, call.version), ())
    ]


def missing(tally: Tally, versions: Iterable[tuple[int, int]], listeners: int) -> int:
    """How many deliveries of these (room, version) never came, of ``listeners`` each."""
    return sum(listeners - len(tally.arrivals.get(key, ())) for key in versions)
