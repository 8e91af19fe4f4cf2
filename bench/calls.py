"""CPU and SQL statements of each call: ``bin/bench calls [--entries 0 10 200 1900] [--root DIR]``.

In rooms with queues of different length, each with one listener, a host changes and a stranger reads, one call after
the other on a kept connection, without compression or cookies. Measured is the server's CPU, of what it does after its
answer too; and how many SQL statements it sends until its answer, the median of all calls. The unit is the cost of
``GET /time``, which touches no database: only ratios travel. ``--root`` names another checkout, to compare two.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time

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
    with Data(options.prepared, options.root) as data, Counting(data, options.server) as side:
        measuring = Measuring(side, options)
        with Crowd(side.address, processes=1, cores=client_cores()) as listeners:
            listeners.join([Spec("stream", 0, requests.listen(room)) for room in measuring.rooms.values()])
            time.sleep(options.settle)
            for _ in range(options.rounds):
                measuring.round()
        rows = measuring.rows()
    return Result("calls", options.server, cli.given(), rows, _bars(rows))


class Measuring:
    """The calls in rooms of each length, and what was found of each call and length."""

    def __init__(self, side: Counting, options: argparse.Namespace) -> None:
        self._side = side
        self._options = options
        self._asking = Asking(side)
        self.rooms = {length: self._asking.room_with(length) for length in options.entries}
        self._cpu_ms: dict[tuple[str, int | None], list[float]] = {}
        self._statements: dict[tuple[str, int | None], list[float]] = {}
        for name, length in self._kinds():
            self._asking.ask(name, self._room(length), length)
        self._asking.tidy()

    def round(self) -> None:
        for kind in self._kinds():
            self._call(*kind)
        for length in self.rooms:
            self._join(length)

    def rows(self) -> list[Row]:
        unit_ms = statistics.median(self._cpu_ms[TIME, None])
        return [
            {
                "call": name,
                "entries": "–" if length is None else f"{length:,}",
                "CPU ms": statistics.median(values),
                "× GET /time": statistics.median(values) / unit_ms,
                "statements": statistics.median(self._statements[name, length]),
            }
            for (name, length), values in self._cpu_ms.items()
        ]

    def _kinds(self) -> list[tuple[str, int | None]]:
        return [(name, None) for name in GENERAL] + [(name, length) for name in CALLS for length in self.rooms]

    def _room(self, length: int | None) -> Room:
        return self.rooms[next(iter(self.rooms)) if length is None else length]

    def _call(self, name: str, length: int | None) -> None:
        side, room = self._side, self._room(length)
        counts = [side.statements()]
        before_s = side.usage.cpu_s()
        for _ in range(self._options.calls):
            self._asking.ask(name, room, length)
            counts.append(side.statements())
        time.sleep(QUIET_S)
        self._found(name, length, side.usage.cpu_s() - before_s, self._options.calls)
        self._statements.setdefault((name, length), []).extend(
            after - before for before, after in itertools.pairwise(counts)
        )
        self._asking.tidy()

    def _join(self, length: int) -> None:
        side, count = self._side, self._options.joins
        with Crowd(side.address, processes=self._options.processes, cores=client_cores()) as crowd:
            before, before_s = side.statements(), side.usage.cpu_s()
            crowd.join([Spec("stream", 0, requests.listen(self.rooms[length]))] * count, at_once=count)
            self._found(JOIN, length, side.usage.cpu_s() - before_s, count)
            self._statements.setdefault((JOIN, length), []).append((side.statements() - before) / count)
        time.sleep(self._options.settle)  # they leave

    def _found(self, name: str, length: int | None, cpu_s: float, count: int) -> None:
        self._cpu_ms.setdefault((name, length), []).append(cpu_s * 1000 / count)


def _bars(rows: list[Row]) -> list[Bar]:
    costs: dict[str, list[float]] = {}
    for row in rows:
        costs.setdefault(row["call"], []).append(row["× GET /time"])
    costs[JOIN] = costs[JOIN][:1]
    return [Bar(f"{name}, × GET /time", max(costs[name]), most) for name, most in MOST.items()]


if __name__ == "__main__":
    main()
