"""The load tool counts what happened: nothing that was lost counts as delivered, and each measurement runs."""

from __future__ import annotations

import json
import multiprocessing
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.load import events
from bench.load.client import Spec
from bench.load.events import Event
from bench.load.tally import Call, Reader, Register, Tally
from bench.load.worker import work
from bench.output import figures
from bench.output.page import page
from bench.output.result import Bar, Result
from bench.servers import limit
from bench.servers.asking import CALLS, GENERAL
from bench.servers.limit import Limit, compiler, made_of
from bench.servers.side import ALONE, LARGE, SMALL, Data
from tools.server import ROOT, Server
from tools.services import postgres_bin, redis_server

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


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


@pytest.mark.parametrize("is_built", [True, False], ids=["C", "Python"])
def test_the_limit_tells_each_listener_of_one_room(
    data: Path, monkeypatch: pytest.MonkeyPatch, *, is_built: bool
) -> None:
    choose_limit(monkeypatch, is_built=is_built)
    with Data(data) as copies, Limit(copies, "uvicorn") as side:
        bob, charlie, other = (listens(side, room) for room in (LARGE, LARGE, SMALL))
        with bob, charlie, other:
            assert [side.act(), side.act()] == [1, 2]
            told = read_chunks(bob, 2)
            assert read_chunks(charlie, 2) == told
            assert [events.version_in(chunk) for chunk in told] == [1, 2]
            assert {len(chunk) for chunk in told} == {Limit.event_bytes}
            assert side.act(SMALL) == 1
            assert len(read_chunks(other, 1)) == 1, "it was told of another room"


@pytest.mark.parametrize("is_built", [True, False], ids=["C", "Python"])
def test_the_limit_goes_on_without_a_listener_who_left(
    data: Path, monkeypatch: pytest.MonkeyPatch, *, is_built: bool
) -> None:
    choose_limit(monkeypatch, is_built=is_built)
    with Data(data) as copies, Limit(copies, "uvicorn") as side:
        leaving = [listens(side, LARGE) for _ in range(3)]
        with listens(side, LARGE) as bob:
            for each in leaving:
                each.close()
            assert [side.act(), side.act()] == [1, 2]
            assert [events.version_in(chunk) for chunk in read_chunks(bob, 2)] == [1, 2]


def test_what_the_limit_is_made_of_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    if compiler() is not None:
        assert re.search(r"in C, built by .+\d.+ with -O2", made_of())
    choose_limit(monkeypatch, is_built=False)
    assert "in Python" in made_of()


def test_each_delivery_of_a_fan_out_arrives(data: Path, tmp_path: Path) -> None:
    options = ["--listeners", "20", "--events", "3", "--every-ms", "60", "--rounds", "1"]
    told = measured("fanout", data, tmp_path, *options)
    assert [row["side"] for row in told["rows"]] == ["limit", "musicrooms", "musicrooms, no lane", "stock view"]
    assert {(row["listeners"], row["missing"], row["gaps"]) for row in told["rows"]} == {(20, 0, 0)}
    sizes = [row["bytes an event"] for row in told["rows"]]
    assert max(sizes) < 1.1 * min(sizes), "the sides do not send the same"


def test_memory_is_measured_of_listeners_that_are_in(data: Path, tmp_path: Path) -> None:
    told = measured("memory", data, tmp_path, "--listeners", "50")
    ours, stock, _limit = told["rows"]
    assert [(row["listeners"], row["refused"]) for row in told["rows"]] == [(50, 0)] * 3
    assert ours["threads with all"] == ours["threads before"]
    assert stock["threads with all"] >= stock["threads before"] + 50


def test_a_busy_room_misses_nothing(data: Path, tmp_path: Path) -> None:
    options = ["--listeners", "20", "--seconds", "1.5", "--every-ms", "100", "--rounds", "1"]
    told = measured("room", data, tmp_path, *options)
    assert {(row["changes"], row["missing"], row["gaps"], row["left behind"]) for row in told["rows"]} == {
        (15, 0, 0, 0)
    }
    assert 0 < told["rows"][0]["p99 ms"] <= told["rows"][0]["max ms"]


def test_a_storm_counts_joins_and_queries(data: Path, tmp_path: Path) -> None:
    ours, stock = measured("storm", data, tmp_path, "--listeners", "40", "--rounds", "1")["rows"]
    assert (ours["joins"], ours["refused"], stock["joins"]) == (40, 0, 40)
    assert isinstance(ours["queries"], int)


