"""Three ways to keep many rooms in step: ``bin/bench compare [--server daphne] [--rooms 50] [--listeners 50]``.

The same real host actions, calls of the REST API, in each: every room one in ten seconds. The listeners hear of them
by this project's stream, by polling the player each second, or over WebSocket, where each also reports its position
each second, to a Channels consumer that passes the host's actions on. All three on the same server program, one after
the other in each round. What the server sends and receives is counted by the clients.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable

from bench.load import requests
from bench.load.api import Room
from bench.load.client import Spec
from bench.load.crowd import Crowd
from bench.load.window import Window, measure
from bench.output import cli, figures
from bench.output.result import Bar, Result, Row
from bench.servers.machine import client_cores
from bench.servers.reporting.side import Reporting
from bench.servers.side import Data

REPORT_EVERY_S = 1.0
PATIENCE_S = 5.0
"""After the last action: what is on its way arrives."""

MOST_SHARE = 1 / 15

HEAR: dict[str, tuple[str, Callable[[Room], bytes]]] = {
    "musicrooms": ("stream", requests.listen),
    "polling": ("poller", requests.ask),
    "WebSocket": ("reporter", requests.report),
}
"""How listeners hear of the host's actions: the kind of client, and what it sends first."""


def main() -> None:
    parser = cli.parser(__doc__, servers=("daphne", "uvicorn"))
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--listeners", type=int, default=50, help="in each room (default: 50)")
    parser.add_argument("--seconds", type=float, default=60, help="of each way in each round (default: 60)")
    parser.add_argument(
        "--act-every", type=float, default=10, help="seconds between two actions in a room (default: 10)"
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.server == "uvicorn":
        _check_websockets()
    cli.finish("compare", run, options)


def run(options: argparse.Namespace) -> Result:
    result = Result("compare", options.server, cli.given())
    with Data(options.prepared, options.root) as data:
        rounds = [[_measured(data, way, options) for way in HEAR] for _ in range(options.rounds)]
    result.rows = [_median(rows) for rows in zip(*rounds, strict=True)]
    ours, polling, reports = (row["CPU s a minute"] for row in result.rows)
    result.bars = [
        Bar("CPU of polling, ×", ours / polling, MOST_SHARE),
        Bar("CPU of reports by WebSocket, ×", ours / reports, MOST_SHARE),
        Bar("deliveries missing by the stream", result.rows[0]["missing"], 0),
    ]
    return result


def _measured(data: Data, way: str, options: argparse.Namespace) -> Row:
    with Reporting(data, options.server) as side:
        rooms = Room.open_many(side.address, options.rooms)
        with (
            Crowd(side.address, processes=options.processes, cores=client_cores()) as crowd,
            Crowd(side.address, processes=1, cores=client_cores()) as hosts,
        ):
            crowd.join(_listeners(way, rooms, options.listeners))
            time.sleep(options.settle)
            window = measure(
                side.usage, crowd, hosts, requests.hosts_of(rooms, options.act_every, options.seconds),
                each=options.listeners, seconds=options.seconds, patience_s=PATIENCE_S,
            )  # fmt: skip
    return _row(way, window, options)


def _listeners(way: str, rooms: list[Room], each: int) -> list[Spec]:
    kind, request = HEAR[way]
    count = len(rooms) * each
    # Spread over the second, since nothing makes browsers report at the same instant.
    return [
        Spec(kind, number, request(room), REPORT_EVERY_S, (number * each + n) / count, known=room.version)
        for number, room in enumerate(rooms)
        for n in range(each)
    ]


def _row(way: str, window: Window, options: argparse.Namespace) -> Row:
    heard_ms = window.heard_ms
    minutes = window.seconds / 60
    counted = window.counted
    return {
        "way": way,
        "CPU s a minute": window.cpu_s / minutes,
        "messages a minute": round((counted.messages_up + counted.messages_down) / minutes),
        "MB a minute": (counted.bytes_up + counted.bytes_down) / 1e6 / minutes,
        "actions": len(window.versions),
        "heard after p50 ms": figures.percentile(heard_ms, 0.5),
        "p99 ms": figures.percentile(heard_ms, 0.99),
        "missing": window.missing(options.listeners),
        "late requests": counted.late,
    }


def _median(rows: tuple[Row, ...]) -> Row:
    """The medians of what was measured, the most of what may not happen."""
    return {
        name: value
        if isinstance(value, str)
        else (max if name in ("missing", "late requests") else statistics.median)(row[name] for row in rows)
        for name, value in rows[0].items()
    }


def _check_websockets() -> None:
    if not any(importlib.util.find_spec(name) for name in ("websockets", "wsproto")):
        raise SystemExit("On uvicorn this needs a package for WebSocket: install websockets, or use --server daphne.")


if __name__ == "__main__":
    main()
