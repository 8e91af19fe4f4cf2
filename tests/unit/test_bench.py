"""The load tool counts what happened: nothing that was lost counts as delivered."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.load import events
from bench.load.client import Spec
from bench.load.events import Event
from bench.load.tally import Call, Reader, Register, Tally
from bench.load.worker import work
from bench.output import figures
from bench.output.page import page
from bench.output.result import Bar, Result
from tools.patience import until
from tools.server import ROOT

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("side", ["stock", "reporting"])
def test_what_is_compared_starts_with_the_packages_of_today(side: str, tmp_path: Path) -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": f"bench.servers.{side}.settings", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); import bench.servers.{side}.asgi"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_events_are_found_in_chunks() -> None:
    received = sent(snapshot(4), player(5), b"event: tick\ndata: {" + b'"version":5}\n\n')
    found, rest = events.split(received)
    assert [(each.name, each.version) for each in found] == [("snapshot", 4), ("player", 5), ("tick", None)]
    assert (found[1].prev, found[1].committed_at_ms) == (4, 17)
    assert found[1].size >= len(player(5).rstrip())
    assert rest == b""


def test_half_an_event_waits_for_its_other_half() -> None:
    received = sent(player(5))
    found, rest = events.split(received[:30])
    assert found == ()
    (told,), rest = events.split(rest + received[30:])
    assert told[:4] == ("player", 5, 4, 17)
    assert rest == b""


def test_a_title_cannot_forge_a_version() -> None:
    data = json.dumps({"title": 'x","prev":9', "prev": 4, "version": 5}, separators=(",", ":"))
    event = f"event: player\nid: 5\ndata: {data}".encode()
    assert events.split(event + b"\n\n")[0] == (Event("player", 5, 4, size=len(event)),)


def test_a_lost_change_is_missed_and_not_counted_as_told() -> None:
    tally = heard([snapshot(1), player(2), player(4)])
    assert (tally.gaps, tally.deliveries) == (1, 2)
    assert figures.missing(tally, [(0, 2), (0, 3), (0, 4)], listeners=1) == 1


def test_coalesced_changes_count_as_told() -> None:
    tally = heard([snapshot(1), player(4, prev=1)])
    assert (tally.gaps, tally.deliveries) == (0, 1)
    assert figures.missing(tally, [(0, 2), (0, 3), (0, 4)], listeners=1) == 0


def test_a_change_that_comes_twice_or_late_is_stale() -> None:
    tally = heard([snapshot(1), player(2), player(2), player(3), player(2)])
    assert (tally.stale, tally.deliveries, tally.gaps) == (2, 2, 0)


def test_a_whole_snapshot_closes_a_gap() -> None:
    tally = heard([snapshot(1), player(2), snapshot(9)])
    assert (tally.gaps, tally.last[0, 9]) == (0, 1)
    assert figures.missing(tally, [(0, version) for version in range(2, 10)], listeners=1) == 0


def test_a_stream_that_was_split_at_every_byte_counts_the_same() -> None:
    told = [snapshot(1), player(2), player(3)]
    whole, split = heard(told), heard(told, pieces=True)
    assert (split.deliveries, split.events, split.gaps) == (whole.deliveries, whole.events, whole.gaps) == (2, 3, 0)


def test_a_refused_stream_is_no_listener() -> None:
    with a_server(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n") as address:
        tally = listened(address)
    assert (tally.joined, tally.refused["429"], tally.last.total()) == (0, 1, 0)


def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        tally = listened(unused.getsockname())
    assert tally.refused == {"ECONNREFUSED": 1}


def test_a_stream_that_ends_is_noticed() -> None:
    assert heard([snapshot(1)], end=b"0\r\n\r\n").ended == 1


def test_time_is_measured_from_the_call_and_from_the_commit() -> None:
    register = Register()
    register.told(Reader(0, 1), 2, 1, at=12.5, committed_at_ms=12_000)
    tally = register.take()
    assert figures.last_after_commit_ms(tally) == [500]
    assert figures.after_call_ms(Tally(calls=[Call(0, 2, 11.5, 12.1)]), tally) == [1_000]


def test_the_slowest_one_in_a_hundred_is_the_99th_percentile() -> None:
    assert figures.percentile(range(1, 101), 0.99) == 99
    assert figures.percentile([7], 0.5) == 7


def test_the_page_tells_every_figure_and_what_was_not_met() -> None:
    machine = {"cpu": "Abacus", "cores": 1, "kernel": "1.0", "python": "3.11", "packages": {}, "day": "2026-01-01"}
    bars = [Bar("seconds", 4.0, 3), Bar("refused", 0, 0)]
    result = Result(
        "storm",
        "uvicorn",
        ["--listeners", "7"],
        [{"side": "musicrooms", "joins": 7_123}],
        bars,
        machine,
        ["Made of abacuses."],
    )
    text = page([result])
    for part in ("Abacus", "7,123", "bin/bench storm --server uvicorn --listeners 7", "**not met**: seconds: 4.00"):
        assert part in text
    assert "1 of 2 bars are met" in text
    assert "Made of abacuses." in text


def test_a_bar_without_a_figure_is_not_met() -> None:
    assert not Bar("last listener", float("nan"), 250).is_met
    assert not Bar("CPU of the limit, ×", -0.1, 1.2).is_met


# A server that tells what a test wants, however wrong.


def snapshot(version: int) -> bytes:
    return b'event: snapshot\nid: %d\ndata: {"version":%d,"prev":0}\n\n' % (version, version)


def player(version: int, prev: int | None = None) -> bytes:
    prev = version - 1 if prev is None else prev
    data = b'{"version":%d,"prev":%d,"committed_at_ms":17}' % (version, prev)
    return b"event: player\nid: %d\ndata: %s\n\n" % (version, data)


def sent(*parts: bytes) -> bytes:
    """The parts in a chunk each."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def heard(told: list[bytes], *, pieces: bool = False, end: bytes = b"") -> Tally:
    """What one listener counts that is told these events."""
    with a_server(HEAD + sent(*told) + end, pieces=pieces) as address:
        return listened(address, events=len(told), ended=bool(end))


@contextmanager
def a_server(answer: bytes, *, pieces: bool = False) -> Iterator[tuple[str, int]]:
    """Answers one request with these bytes, one by one if in ``pieces``, and lets the connection stand."""
    done = threading.Event()

    def serve() -> None:
        connection = listener.accept()[0]
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.recv(65_536)
            for start in range(0, len(answer), 1 if pieces else len(answer)):
                connection.sendall(answer[start : start + 1] if pieces else answer)
                if pieces:
                    time.sleep(0.0005)
            done.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listener.getsockname()
        finally:
            done.set()
            serving.join()


def listened(address: tuple[str, int], events: int = 0, ended: int = 0) -> Tally:
    """What a worker with one stream counted until so many events and ends had come."""
    ours, theirs = multiprocessing.Pipe()
    working = threading.Thread(target=work, args=(theirs, address, 0))
    working.start()
    ours.send(("join", [Spec("stream", 0, b"GET / HTTP/1.1\r\n\r\n")], 1))
    assert ours.poll(10)
    assert ours.recv()[0] == "joined"
    tally = Tally()

    def has_come() -> bool:
        ours.send(("take",))
        _, taken = ours.recv()
        tally.add(taken)
        tally.last = taken.last
        return tally.events >= events and tally.ended >= ended

    until(has_come, "it did not come")
    ours.send(("stop",))
    working.join()
    ours.close()
    theirs.close()
    assert isinstance(tally, Tally)
    return tally
