"""Somebody comes late: how soon they are in step, and whether the others notice."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

from bench.laboratory import score
from bench.laboratory.cases.acting import EVEN, JITTER_MS
from bench.laboratory.lab import DIRECT_MS, PAGE, YOUTUBE_MS, Finding, Lab, Run, row
from bench.laboratory.listener import Listener
from bench.laboratory.network import Path
from bench.laboratory.pictures import apart
from bench.output import figures
from bench.output.result import Bar

STAYS_S = 12
JOINERS = [Path.even(round_trip_ms, JITTER_MS) for round_trip_ms in (20, 60, 100, 150, 200)]


@dataclass
class Join:
    """How long after the address was entered the page's code began, and it was in step."""

    run: Run
    began_after_s: float
    in_step_after_s: float


def joiner(lab: Lab) -> Finding:
    return _measured(lab, "joiner", "long", DIRECT_MS, most_s=2)


def joiner_youtube(lab: Lab) -> Finding:
    return _measured(lab, "joiner-youtube", "video", YOUTUBE_MS, most_s=4)


def _measured(lab: Lab, case: str, track: str, within_ms: float, most_s: float) -> Finding:
    """Several come, one after the other, each with an empty cache and nothing learned; before that nobody does."""
    is_youtube = track == "video"
    lab.studio.play(track)
    stays_s = min(STAYS_S, lab.seconds(len(JOINERS) * STAYS_S) / len(JOINERS))
    with ExitStack() as late, lab.listening(lab.share(EVEN[:3]), youtube=is_youtube) as listeners:
        # A browser that starts takes the processors of the others, as it does on no other machine than this.
        waiting = [_late(lab, late, path, number if is_youtube else None) for number, path in enumerate(JOINERS)]
        lab.wait(2 * lab.settle_s)
        began_s = time.perf_counter()
        lab.wait(stays_s * len(JOINERS))
        first_s = time.perf_counter()
        joins = [_join(lab, listeners, one, stays_s, within_ms) for one in waiting]
        whole = lab.measured(listeners, began_s)
    found = row(case, whole, whole.steady_ms(first_s), first_s)
    slowest = max(join.in_step_after_s for join in joins)
    slowest_own = max(join.in_step_after_s - join.began_after_s for join in joins)
    bars = [
        Bar(f"{case}: slowest of {len(joins)} in step, after the address was entered, s", slowest, most_s),
        Bar(f"{case}: slowest of {len(joins)} in step, after its page was loaded, s", slowest_own, most_s),
        *_unnoticed(case, whole, first_s),
    ]
    title = f"{case}: browser “late” opens the page at 0 s"
    picture = apart(title, joins[-1].run, within_ms, marks=[joins[-1].in_step_after_s])
    return Finding([found], bars, {case: picture})


def _late(lab: Lab, late: ExitStack, path: Path, number: int | None) -> Listener:
    listener = lab.listener("late", path, **({} if number is None else {"youtube": lab.quirks(10 + number)}))
    late.callback(listener.close)
    return listener


def _join(lab: Lab, listeners: list[Listener], late: Listener, stays_s: float, within_ms: float) -> Join:
    late.open(PAGE)
    lab.wait(stays_s)
    run = lab.measured([*listeners, late], late.zero.at_s)
    late.open_nothing()
    in_step_after_s = score.arrived_after_s(run.moments, len(listeners), run.since_s, within_ms)
    join = Join(run, late.began_s - run.since_s, in_step_after_s)
    count = len(late.proxy.requests)
    away_ms = late.proxy.path.up.delay_ms * 2
    print(
        f"  {away_ms:.0f} ms away: {count} requests, loaded after {join.began_after_s:.2f} s, "
        f"in step after {in_step_after_s:.2f} s",
        flush=True,
    )
    return join


def _unnoticed(case: str, whole: Run, first_s: float) -> list[Bar]:
    """Those who were there before did as in the same time before anybody came."""
    steady = score.steady(whole.moments)
    before = figures.percentile([m.spread_ms for m in steady if m.at_s < first_s], 0.95)
    after = figures.percentile([m.spread_ms for m in steady if m.at_s >= first_s], 0.95)
    nudges_before = len(whole.nudges(whole.since_s, first_s))
    nudges = len(whole.nudges(first_s))
    return [
        Bar(f"{case}: growth of the others' spread, p95, ms", max(0.0, after - before), 10),
        Bar(f"{case}: corrective seeks of the others", len(whole.seeks(first_s)), 0),
        Bar(f"{case}: nudges of the others, more than before", max(0, nudges - nudges_before), 0),
    ]
