"""Direct media while a host acts: how far apart browsers are on good, lopsided and lossy ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.laboratory import score
from bench.laboratory.lab import DIRECT_MS, Finding, Lab, row
from bench.laboratory.network import Path
from bench.laboratory.pictures import apart
from bench.laboratory.told import Told
from bench.output import figures
from bench.output.result import Bar

SECONDS = 180
JITTER_MS = 40

EVEN = [Path.even(round_trip_ms, JITTER_MS) for round_trip_ms in (20, 80, 140, 200)]
UNEVEN = [
    Path.uneven(20, 180, JITTER_MS),
    Path.uneven(20, 180, JITTER_MS),
    Path.even(200, JITTER_MS),
    Path.even(20, JITTER_MS),
]
"""Two that are lopsided beside two that are not: if all erred alike, nobody could hear it."""
LOSSY = [Path.even(round_trip_ms, JITTER_MS, lost_share=0.02) for round_trip_ms in (20, 80, 140, 200)]

Act = Callable[[Lab], dict[str, Any]]

ACTIONS: list[tuple[str, Act]] = [
    ("seek ahead", lambda lab: {"position_ms": 200_000}),
    ("pause", lambda lab: {"playing": False}),
    ("play", lambda lab: {"playing": True}),
    ("seek back", lambda lab: {"position_ms": 60_000}),
    ("faster", lambda lab: {"rate": 1.25}),
    ("normal rate", lambda lab: {"rate": 1.0}),
    ("other track", lambda lab: {"entry_id": lab.studio.entry_id("other")}),
    ("seek ahead", lambda lab: {"position_ms": 400_000}),
    ("first track", lambda lab: {"entry_id": lab.studio.entry_id("long"), "position_ms": 120_000}),
    ("seek a little", lambda lab: {"position_ms": 135_000}),
]


def direct(lab: Lab) -> Finding:
    return _measured(lab, "direct", EVEN, most_ms=30, most_settle_s=1.5)


def asymmetric(lab: Lab) -> Finding:
    return _measured(lab, "asymmetric", UNEVEN, most_ms=100)


def lossy(lab: Lab) -> Finding:
    return _measured(lab, "lossy", LOSSY, most_ms=100)


def _measured(
    lab: Lab, case: str, paths: Sequence[Path], most_ms: float, most_settle_s: float | None = None
) -> Finding:
    lab.studio.play("long")
    with lab.listening(lab.share(paths)) as listeners:
        lab.wait(lab.settle_s)
        since_s = time.perf_counter()
        acts = _act(lab, lab.seconds(SECONDS))
        run = lab.measured(listeners, since_s)
    steady_ms = run.steady_ms()
    settled_s = [score.settled_after_s(run.moments, told, max(DIRECT_MS, most_ms)) for told in acts]
    found = row(case, run, steady_ms, since_s)
    bars = [
        Bar(f"{case}: spread, p95, ms", figures.percentile(steady_ms, 0.95), most_ms),
        Bar(f"{case}: corrective seeks", len(run.seeks(run.since_s)), 0),
    ]
    if most_settle_s is not None:
        bars.append(Bar(f"{case}: slowest action settled after, s", max(settled_s), most_settle_s))
    finding = Finding([found], bars)
    finding.pictures[case] = apart(f"{case}: how far each browser is ahead of the room", run, most_ms)
    for told, took_s in zip(acts, settled_s, strict=True):
        print(f"  {told.name}: settled after {took_s:.2f} s", flush=True)
    return finding


def _act(lab: Lab, seconds: float) -> list[Told]:
    """All actions, evenly spread over the time; fewer if it is short."""
    count = min(len(ACTIONS), max(1, int(seconds // 6)))
    acts = []
    for name, fields in ACTIONS[:count]:
        lab.wait(seconds / (count + 1))
        acts.append(lab.studio.act(name, **fields(lab)))
    lab.wait(seconds / (count + 1))
    return acts
