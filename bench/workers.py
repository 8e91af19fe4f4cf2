"""Several workers behind one socket: ``bin/bench workers [--workers 4] [--listeners 5000]``.

The project's own supervisor and that of uvicorn, side by side. Measured is how evenly streams are spread over the
workers, what becomes of calls during a rolling reload and while one worker hangs, and how long a stop takes then.
"""

from __future__ import annotations

import argparse
import http.client
import math
import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bench.load.crowd import Crowd
from bench.output import cli
from bench.output.result import Bar, Result, Row, merged
from bench.servers.multiprocess.side import Multiprocess, Workers
from bench.servers.side import Data
from tools.patience import until
from tools.processes import sockets_of

MOST_UNEVEN = 1.3
"""Streams of the fullest worker to those of the emptiest."""

STOP = "stop s, one hangs"
MEASURED = ("fullest", "emptiest", "fullest : emptiest", "slowest ms, one hangs", STOP)
"""Of these the median of the rounds counts: the machine has other things to do at times."""

RELOAD_S = 120
"""So long a reload may take."""

ANSWER_S = 4.0
"""So long a call is waited for."""
CALLS = 100
CALLERS = 10


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--listeners", type=int, default=5_000)
    parser.add_argument("--at-once", type=int, default=256, help="streams that arrive together (default: 256)")
    parser.add_argument("--rounds", type=int, default=3, help="each with servers of its own (default: 3)")
    cli.finish("workers", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("workers", options.server, cli.given())
    rounds: dict[type[Workers], list[Row]] = {Workers: [], Multiprocess: []}
    with Data(options.prepared) as data:
        for _ in range(options.rounds):
            for kind, rows in rounds.items():
                with kind(data, options.server, options.workers) as side:
                    rows.append(_measured(side, options))
    result.rows = [merged(rows, MEASURED) for rows in rounds.values()]
    ours = result.rows[0]
    result.bars = [
        Bar("streams, fullest to emptiest worker", ours["fullest : emptiest"], MOST_UNEVEN),
        Bar("connections refused in a reload", ours["refused in a reload"], 0),
        Bar(f"calls of {CALLS} unanswered while one worker hangs", ours["unanswered, one hangs"], CALLS // 10),
    ]
    for row in result.rows:
        if not math.isfinite(row[STOP]):
            row[STOP] = "never"
    return result


def _measured(side: Workers, options: argparse.Namespace) -> Row:
    reloaded = _calls_in_a_reload(side)
    streams = _streams_of_each(side, options)
    hanging = min(side.workers())
    os.kill(hanging, signal.SIGSTOP)
    with ThreadPoolExecutor(CALLERS) as callers:
        took = list(callers.map(lambda _: _call(side.address), range(CALLS)))
    answered_ms = [ms for outcome, ms in took if outcome == "answered"]
    return {
        "side": side.name,
        "fullest": max(streams),
        "emptiest": min(streams),
        "fullest : emptiest": max(streams) / max(1, min(streams)),
        "calls in a reload": reloaded.total(),
        "refused in a reload": reloaded["refused"],
        "cut off in a reload": reloaded["cut off"],
        "unanswered, one hangs": CALLS - len(answered_ms),
        "slowest ms, one hangs": max(answered_ms),
        STOP: side.end(),
    }


def _calls_in_a_reload(side: Workers) -> Counter[str]:
    """What calls came to, one after the other, each on a connection of its own, while all workers were replaced."""
    before, is_over, outcomes = side.workers(), threading.Event(), Counter[str]()

    def call_all_the_time() -> None:
        while not is_over.is_set():
            outcomes[_call(side.address)[0]] += 1

    caller = threading.Thread(target=call_all_the_time)
    caller.start()
    try:
        os.kill(side.supervisor, signal.SIGHUP)
        until(lambda: not before & side.workers() and len(side.workers()) == len(before), patience_s=RELOAD_S)
    finally:
        is_over.set()
        caller.join()
    return outcomes


def _streams_of_each(side: Workers, options: argparse.Namespace) -> list[int]:
    """How many of the streams each worker has."""
    time.sleep(options.settle)
    before = {pid: sockets_of(pid) for pid in side.workers()}
    with Crowd(side.address, processes=options.processes) as crowd:
        crowd.join([side.listener()] * options.listeners, at_once=options.at_once)
        if refused := crowd.take().refused.total():
            raise SystemExit(f"{refused} streams were refused by “{side.name}”.")
        return [sockets_of(pid) - count for pid, count in before.items()]


def _call(address: tuple[str, int]) -> tuple[str, float]:
    """What a call on a new connection came to, and the milliseconds that it took."""
    connection, began = http.client.HTTPConnection(*address, timeout=ANSWER_S), time.monotonic()
    try:
        connection.request("GET", "/api/v1/time")
        connection.getresponse().read()
        outcome = "answered"
    except ConnectionRefusedError:
        outcome = "refused"
    except (OSError, http.client.HTTPException):
        outcome = "cut off"
    finally:
        connection.close()
    return outcome, (time.monotonic() - began) * 1000


if __name__ == "__main__":
    main()
