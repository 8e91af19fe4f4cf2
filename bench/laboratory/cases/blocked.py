"""A page whose main thread is busy for three seconds, alone and while the host seeks."""

from __future__ import annotations

import time

from bench.laboratory import score
from bench.laboratory.cases.acting import EVEN
from bench.laboratory.lab import DIRECT_MS, YOUTUBE_MS, Finding, Lab, row
from bench.laboratory.listener import Listener
from bench.laboratory.pictures import apart
from bench.output.result import Bar, Row

BLOCKED_S = 3.0
MOST_S = 2.0
QUIET_S = 12


def blocked(lab: Lab) -> Finding:
    finding = Finding()
    for track, within_ms in (("long", DIRECT_MS), ("video", YOUTUBE_MS)):
        one = _measured(lab, track, within_ms)
        finding.rows += one.rows
        finding.bars += one.bars
        finding.pictures |= one.pictures
    return finding


def _measured(lab: Lab, track: str, within_ms: float) -> Finding:
    is_youtube = track == "video"
    kind = "youtube" if is_youtube else "direct"
    lab.studio.play(track)
    bars: list[Bar] = []
    rows: list[Row] = []
    with lab.listening(lab.share(EVEN[:3]), youtube=is_youtube) as listeners:
        lab.wait(2 * lab.settle_s)
        since_s = time.perf_counter()
        ends = [_block(lab, listeners[0], None), _block(lab, listeners[0], 90_000)]
        run = lab.measured(listeners, since_s)
    for name, ended_s in zip(("alone", "and a seek of the host"), ends, strict=True):
        back_s = score.arrived_after_s(run.moments, 0, ended_s, within_ms)
        # Where it went because the host said so counts as well: it may go there once.
        seeks = [e for e in run.records[0].events if e.name == "seeking" and 0 <= e.at_s - ended_s < QUIET_S - 1]
        bars += [
            Bar(f"blocked, {kind}, {name}: back in step after, s", back_s, MOST_S),
            Bar(f"blocked, {kind}, {name}: seeks", len(seeks), 1),
        ]
    # While it is blocked it cannot be asked either.
    steady_ms = [
        moment.spread_ms
        for moment in score.steady(run.moments)
        if not any(-BLOCKED_S - 1 < moment.at_s - ended_s < MOST_S for ended_s in ends)
    ]
    rows.append(row(f"blocked, {kind}", run, steady_ms, since_s))
    title = f"blocked: browser 1 stands still for 3 s, twice ({kind})"
    marks = [ended_s - since_s for ended_s in ends]
    return Finding(rows, bars, {f"blocked-{kind}": apart(title, run, within_ms, marks=marks)})


def _block(lab: Lab, listener: Listener, seek_to_ms: int | None) -> float:
    """Block, let the host act in the middle of it, and wait until all is long over; the instant at which it ended."""
    listener.block(BLOCKED_S)
    ends_s = time.perf_counter() + BLOCKED_S
    lab.wait(1)
    if seek_to_ms is not None:
        lab.studio.act("seek", position_ms=seek_to_ms)
    lab.wait(BLOCKED_S - 1 + QUIET_S)
    return ends_s
