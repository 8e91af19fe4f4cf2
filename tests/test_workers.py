"""Several workers on one socket: whoever dies is replaced, and all end together."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.support.events import Listener
from tests.support.people import Lounge
from tests.support.server import ROOT, Server


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """Three workers on one port."""
    folder = tmp_path / "server"
    shutil.copytree(prepared, folder)
    server = Server(folder, server=request.param, WORKERS="3").start()
    yield server
    with suppress(AssertionError):  # it was stopped already
        server.stop()
    assert "Traceback" not in server.log, server.log[-6000:]


def workers_of(supervisor: int) -> list[int]:
    """The processes that it started, those that already ended not counted."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [int(pid) for pid in children if is_alive(int(pid))]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], object], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def test_all_workers_answer_on_one_port_and_hear_of_each_other_s_changes(server: Server) -> None:
    assert len(workers_of(server.pid)) == 3
    lounge = Lounge.open(server)
    lounge.add("https://media.example.org/a.mp3")
    listeners = [lounge.bob() for _ in range(12)]
    try:
        for listener in listeners:
            listener.__enter__()
        lounge.control(playing=True)
        for listener in listeners:
            listener.wait_for(lambda event: bool(event.data.get("player", event.data).get("playing")))
        until(lambda: lounge.snapshot()["people"]["listeners"] == 12)
    finally:
        for listener in listeners:
            listener.close()


def test_a_worker_that_is_killed_is_replaced_and_the_others_go_on(server: Server) -> None:
    lounge = Lounge.open(server)
    before = workers_of(server.pid)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(workers_of(server.pid)) - {before[0]}) == 3)
    assert set(before[1:]) < set(workers_of(server.pid))
    assert "died (SIGKILL)" in server.log
    with lounge.bob() as bob:
        assert bob.events[0].name == "snapshot"


def test_all_workers_stop_in_time_with_their_streams(server: Server) -> None:
    lounge = Lounge.open(server)
    workers = workers_of(server.pid)
    listeners = [lounge.bob() for _ in range(9)]
    for listener in listeners:
        listener.__enter__()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    assert not any(map(is_alive, workers))
    for listener in listeners:
        assert listener.ended.wait(5)
        assert not listener.named("bye")
        listener.close()


def test_no_worker_outlives_its_supervisor(server: Server) -> None:
    workers = workers_of(server.pid)
    server.stop(signal.SIGKILL)
    until(lambda: not any(map(is_alive, workers)))


def test_workers_are_replaced_one_after_the_other_without_a_refused_connection(server: Server) -> None:
    before = set(workers_of(server.pid))
    is_over, problems, answered = threading.Event(), [], []

    def ask_all_the_time() -> None:
        while not is_over.is_set():
            try:
                answered.append(httpx.get(f"{server.url}/api/v1/time", timeout=10).status_code)
            except httpx.ConnectError as error:
                problems.append(repr(error))
            except httpx.TransportError:
                pass  # it had reached a worker that stopped; whoever asks again is answered

    asking = threading.Thread(target=ask_all_the_time)
    asking.start()
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: not before & set(workers_of(server.pid)), timeout_s=60)
    until(lambda: len(workers_of(server.pid)) == 3)
    is_over.set()
    asking.join()
    assert problems == []
    assert len(answered) > 10
    assert set(answered) == {200}


def test_the_numbers_are_those_of_all_workers(server: Server) -> None:
    lounge = Lounge.open(server)
    listeners = [Listener(server.url, lounge.slug) for _ in range(9)]
    for listener in listeners:
        listener.__enter__()
    until(lambda: "musicrooms_listeners 9.0" in httpx.get(f"{server.url}/metrics").text)
    for listener in listeners:
        listener.close()
    until(lambda: "musicrooms_listeners 0.0" in httpx.get(f"{server.url}/metrics").text)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--workers", "0"], "0 workers are not allowed; 1 to 256 are."),
        (["--workers", "1000"], "1000 workers are not allowed; 1 to 256 are."),
        (["--server", "gunicorn"], "The server “gunicorn” is not known; daphne and uvicorn are."),
        (["--port", "70000"], "The port 70000 is not allowed; a port is 0 to 65535."),
    ],
)
def test_options_that_are_not_possible_are_refused_with_a_sentence(options: list[str], sentence: str) -> None:
    command = [sys.executable, "-W", "ignore", "manage.py", "serve", *options]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
