"""One large room that never rests: ``bin/bench room [--server uvicorn] [--listeners 10000] [--seconds 60]``.

A host changes the player every 250 ms, whether or not all have the last change. Measured is how long after the commit
the last listener has it. The bare loop is told to do the same, as the limit.
"""

from __future__ import annotations

import argparse
import statistics
import time

from bench.load.crowd import Crowd
from bench.load.tally import Tally
from bench.output import cli, figures
from bench.output.result import Bar, Result, Row
from bench.servers.limit import Limit, made_of
from bench.servers.machine import client_cores
from bench.servers.side import Data, Ours, Side
from bench.servers.sizes import event_bytes

MOST_MS = 250
PATIENCE_S = 10


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--listeners", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20, help="of each side in each round (default: 20)")
    parser.add_argument("--every-ms", type=int, default=250, help="between two changes (default: 250)")
    parser.add_argument("--rounds", type=int, default=3)
    cli.finish("room", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("room", options.server, cli.given(), notes=[made_of()])
    with Data(options.prepared, options.root) as data:
        rounds: list[list[Row]] = []
        for _ in range(options.rounds):
            with Ours(data, options.server) as ours:
                Limit.event_bytes = event_bytes(ours)
                row = _measured(ours, options)
            with Limit(data, options.server) as limit:
                rounds.append([row, _measured(limit, options)])
    result.rows = [_median(rows) for rows in zip(*rounds, strict=True)]
    ours_row = result.rows[0]
    result.bars = [
        Bar("deliveries missing", ours_row["missing"], 0),
        Bar("listeners not on the last version", ours_row["left behind"], 0),
    ]
    if options.server == "uvicorn":
        result.bars.insert(0, Bar("last listener after commit, p99, ms", ours_row["p99 ms"], MOST_MS))
    return result


def _measured(side: Side, options: argparse.Namespace) -> Row:
    with Crowd(side.address, processes=options.processes, cores=client_cores()) as crowd:
        crowd.join([side.listener()] * options.listeners)
        side.act()
        time.sleep(options.settle)
        crowd.take()
        versions = _act(side, options)
        crowd.reach(versions[-1], PATIENCE_S)
        return _row(side, crowd.take(), versions, options.listeners)


def _act(side: Side, options: argparse.Namespace) -> list[int]:
    """The host's changes, each at its time; their versions."""
    every_s = options.every_ms / 1000
    next_at, versions = time.monotonic(), []
    for _ in range(max(1, round(options.seconds / every_s))):
        time.sleep(max(0.0, next_at - time.monotonic()))
        next_at += every_s
        versions.append(side.act())
    return versions


def _row(side: Side, tally: Tally, versions: list[int], listeners: int) -> Row:
    last_ms = figures.last_after_commit_ms(tally)
    return {
        "side": side.name,
        "listeners": listeners,
        "changes": len(versions),
        "last listener p50 ms": figures.percentile(last_ms, 0.5),
        "p99 ms": figures.percentile(last_ms, 0.99),
        "max ms": max(last_ms, default=float("nan")),
        "missing": figures.missing(tally, [(0, version) for version in versions], listeners),
        "gaps": tally.gaps,
        "left behind": listeners - tally.last[0, versions[-1]],
    }


def _median(rows: tuple[Row, ...]) -> Row:
    """The medians of the times; of what may not happen at all, the most."""
    return {
        name: statistics.median(row[name] for row in rows) if name.endswith("ms") else max(row[name] for row in rows)
        for name in rows[0]
    }


if __name__ == "__main__":
    main()
