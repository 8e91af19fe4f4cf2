"""CPU and SQL statements of each call: ``bin/bench calls [--entries 0 10 200 1900] [--root DIR]``.

In rooms with queues of different length, each with one listener, a host changes and a stranger reads, one call after
the other on a kept connection, without compression or cookies. Measured is the server's CPU, of what it does after its
answer too; and how many SQL statements it sends until its answer, the median of all calls. The unit is the cost of
``GET /time``, which touches no database: only ratios travel. ``--root`` names another checkout, to compare two.

Each round has a server of its own: where a process has its code and data in memory changes what a call costs by a
quarter, for as long as the process lives.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections import defaultdict

from bench.load import requests
from bench.load.api import Room
from bench.load.client import Spec
from bench.load.crowd import Crowd
from bench.output import cli
from bench.output.result import Bar, Result, Row
from bench.servers.asking import CALLS, GENERAL, TIME, Asking
from bench.servers.counting.side import Counting
from bench.servers.machine import client_cores
from bench.servers.side import Data

WARM_UP = 20
"""Calls of each kind before it is measured: statements are compiled and templates read at the first."""

QUIET_S = 0.1
"""After the last answer: what is done behind it comes to its end."""

JOIN = "a join of the stream"
MOST = {"GET /rooms/{slug}, 304": 2.0, "GET /r/{slug}": 5.5, "PATCH player": 2.3, "POST queue": 3.2, JOIN: 0.23}
"""How many times ``GET /time`` each may cost, whatever the length of the queue; a join, with the shortest."""


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[0, 10, 200, 1_900], help="lengths of the queues")
    parser.add_argument("--calls", type=int, default=20, help="of each kind in each round (default: 20)")
    parser.add_argument("--joins", type=int, default=200, help="at once in each round (default: 200)")
    parser.add_argument("--rounds", type=int, default=5)
    cli.finish("calls", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    found = Found()
    with Data(options.prepared, options.root) as data:
        for _ in range(options.rounds):
            with Counting(data, options.server) as side:
                Measuring(side, options, found).round()
    rows = found.rows()
    return Result("calls", options.server, cli.given(), rows, _bars(rows))


class Found:
    """What was found of each call and length, in all rounds."""

    def __init__(self) -> None:
        self.cpu_ms: defaultdict[tuple[str, int | None], list[float]] = defaultdict(list)
        self.statements: defaultdict[tuple[str, int | None], list[float]] = defaultdict(list)

    def rows(self) -> list[Row]:
        unit_ms = statistics.median(self.cpu_ms[TIME, None])
        return [
            {
                "call": name,
                "entries": "–" if length is None else f"{length:,}",
                "CPU ms": statistics.median(values),
                "× GET /time": statistics.median(values) / unit_ms,
                "statements": statistics.median(self.statements[name, length]),
            }
            for (name, length), values in self.cpu_ms.items()
        ]


class Measuring:
    """The calls in rooms of each length, of one server."""

    def __init__(self, side: Counting, options: argparse.Namespace, found: Found) -> None:
        self._side = side
        self._options = options
        self._found = found
        self._asking = Asking(side)
        self._rooms = {length: self._asking.room_with(length) for length in options.entries}

    def round(self) -> None:
        with Crowd(self._side.address, processes=1, cores=client_cores()) as listeners:
            listeners.join([Spec("stream", 0, requests.listen(room)) for room in self._rooms.values()])
            time.sleep(self._options.settle)  # what their coming sets off comes to its end
            for kind in self._kinds():
                self._call(*kind)
            for length in self._rooms:
                self._join(length)

    def _kinds(self) -> list[tuple[str, int | None]]:
        return [(name, None) for name in GENERAL] + [(name, length) for name in CALLS for length in self._rooms]

    def _room(self, length: int | None) -> Room:
        return self._rooms[next(iter(self._rooms)) if length is None else length]

    def _call(self, name: str, length: int | None) -> None:
        side, room = self._side, self._room(length)
        for _ in range(WARM_UP):
            self._asking.ask(name, room, length)
        self._asking.tidy()  # the queue is as long as it is called
        counts = [side.statements()]
        before_s = side.usage.cpu_s()
        for _ in range(self._options.calls):
            self._asking.ask(name, room, length)
            counts.append(side.statements())
        time.sleep(QUIET_S)
        self._spent(name, length, side.usage.cpu_s() - before_s, self._options.calls)
        self._found.statements[name, length] += [after - before for before, after in itertools.pairwise(counts)]
        self._asking.tidy()

    def _join(self, length: int) -> None:
        side, count = self._side, self._options.joins
        with Crowd(side.address, processes=self._options.processes, cores=client_cores()) as crowd:
            before, before_s = side.statements(), side.usage.cpu_s()
            crowd.join([Spec("stream", 0, requests.listen(self._rooms[length]))] * count, at_once=count)
            self._spent(JOIN, length, side.usage.cpu_s() - before_s, count)
            self._found.statements[JOIN, length].append((side.statements() - before) / count)
        time.sleep(self._options.settle)  # they leave

    def _spent(self, name: str, length: int | None, cpu_s: float, count: int) -> None:
        self._found.cpu_ms[name, length].append(cpu_s * 1000 / count)


def _bars(rows: list[Row]) -> list[Bar]:
    costs: dict[str, list[float]] = {}
    for row in rows:
        costs.setdefault(row["call"], []).append(row["× GET /time"])
    costs[JOIN] = costs[JOIN][:1]
    return [Bar(f"{name}, × GET /time", max(costs[name]), most) for name, most in MOST.items()]


if __name__ == "__main__":
    main()
