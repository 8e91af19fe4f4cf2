"""Listeners whose clocks are wrong, or are set while they listen."""

from __future__ import annotations

import time

from bench.laboratory import score
from bench.laboratory.cases.acting import EVEN
from bench.laboratory.lab import Finding, Lab, row
from bench.laboratory.pictures import apart
from bench.output import figures
from bench.output.result import Bar

SECONDS = 90
HOURS_MS = 5 * 3_600_000
STEP_MS = 30_000
MOST_MS = 30
WATCHED_S = 10

# What is not 0 here gives a browser a clock of its own, which can be set later.
WRONG_BY_MS = [0, HOURS_MS, -HOURS_MS, 1]


def clocks(lab: Lab) -> Finding:
    lab.studio.play("long")
    paths = lab.share(EVEN)
    with lab.listening(paths, wrong_by_ms=[WRONG_BY_MS[n % 4] for n in range(len(paths))]) as listeners:
        lab.wait(lab.settle_s)
        since_s = time.perf_counter()
        set_at = []
        for wrong_by_ms in (STEP_MS, 1):
            lab.wait(lab.seconds(SECONDS) / 3)
            set_at.append(time.perf_counter())
            listeners[-1].set_clock(wrong_by_ms)
        lab.wait(lab.seconds(SECONDS) / 3)
        run = lab.measured(listeners, since_s)
    steady_ms = run.steady_ms()
    after = [m.spread_ms for m in score.steady(run.moments) if any(0 <= m.at_s - at < WATCHED_S for at in set_at)]
    bars = [
        Bar("clocks: spread, p95, ms", figures.percentile(steady_ms, 0.95), MOST_MS),
        Bar("clocks: most spread within 10 s of a step, ms", max(after, default=float("nan")), 2 * MOST_MS),
        Bar("clocks: corrective seeks", len(run.seeks(since_s)), 0),
    ]
    title = "clocks: +5 h (2), -5 h (3), set by 30 s and back (4)"
    picture = apart(title, run, MOST_MS, marks=[at - since_s for at in set_at])
    return Finding([row("clocks", run, steady_ms, since_s)], bars, {"clocks": picture})
