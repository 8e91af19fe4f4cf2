"""CPU per delivery in one room: ``bin/bench fanout [--server uvicorn] [--listeners 1000 10000]``.

All sides run at once on one core, which only one of them uses at a time: this stream with the fast lane and without,
django-eventstream's stock view, and a bare loop, which is the limit. Each round lets every side tell its listeners the
same number of events of the same size, the next when all have the last. What as many events cost in a room with one
listener, right after, is taken away, so that what is left is the price of a delivery and not of the host's call. The
heartbeats that come in between count as deliveries: those of both rooms, in either window.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import ExitStack
from typing import NamedTuple

from bench.load.crowd import Crowd
from bench.load.tally import Tally
from bench.output import cli, figures
from bench.output.result import Bar, Result, Row
from bench.servers.limit import Limit, made_of
from bench.servers.machine import client_cores
from bench.servers.side import LARGE, SMALL, Data, Ours, Side
from bench.servers.sizes import event_bytes
from bench.servers.stock.side import Stock

PATIENCE_S = 60
"""So long all listeners may take to be told one event."""

MOST_OF_LIMIT = 1.25

LANE, NO_LANE = "musicrooms", "musicrooms, no lane"


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--listeners", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--events", type=int, default=20, help="of each side in each round (default: 20)")
    parser.add_argument("--every-ms", type=int, default=250, help="between two events, at least (default: 250)")
    parser.add_argument("--rounds", type=int, default=3)
    cli.finish("fanout", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("fanout", options.server, cli.given(), notes=[made_of()])
    with Data(options.prepared, options.root) as data:
        for listeners in options.listeners:
            rows = _compared(data, options, listeners)
            result.rows += rows
            result.bars += _bars(options.server, rows, listeners)
    return result


class Told(NamedTuple):
    """Seconds of the server's CPU, what the room heard that was told something, and how many events both rooms did."""

    cpu_s: float
    tally: Tally
    events: int


class Measured:
    """One side: its listeners in a large room, and one in a small room beside it."""

    def __init__(
        self, name: str, side: Side, listeners: int, crowds: tuple[Crowd, Crowd], options: argparse.Namespace
    ) -> None:
        self.name = name
        self._listeners = listeners
        self._side = side
        self._crowds = dict(zip((LARGE, SMALL), crowds, strict=True))
        self._options = options
        self._costs_us: list[float] = []
        self._total = Tally()
        self._told: list[int] = []

    def fill(self) -> None:
        """Let everybody in."""
        self._crowds[SMALL].join([self._side.listener(SMALL)])
        self._crowds[LARGE].join([self._side.listener()] * self._listeners)

    def warm_up(self) -> None:
        for room in (SMALL, LARGE):
            self._tell(room)

    def round(self) -> None:
        large, told = self._tell(LARGE)
        small, _ = self._tell(SMALL)
        self._total.add(large.tally)
        self._told += told
        self._costs_us.append((large.cpu_s - small.cpu_s) * 1e6 / max(1, large.events - small.events))

    def row(self) -> Row:
        last_ms = figures.last_after_commit_ms(self._total)
        return {
            "listeners": self._listeners,
            "side": self.name,
            "CPU µs a delivery": statistics.median(self._costs_us),
            "last listener p50 ms": figures.percentile(last_ms, 0.5),
            "p99 ms": figures.percentile(last_ms, 0.99),
            "missing": figures.missing(self._total, [(0, version) for version in self._told], self._listeners),
            "gaps": self._total.gaps,
            "bytes an event": round(self._total.delivered_bytes / max(1, self._total.deliveries)),
        }

    def _tell(self, room: str) -> tuple[Told, list[int]]:
        """Tell one room some events: what it cost and brought, and the versions."""
        crowd, told = self._crowds[room], []
        self._take()
        before_s = self._side.usage.cpu_s()
        for _ in range(self._options.events):
            next_at = time.monotonic() + self._options.every_ms / 1000
            told.append(self._side.act(room))
            crowd.reach(told[-1], PATIENCE_S)
            time.sleep(max(0.0, next_at - time.monotonic()))
        cpu_s, heard = self._side.usage.cpu_s() - before_s, self._take()
        return Told(cpu_s, heard[room], sum(tally.events for tally in heard.values())), told

    def _take(self) -> dict[str, Tally]:
        return {room: crowd.take() for room, crowd in self._crowds.items()}


def _compared(data: Data, options: argparse.Namespace, listeners: int) -> list[Row]:
    sides: dict[str, Side] = {
        Limit.name: Limit(data, options.server),
        LANE: Ours(data, options.server, FAST_LANE="1"),
        NO_LANE: Ours(data, options.server, FAST_LANE="0"),
        Stock.name: Stock(data, options.server),
    }
    with ExitStack() as open_sides:
        measured = []
        for name, side in sides.items():
            open_sides.enter_context(side)
            crowds = (
                open_sides.enter_context(Crowd(side.address, processes=options.processes, cores=client_cores())),
                open_sides.enter_context(Crowd(side.address, processes=1, cores=client_cores())),
            )
            measured.append(Measured(name, side, min(listeners, side.most_listeners), crowds, options))
        Limit.event_bytes = Stock.event_bytes = event_bytes(sides[LANE])
        for each in measured:
            each.fill()
        time.sleep(options.settle)
        for each in measured:
            each.warm_up()
        for _ in range(options.rounds):
            for each in measured:
                each.round()
        return _related([each.row() for each in measured])


def _related(rows: list[Row]) -> list[Row]:
    """The rows, with how many times the limit each costs."""
    limit = rows[0]["CPU µs a delivery"]
    return [{**row, "× limit": row["CPU µs a delivery"] / limit} for row in rows]


def _bars(server: str, rows: list[Row], listeners: int) -> list[Bar]:
    costs = {row["side"]: row["CPU µs a delivery"] for row in rows}
    limit, stock = costs[Limit.name], costs[Stock.name]
    of_stock = Bar(f"CPU of the stock view, {listeners:,} listeners, ×", costs[LANE] / stock, 0.25)
    if server == "daphne":
        of_stock.most = 0.5
        return [of_stock]
    return [
        Bar(f"CPU of the limit, fast lane, {listeners:,} listeners, ×", costs[LANE] / limit, MOST_OF_LIMIT),
        Bar(f"CPU of the limit, without the lane, {listeners:,} listeners, ×", costs[NO_LANE] / limit, 1.6),
        of_stock,
        Bar(f"deliveries missing, {listeners:,} listeners", sum(row["missing"] for row in rows[:3]), 0),
    ]


if __name__ == "__main__":
    main()
