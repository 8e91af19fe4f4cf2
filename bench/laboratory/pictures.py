"""The plots of runs."""

from __future__ import annotations

import math

from bench.laboratory.lab import Run
from bench.laboratory.plot import Chart, svg
from bench.laboratory.score import Moment

BEYOND = 1.6
"""An axis shows so much more than the limit; what lies beyond is cut off."""


def apart(title: str, run: Run, limit_ms: float, *, marks: list[float] | None = None) -> str:
    """Each browser's distance from the room, and below it the spread between them."""
    began = run.since_s
    marks = [told.since_s - began for told in run.states] if marks is None else marks
    seeks = [event.at_s - began for event in run.seeks(began)]
    each = Chart(title, lines=lines(run), marks=marks, least=-2.5 * limit_ms, most=2.5 * limit_ms)
    spread = Chart(
        "spread between the first and the last; dashed: the bar; dots: corrective seeks",
        lines={"spread": [(moment.at_s - began, _spread_ms(moment)) for moment in run.moments]},
        marks=marks,
        dots=[(at, 0.0) for at in seeks],
        limit=limit_ms,
        least=0,
        most=2.5 * limit_ms,
    )
    return svg([each, spread])


def lines(run: Run) -> dict[str, list[tuple[float, float]]]:
    """The error of each listener; holes where they do something else than the room."""
    return {
        record.name: [
            (moment.at_s - run.since_s, _or_hole(moment.errors[number], moment.told.plays_at(moment.at_s)))
            for moment in run.moments
        ]
        for number, record in enumerate(run.records)
    }


def _spread_ms(moment: Moment) -> float:
    return moment.spread_ms if moment.told.plays_at(moment.at_s) else math.inf


def _or_hole(error: float | None, plays: bool) -> float:
    return math.inf if error is None or not plays else error
