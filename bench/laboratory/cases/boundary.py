"""From one direct track to the next: how long nothing is heard."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import pairwise

from bench.laboratory import score
from bench.laboratory.cases.acting import EVEN
from bench.laboratory.lab import Finding, Lab, row
from bench.laboratory.record import Record, Sample
from bench.laboratory.studio import MANY_SHORT, SHORT_S
from bench.laboratory.told import Told
from bench.output.result import Bar

SECONDS = 75
MOST_SILENCE_MS = 60
SAMPLE_MS = 5
AROUND_S = 1.0
"""A silence so near to a boundary belongs to it."""

SETTLED_S = (0.3, 1.5)
"""From then to then after its start a player's position is a straight line: before, browsers tell of a sound that they
have not put out yet."""

SILENT = 0.02
"""Less than a tenth of the loudness of the tones."""


def boundary(lab: Lab) -> Finding:
    lab.studio.play("short 0", position_ms=0)
    boundaries = max(1, min(MANY_SHORT - 2, int(lab.seconds(SECONDS) // SHORT_S)))
    with lab.listening(lab.share(EVEN), sample_ms=SAMPLE_MS, listens=True) as listeners:
        since_s = time.perf_counter()
        lab.wait(boundaries * SHORT_S + 4)
        run = lab.measured(listeners, since_s)
    pairs = list(pairwise(run.states))
    told = [gap_ms(record, one, two) for one, two in pairs for record in run.records]
    heard = [silence_ms(record.levels, two.counts_from_s) for _, two in pairs for record in run.records]
    print(f"  from end to start, ms: {_shown(told)}\n  silence heard, ms: {_shown(heard)}", flush=True)
    bars = [
        Bar(f"boundary: silence, longest heard of {len(heard)}, ms", max(heard), MOST_SILENCE_MS),
        Bar(f"boundary: from end to start, longest of {len(told)}, ms", max(0.0, *told), MOST_SILENCE_MS),
        Bar("boundary: both at once, longest, ms", max(0.0, *(-gap for gap in told)), MOST_SILENCE_MS),
    ]
    steady_s = since_s + lab.settle_s
    return Finding([row("boundary", run, run.steady_ms(steady_s), steady_s)], bars)


def gap_ms(record: Record, one: Told, two: Told) -> float:
    """From the instant at which the first track had been heard to its end, or stopped, to that at which the second one
    began to be heard; less than nothing if both were heard at once, infinite if either was not."""
    before = [s for s in record.samples.get(one.source, []) if s.moves and s.at_s < two.counts_from_s + AROUND_S]
    after = [s for s in record.samples.get(two.source, []) if s.moves and s.at_s > two.counts_from_s - AROUND_S]
    if not before or not after:
        return math.inf
    settled = [s for s in after if SETTLED_S[0] < s.at_s - after[0].at_s < SETTLED_S[1]]
    if not settled:
        return math.inf
    began_s = score.middle([s.at_s - (s.position_ms - after[0].position_ms) / 1000 for s in settled])
    return (began_s - _ended_s(before)) * 1000


def silence_ms(levels: Sequence[tuple[float, float]], around_s: float) -> float:
    """The longest time near an instant in which nothing was heard; infinite if nobody listened."""
    near = [(at_s, level > SILENT) for at_s, level in levels if abs(at_s - around_s) < AROUND_S]
    if not any(is_heard for _, is_heard in near):
        return math.inf
    longest = 0.0
    since_s: float | None = None
    for at_s, is_heard in near:
        if not is_heard:
            since_s = at_s if since_s is None else since_s
            longest = max(longest, at_s - since_s)
        else:
            since_s = None
    return longest * 1000


def _ended_s(samples: Sequence[Sample]) -> float:
    """When the last of its sound was heard."""
    last = max(samples, key=lambda sample: sample.position_ms)
    line = [s.at_s + (last.position_ms - s.position_ms) / 1000 for s in samples if last.at_s - s.at_s < AROUND_S]
    return score.middle(line)


def _shown(values: Sequence[float]) -> list[float]:
    return [round(value) if math.isfinite(value) else value for value in values]
