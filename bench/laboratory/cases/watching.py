"""The stand-in for YouTube, with its quirks."""

from __future__ import annotations

import time
from typing import Any

from bench.laboratory import score
from bench.laboratory.cases.acting import EVEN
from bench.laboratory.lab import YOUTUBE_MS, Finding, Lab, Run, row
from bench.laboratory.pictures import apart
from bench.output import figures
from bench.output.result import Bar

SECONDS = 600
MOST_SPREAD_MS = 150
SETTLE_S = 10
MOST_SEEKS_IN_S = 600
"""One corrective seek is allowed to each listener in so long."""

AD_AT_S, AD_FOR_S = 20, 15
ADS_SECONDS = 75


def youtube(lab: Lab) -> Finding:
    """A host who seeks, pauses and changes the video a few times."""
    seconds = lab.seconds(SECONDS)
    lab.studio.play("video")
    with lab.listening(lab.share(EVEN), youtube=True) as listeners:
        opened_s = time.perf_counter()
        lab.wait(SETTLE_S)
        for name, fields in _actions(lab):
            lab.wait(seconds / 5)
            lab.studio.act(name, **fields)
        lab.wait(seconds / 5)
        run = lab.measured(listeners, opened_s)
    run.settles_s = SETTLE_S
    since_s = opened_s + SETTLE_S
    steady_ms = run.steady_ms(since_s)
    _tell(run)
    most_seeks = max(map(len, run.seeks_of_each(since_s))) * MOST_SEEKS_IN_S / max(MOST_SEEKS_IN_S, seconds)
    bars = [
        Bar("youtube: spread, 10 s after each action, p95, ms", figures.percentile(steady_ms, 0.95), MOST_SPREAD_MS),
        Bar("youtube: most corrective seeks of one listener in 10 min", most_seeks, 1),
    ]
    picture = apart("youtube: how far each browser is ahead of the room", run, MOST_SPREAD_MS)
    return Finding([row("youtube", run, steady_ms, since_s)], bars, {"youtube": picture})


def _actions(lab: Lab) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("seek", {"position_ms": 300_000}),
        ("pause", {"playing": False}),
        ("play", {"playing": True}),
        ("other video", {"entry_id": lab.studio.entry_id("other video")}),
    ]


def _tell(run: Run) -> None:
    for told in run.states:
        spreads = [m.spread_ms for m in score.steady(run.moments, settles_s=SETTLE_S) if m.told is told]
        print(f"  after {told.name}: spread p95 {figures.percentile(spreads, 0.95):.0f} ms", flush=True)


def ads(lab: Lab) -> Finding:
    """One listener of three is shown an advertisement; the others are not held up by it."""
    position_ms = 5_000
    lab.studio.play("video", position_ms)
    ad = {"atMs": position_ms + AD_AT_S * 1_000, "forMs": AD_FOR_S * 1_000}
    with lab.listening(lab.share(EVEN[:3]), youtube=True) as listeners:
        listeners[0].run(f"youtubeStandIn.ad = {ad}".replace("'", ""))
        since_s = time.perf_counter()
        lab.wait(lab.seconds(ADS_SECONDS))
        run = lab.measured(listeners, since_s)
    ended_s = run.states[0].effective_at_s + AD_AT_S + AD_FOR_S
    back_s = score.arrived_after_s(run.moments, 0, ended_s, YOUTUBE_MS)
    others = [moment.spread_ms for moment in score.steady(score.without(run.moments, 0), since_s + SETTLE_S)]
    seeks = run.seeks_of_each(since_s + SETTLE_S)
    bars = [
        Bar("ads: back in step after the ad, s", back_s, 8),
        Bar("ads: seeks of the one who saw it", len(seeks[0]), 2),
        Bar("ads: seeks of the others", sum(map(len, seeks[1:])), 0),
    ]
    picture = apart("ads: browser 1 is held up for 15 s", run, MOST_SPREAD_MS, marks=[ended_s - since_s])
    return Finding([row("ads", run, others, since_s + SETTLE_S)], bars, {"ads": picture})
