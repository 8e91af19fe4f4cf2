"""Memory per idle listener: ``bin/bench memory [--server uvicorn] [--listeners 10000]``.

A hundred listeners come first, so that whatever is made once is there; then the others come, and what the server grew
by (PSS, which counts shared pages in part) is divided by them. Memory that the kernel keeps for sockets is not in it.
"""

from __future__ import annotations

import argparse
import time

from bench.load.crowd import Crowd
from bench.output import cli
from bench.output.result import Bar, Result, Row
from bench.servers.limit import Limit, made_of
from bench.servers.machine import client_cores
from bench.servers.side import Data, Ours, Side
from bench.servers.stock.side import Stock

MOST_KB = 12
WARM = 100


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--listeners", type=int, default=10_000)
    cli.finish("memory", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("memory", options.server, cli.given(), notes=[made_of()])
    with Data(options.prepared, options.root) as data:
        for side in (Ours(data, options.server), Stock(data, options.server), Limit(data, options.server)):
            with side:
                result.rows.append(_measured(side, options))
    ours, stock = (row["KB a listener"] for row in result.rows[:2])
    if options.server == "uvicorn":
        result.bars.append(Bar("KB a listener", ours, MOST_KB))
    result.bars += [
        Bar("memory of the stock view, ×", ours / stock, 0.25),
        Bar(
            "threads more with all listeners",
            max(0, result.rows[0]["threads with all"] - result.rows[0]["threads before"]),
            0,
        ),
    ]
    return result


def _measured(side: Side, options: argparse.Namespace) -> Row:
    with Crowd(side.address, processes=options.processes, cores=client_cores()) as crowd:
        crowd.join([side.listener()] * WARM)
        side.act()
        time.sleep(options.settle)
        before_kb, threads = side.usage.pss_kb(), side.usage.threads()
        crowd.join([side.listener()] * min(options.listeners, side.most_listeners))
        time.sleep(options.settle)
        tally = crowd.take()
        return {
            "side": side.name,
            "listeners": tally.joined - WARM,
            "KB a listener": (side.usage.pss_kb() - before_kb) / max(1, tally.joined - WARM),
            "threads before": threads,
            "threads with all": side.usage.threads(),
            "refused": tally.refused.total(),
        }


if __name__ == "__main__":
    main()
