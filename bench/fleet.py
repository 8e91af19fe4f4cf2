"""Many rooms on several processes: ``bin/bench fleet [--workers 4] [--rooms 200] [--listeners 25]``.

Workers on one socket, PostgreSQL and Redis, all of them started for this and on the same machine as the clients. In
every room a host acts once a second. Measured is the time from before the host's call until each listener was told.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from contextlib import ExitStack

from bench.load import requests
from bench.load.api import Room
from bench.load.client import Spec
from bench.load.crowd import Crowd
from bench.load.window import Window, measure
from bench.output import cli, figures
from bench.output.result import Bar, Result, Row, merged
from bench.servers.side import Data, Side
from tools.services import Postgres, Redis

MOST_MS = 100
MEASURED = ("p50 ms", "p99 ms", "max ms", "PATCH p50 ms", "cores used")
"""Of these the median of the rounds counts: the machine has other things to do at times."""
PATIENCE_S = 8.0
"""After the last action: a change whose push was lost is found in the database within 5 s."""


class Fleet(Side):
    """Workers that share a database and a bus."""

    name = "musicrooms"

    def launch(self) -> None:
        if self.server.env["DATABASE_URL"]:
            self.server.manage("migrate", "-v0")
        super().launch()


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--listeners", type=int, default=25, help="in each room (default: 25)")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--act-every", type=float, default=1, help="seconds between two actions in a room (default: 1)")
    parser.add_argument("--rounds", type=int, default=3, help="each with servers of its own (default: 3)")
    parser.add_argument("--no-services", action="store_true", help="SQLite and no Redis, as a comparison")
    cli.finish("fleet", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    rows = [{"round": number, **_round(options)} for number in range(1, options.rounds + 1)]
    row = merged(rows, MEASURED)
    return Result(
        "fleet",
        options.server,
        cli.given(),
        rows,
        [
            Bar("PATCH to event, p99, ms", row["p99 ms"], MOST_MS),
            Bar("listeners not on the last version", row["left behind"], 0),
            Bar("deliveries missing", row["missing"], 0),
            Bar("calls that failed", row["failed calls"], 0),
        ],
    )


def _round(options: argparse.Namespace) -> Row:
    with ExitStack() as stack:
        data = stack.enter_context(Data(options.prepared, options.root))
        env = {"WORKERS": str(options.workers)}
        if not options.no_services:
            env["DATABASE_URL"] = stack.enter_context(Postgres()).create("bench")
            env["REDIS_URL"] = stack.enter_context(Redis()).url
        # Nobody has a core of its own: there are more processes than cores.
        side = stack.enter_context(Fleet(data, options.server, cores=sorted(os.sched_getaffinity(0)), **env))
        return _measured(side, options)


def _measured(side: Side, options: argparse.Namespace) -> Row:
    rooms = Room.open_many(side.address, options.rooms)
    with Crowd(side.address, processes=options.processes) as crowd, Crowd(side.address, processes=1) as hosts:
        crowd.join([
            Spec("stream", number, requests.listen(room), known=room.version)
            for number, room in enumerate(rooms)
            for _ in range(options.listeners)
        ])  # fmt: skip
        time.sleep(options.settle)
        acting = requests.hosts_of(rooms, options.act_every, options.seconds)
        return _row(
            measure(
                side.usage, crowd, hosts, acting,
                each=options.listeners, seconds=options.seconds, patience_s=PATIENCE_S,
            ),
            options,
        )  # fmt: skip


def _row(window: Window, options: argparse.Namespace) -> Row:
    told, heard_ms, hosts, crowd = window.versions, window.heard_ms, window.hosts, window.listeners
    newest = {room: max(version for known, version in told if known == room) for room, _ in told}
    answered_ms = [(call.answered_at - call.sent_at) * 1000 for call in hosts.calls]
    return {
        "workers": options.workers,
        "rooms": options.rooms,
        "listeners": options.rooms * options.listeners,
        "actions": len(told),
        "p50 ms": figures.percentile(heard_ms, 0.5),
        "p99 ms": figures.percentile(heard_ms, 0.99),
        "max ms": max(heard_ms, default=math.nan),
        "PATCH p50 ms": figures.percentile(answered_ms, 0.5),
        "missing": window.missing(options.listeners),
        "gaps": crowd.gaps,
        "left behind": sum(options.listeners - crowd.last[key] for key in newest.items()),
        "late calls": hosts.late,
        "failed calls": hosts.failed.total() + hosts.ended,
        "cores used": window.cpu_s / window.seconds,
    }


if __name__ == "__main__":
    main()