def test_calls_are_measured_by_length_in_any_checkout(data: Path, tmp_path: Path) -> None:
    options = ["--entries", "0", "3", "--calls", "3", "--joins", "5", "--rounds", "1"]
    checkout = product_alone(tmp_path / "checkout")
    told = measured("calls", data, tmp_path, *options, "--root", str(checkout))
    rows = {(row["call"], row["entries"]): row for row in told["rows"]}
    assert set(rows) == {(name, "–") for name in GENERAL} | {
        (name, length) for name in [*CALLS, "a join of the stream"] for length in ("0", "3")
    }
    assert all(row["CPU ms"] > 0 for row in told["rows"])
    clock, change = rows["GET /time", "–"], rows["PATCH player", "3"]
    assert (clock["statements"], clock["× GET /time"]) == (0, 1)
    assert change["statements"] > 1
    assert change["× GET /time"] == pytest.approx(change["CPU ms"] / clock["CPU ms"])


def test_all_ways_hear_the_same_actions(data: Path, tmp_path: Path) -> None:
    options = ["--rooms", "2", "--listeners", "3", "--seconds", "2", "--act-every", "1", "--rounds", "1"]
    told = measured("compare", data, tmp_path, *options)
    assert [(row["way"], row["actions"], row["missing"]) for row in told["rows"]] == [
        ("musicrooms", 4, 0),
        ("polling", 4, 0),
        ("WebSocket", 4, 0),
    ]
    messages = {row["way"]: row["messages a minute"] for row in told["rows"]}
    assert messages["WebSocket"] > 300, "six listeners report each second"
    assert messages["polling"] > 600, "six listeners ask each second, and are answered"


def test_a_fleet_ends_on_the_last_version(data: Path, tmp_path: Path) -> None:
    options = ["--rooms", "3", "--listeners", "2", "--seconds", "2", "--workers", "2", "--rounds", "1"]
    if redis_server() is None or postgres_bin() is None:
        options.append("--no-services")
    told = measured("fleet", data, tmp_path, *options)["rows"][0]
    assert (told["actions"], told["missing"], told["left behind"], told["failed calls"]) == (6, 0, 0, 0)
    assert 0 < told["p50 ms"] <= told["p99 ms"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database of SQLite, whatever the other tests use."""
    folder = tmp_path_factory.mktemp("data")
    Server(folder, **ALONE).prepare()
    return folder


def measured(name: str, data: Path, tmp_path: Path, *options: str) -> dict[str, Any]:
    """What a small run of a measurement wrote, by the quicker server if it is not said."""
    path = tmp_path / "result.json"
    command = [sys.executable, "-m", f"bench.{name}", *options, "--settle", "0.5"]
    keeping = ["--prepared", str(data), "--json", str(path)]
    done = subprocess.run([*command, *keeping], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(path.read_text())
    assert told["bench"] == name
    assert json.loads(done.stdout.splitlines()[-1]) == told
    assert told["bars"]
    assert all({"what", "found", "most", "met"} == bar.keys() for bar in told["bars"])
    assert sum(line.startswith(("PASS", "FAIL")) for line in done.stdout.splitlines()) == len(told["bars"])
    return told


def product_alone(folder: Path) -> Path:
    """A checkout that has no tools of its own."""
    for name in ("musicrooms", "rooms", "players", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


# The limit, in C or in Python.


def choose_limit(monkeypatch: pytest.MonkeyPatch, *, is_built: bool) -> None:
    if not is_built:
        monkeypatch.setattr(limit, "compiler", lambda: None)
    elif compiler() is None:
        pytest.skip("There is no C compiler.")


def listens(side: Limit, room: str) -> socket.socket:
    """A connection on which a stream was opened."""
    stream = socket.create_connection(side.address, timeout=10)
    stream.sendall(side.listener(room).request)
    seen = b""
    while not seen.endswith(b"event: hello\ndata:\n\n\r\n"):
        seen += stream.recv(65_536)
    assert b"\r\n\r\n14\r\n" in seen
    return stream


def read_chunks(stream: socket.socket, count: int) -> list[bytes]:
    """The next chunks, each without its frame."""
    chunks = []
    with stream.makefile("rb") as reader:
        for _ in range(count):
            chunks.append(reader.read(int(reader.readline(), 16)))
            assert reader.read(2) == b"\r\n"
    return chunks


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
        return listened(address)


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


def listened(address: tuple[str, int]) -> Tally:
    """What a worker with one stream counted half a second after it was in."""
    ours, theirs = multiprocessing.Pipe()
    working = threading.Thread(target=work, args=(theirs, address, 0))
    working.start()
    ours.send(("join", [Spec("stream", 0, b"GET / HTTP/1.1\r\n\r\n")], 1))
    assert ours.poll(10)
    assert ours.recv()[0] == "joined"
    time.sleep(0.5)
    ours.send(("take",))
    _, tally = ours.recv()
    ours.send(("stop",))
    working.join()
    ours.close()
    theirs.close()
    assert isinstance(tally, Tally)
    return tally
