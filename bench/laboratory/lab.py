"""What every case works with: the studio, the network, the browsers, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Playwright

from bench.laboratory import score
from bench.laboratory.listener import Listener
from bench.laboratory.network import Path
from bench.laboratory.proxy import Network
from bench.laboratory.record import Event, Record
from bench.laboratory.score import Moment
from bench.laboratory.studio import DURATIONS_S, ROOM, Studio
from bench.laboratory.told import Told
from bench.output import figures
from bench.output.result import Bar, Row

PAGE = ROOM.replace("/rooms/", "/r/")
LOOK_EVERY_S = 1.0

DIRECT_MS, YOUTUBE_MS = 50, 150
"""Nearer than this is in step."""

QUIRKS = {
    "durations": DURATIONS_S,
    "updateEveryMs": 265,
    "seekLatencyMs": [200, 1_500],
    "bufferingMs": [200, 900],
    "startLatencyMs": [40, 120],
    "rates": [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2],
}
"""The stand-in for YouTube as it is met here."""

COLUMNS = (
    "case",
    "browsers",
    "seconds",
    "spread p50 ms",
    "p95 ms",
    "max ms",
    "corrective seeks",
    "nudges",
    "clock error ms",
    "sample error ms",
)
NONE = "–"


@dataclass
class Finding:
    """What one case found; ``pictures`` are SVG by their names."""

    rows: list[Row] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """Listeners of one case, from ``since_s`` to ``until_s``."""

    records: list[Record]
    states: list[Told]
    since_s: float
    until_s: float
    moments: list[Moment]
    settles_s: float = score.SETTLES_WITHIN_S
    """So long an action may take until it has settled."""

    def steady_ms(self, since_s: float = 0.0) -> list[float]:
        """The spread at each instant at which the room had been playing for long enough."""
        return [moment.spread_ms for moment in score.steady(self.moments, since_s, self.settles_s)]

    def seeks(self, since_s: float) -> list[Event]:
        """Corrective ones: what a host's action asks of players does not count, nor what makes the next track ready."""
        return [event for each in self.seeks_of_each(since_s) for event in each]

    def seeks_of_each(self, since_s: float) -> list[list[Event]]:
        found = (self._unasked(record.seeks(since_s, self.until_s)) for record in self.records)
        return [[event for event in seeks if event.source == self._told(event.at_s).source] for seeks in found]

    def nudges(self, since_s: float, until_s: float | None = None) -> list[Event]:
        until_s = self.until_s if until_s is None else until_s
        return self._unasked(event for record in self.records for event in record.nudges(since_s, until_s))

    def _told(self, at_s: float) -> Told:
        """What the room did at an instant."""
        return [self.states[0], *(told for told in self.states if told.since_s <= at_s)][-1]

    def _unasked(self, events: Iterable[Event]) -> list[Event]:
        asked = [(told.since_s, told.counts_from_s + self.settles_s) for told in self.states]
        return [e for e in events if not any(since_s <= e.at_s < until_s for since_s, until_s in asked)]

    @property
    def clock_error_ms(self) -> float:
        return max(record.zero.error_s for record in self.records) * 1000

    @property
    def sample_error_ms(self) -> float:
        found = [ms for one in self.records for samples in one.samples.values() for ms in score.scatter_ms(samples)]
        return figures.percentile(found, 0.95)


class Lab:
    """``seconds`` and ``browsers`` replace what a case would take."""

    def __init__(
        self,
        playwright: Playwright,
        studio: Studio,
        network: Network,
        *,
        seconds: float | None = None,
        browsers: int | None = None,
        settle_s: float = 10,
        seed: int = 1,
    ) -> None:
        self.studio = studio
        self.settle_s = settle_s
        self.seed = seed
        self._playwright = playwright
        self._network = network
        self._seconds = seconds
        self._browsers = browsers

    def seconds(self, usual: float) -> float:
        return self._seconds or usual

    def share(self, paths: Sequence[Path]) -> list[Path]:
        """As many of them as there shall be browsers."""
        return [paths[number % len(paths)] for number in range(self._browsers or len(paths))]

    def listener(self, name: str, path: Path, **options: Any) -> Listener:
        """One who has not opened the room yet."""
        self.seed += 1
        return Listener(self._playwright, name, self._network.proxy(self.studio.server.url, path, self.seed), **options)

    @contextmanager
    def listening(
        self, paths: Sequence[Path], *, youtube: bool = False, wrong_by_ms: Sequence[float] = (), **options: Any
    ) -> Iterator[list[Listener]]:
        """One listener for each path, who has opened the room."""
        listeners: list[Listener] = []
        try:
            for number, path in enumerate(paths):
                own = dict(options)
                if youtube:
                    own["youtube"] = self.quirks(number)
                if wrong_by_ms:
                    own["wrong_by_ms"] = wrong_by_ms[number]
                listeners.append(self.listener(f"browser {number + 1}", path, **own))
            for listener in listeners:
                listener.open(PAGE)
            yield listeners
            for listener in listeners:
                if listener.errors:
                    raise SystemExit(f"The page of {listener.name} failed: {listener.errors}")
        finally:
            for listener in listeners:
                listener.close()

    def quirks(self, number: int, **others: Any) -> dict[str, Any]:
        return {**QUIRKS, "seed": 1_000_003 * (self.seed + number + 1), **others}

    def wait(self, seconds: float) -> None:
        """Let the room go on for so long, and note what it does by itself."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            time.sleep(min(LOOK_EVERY_S, left))
            self.studio.look()

    def measured(self, listeners: Sequence[Listener], since_s: float) -> Run:
        """What the listeners did from then until now."""
        until_s = time.perf_counter()
        time.sleep(0.2)  # each has a sample after the end, too
        records = [listener.record() for listener in listeners]
        states = list(self.studio.states)
        return Run(records, states, since_s, until_s, score.moments(records, states, since_s, until_s))


def row(case: str, run: Run, steady_ms: list[float], since_s: float) -> Row:
    """What every case tells of its steady state."""
    found = (
        case,
        len(run.records),
        round(run.until_s - run.since_s),
        figures.percentile(steady_ms, 0.5),
        figures.percentile(steady_ms, 0.95),
        max(steady_ms, default=float("nan")),
        len(run.seeks(since_s)),
        len(run.nudges(since_s)),
        run.clock_error_ms,
        run.sample_error_ms,
    )
    return dict(zip(COLUMNS, found, strict=True))
