"""From a host's call to the event at a listener: ``bin/bench latency [--server uvicorn] [--calls 300]``.

One room, one listener on a socket of its own, PATCHes one after the other on a kept connection. The clock starts
before the PATCH is sent and stops when the whole event has been read.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from bench.load.api import Room, call
from tools.server import Server

PAUSE_S = 0.06
"""Between two calls, so that each is measured alone."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=["daphne", "uvicorn"], default="daphne")
    parser.add_argument("--calls", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), server=options.server).prepare().start()
        try:
            figures = measure(server.url, options.calls)
        finally:
            server.stop()
    report(options.server, figures)


def measure(url: str, calls: int) -> dict[str, list[float]]:
    """The milliseconds of each call until its response, until its event, and of a bare call for comparison."""
    address = urlsplit(url).netloc
    api = http.client.HTTPConnection(address, timeout=10)
    room = Room.open(api)
    host, port = address.split(":")
    figures: dict[str, list[float]] = {"response": [], "event": [], "bare call": []}
    with ThreadPoolExecutor(1) as hears, socket.create_connection((host, int(port)), timeout=10) as listener:
        listener.sendall(f"GET /api/v1{room.path}/events HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
        read_until(listener, b"event: snapshot", b"\n\n")
        for n in range(calls):
            hearing = hears.submit(read_until, listener, b"event: player", b"\n\n")
            began = time.perf_counter()
            room.seek(api, 1_000 + n)
            figures["response"].append((time.perf_counter() - began) * 1000)
            figures["event"].append((hearing.result() - began) * 1000)
            began = time.perf_counter()
            call(api, "GET", "/time")
            figures["bare call"].append((time.perf_counter() - began) * 1000)
            time.sleep(PAUSE_S)
    return figures


def read_until(listener: socket.socket, mark: bytes, end: bytes) -> float:
    """Read up to the ``end`` that follows ``mark``; the instant at which it was there."""
    seen = b""
    while mark not in seen or end not in seen[seen.index(mark) :]:
        more = listener.recv(65_536)
        if not more:
            raise SystemExit("The stream ended.")
        seen += more
    return time.perf_counter()


def report(server: str, figures: dict[str, list[float]]) -> None:
    print(f"{'ms, ' + server:<16}{'median':>8}{'p95':>8}{'p99':>8}")
    summary = {}
    for name, values in figures.items():
        cuts = statistics.quantiles(values, n=100)
        summary[name] = {"median": cuts[49], "p95": cuts[94], "p99": cuts[98]}
        print(f"{name:<16}{cuts[49]:8.1f}{cuts[94]:8.1f}{cuts[98]:8.1f}")
    print(json.dumps({"bench": "latency", "server": server, "calls": len(figures["event"]), "ms": summary}))


if __name__ == "__main__":
    main()
