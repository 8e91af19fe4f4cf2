"""Each measurement of ``bench/`` runs, and finds what a small run of it has to find."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.load import events
from bench.servers import limit
from bench.servers.asking import CALLS, GENERAL
from bench.servers.limit import Limit, compiler, made_of
from bench.servers.side import ALONE, LARGE, SMALL, Data
from tools.server import ROOT, Server
from tools.services import postgres_bin, redis_server


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


def test_a_crowd_that_talks_misses_nothing(data: Path, tmp_path: Path) -> None:
    options = ["--listeners", "20", "--events", "3", "--every-ms", "60", "--rounds", "1", "--seconds", "3"]
    told = measured("chat", data, tmp_path, *options)
    assert [(row["listeners"], row["missing"], row["gaps"]) for row in told["rows"]] == [(20, 0, 0)] * 3
    player, chat, _talk = (row["bytes an event"] for row in told["rows"])
    assert abs(player - chat) <= 2, "they are not of the same size"


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
