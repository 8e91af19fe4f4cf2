"""Joins as fast as they come: ``bin/bench storm [--server uvicorn] [--listeners 5000]``.

One listener keeps the room warm, then all others connect at once. Measured is the time from the first connect until
the last of them has its whole first event, and how many SQL statements the server sent meanwhile; what it sends in as
much time when nobody joins is shown beside it. Of the stock view, the first event says nothing but that it is open.
"""

from __future__ import annotations

import argparse
import math
import time
from contextlib import suppress

from bench.load.crowd import Crowd
from bench.output import cli
from bench.output.result import Bar, Result, Row, merged
from bench.servers.counting.side import Counting
from bench.servers.machine import client_cores
from bench.servers.side import Data, Side
from bench.servers.stock.side import Stock

MOST_S = {"uvicorn": 3, "daphne": 8}
MOST_QUERIES = 20
PATIENCE_S = 60
"""So long all may take to get in."""


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--listeners", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="of this project; the stock view has one (default: 3)")
    cli.finish("storm", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("storm", options.server, cli.given())
    with Data(options.prepared, options.root) as data:
        rounds = []
        for _ in range(options.rounds):
            with Counting(data, options.server) as side:
                rounds.append(_measured(side, options))
        with Stock(data, options.server) as stock:
            result.rows = [merged(rounds, ["all in after s", "CPU µs a join"]), _measured(stock, options)]
    ours = result.rows[0]
    result.bars = [
        Bar("seconds until the last snapshot", ours["all in after s"], MOST_S[options.server]),
        Bar("refused", ours["refused"], 0),
        Bar("queries", ours["queries"], MOST_QUERIES),
    ]
    return result


def _measured(side: Side, options: argparse.Namespace) -> Row:
    with Crowd(side.address, processes=options.processes, cores=client_cores()) as crowd:
        crowd.join([side.listener()])
        side.act()
        time.sleep(options.settle)
        queries, cpu_s = _queries(side), side.usage.cpu_s()
        elapsed_s = math.inf
        with suppress(TimeoutError):  # most of the stock view's listeners never get in on daphne
            all_at_once = [side.listener()] * options.listeners
            elapsed_s = crowd.join(all_at_once, at_once=options.listeners, timeout_s=PATIENCE_S)
        cpu_s, queries = side.usage.cpu_s() - cpu_s, _queries(side) - queries
        tally = crowd.take()
        time.sleep(options.settle)
        idle = _queries(side)
        time.sleep(min(elapsed_s, 10))
        return {
            "side": side.name,
            "joins": tally.joined - 1,
            "all in after s": elapsed_s if math.isfinite(elapsed_s) else "never",
            "CPU µs a join": cpu_s * 1e6 / max(1, tally.joined - 1),
            "refused": tally.refused.total(),
            "queries": queries if isinstance(side, Counting) else "–",
            "queries when idle": _queries(side) - idle if isinstance(side, Counting) else "–",
        }


def _queries(side: Side) -> int:
    return side.statements() if isinstance(side, Counting) else 0


if __name__ == "__main__":
    main()
