"""Several workers on one socket: whoever dies is replaced, a worker that hangs is passed over, and all end together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.workers import three_workers
from tools.patience import until
from tools.people import Lounge
from tools.processes import children_of, is_alive, sockets_of
from tools.server import ROOT, Server, environment

SERVE = [sys.executable, "-W", "ignore", "manage.py", "serve"]


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Server]:
    with three_workers(prepared, tmp_path / "server", request.param) as server:
        yield server


def connection_to(server: Server) -> socket.socket:
    url = httpx.URL(server.url)
    return socket.create_connection((url.host, url.port or 80))


def test_connections_are_shared_between_the_workers(server: Server) -> None:
    before = {pid: sockets_of(pid) for pid in children_of(server.pid)}
    with ExitStack() as connections:
        for _ in range(60):
            connections.enter_context(connection_to(server))
            time.sleep(0.01)  # a worker that is busy for a moment is passed over in a burst
        until(lambda: all(sockets_of(pid) >= count + 15 for pid, count in before.items()))
    until(lambda: all(sockets_of(pid) <= count for pid, count in before.items()))


def test_peers_that_reset_their_connection_at_once_disturb_nobody(server: Server) -> None:
    before = {pid: sockets_of(pid) for pid in children_of(server.pid)}
    for _ in range(300):
        with connection_to(server) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: all(sockets_of(pid) <= count for pid, count in before.items()))
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_a_worker_that_hangs_is_given_few_connections(server: Server) -> None:
    hanging = children_of(server.pid)[1]
    os.kill(hanging, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(90) as threads:
            asked = [threads.submit(httpx.get, f"{server.url}/healthz", timeout=20) for _ in range(90)]
            until(lambda: sum(answer.done() for answer in asked) >= 80)
            os.kill(hanging, signal.SIGCONT)
            assert {answer.result().status_code for answer in asked} == {200}
    finally:
        os.kill(hanging, signal.SIGCONT)


def test_a_worker_that_is_killed_is_replaced_and_the_others_go_on(server: Server) -> None:
    lounge = Lounge.open(server)
    before = children_of(server.pid)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(children_of(server.pid)) - {before[0]}) == 3)
    assert set(before[1:]) < set(children_of(server.pid))
    assert "died (SIGKILL)" in server.log
    with lounge.bob() as bob:
        assert bob.events[0].name == "snapshot"


def test_all_workers_stop_in_time_with_their_streams(server: Server) -> None:
    lounge = Lounge.open(server)
    workers = children_of(server.pid)
    listeners = [lounge.bob() for _ in range(9)]
    for listener in listeners:
        listener.__enter__()
    assert server.stop() == 0
    assert not any(map(is_alive, workers))
    for listener in listeners:
        assert listener.ended.wait(5)
        assert not listener.named("bye")
        listener.close()


def test_no_worker_outlives_its_supervisor(server: Server) -> None:
    workers = children_of(server.pid)
    server.stop(signal.SIGKILL)
    until(lambda: not any(map(is_alive, workers)))


@pytest.mark.parametrize("server", ["uvicorn"], indirect=True)
def test_a_worker_that_hangs_is_killed_when_all_stop(server: Server) -> None:
    workers = children_of(server.pid)
    os.kill(workers[1], signal.SIGSTOP)
    assert server.stop() == 0
    assert not any(map(is_alive, workers))
    assert f"Worker {workers[1]} did not stop" in server.log


@pytest.mark.parametrize("after_s", [0.3, 1.5])
def test_a_stop_amid_a_replacement_leaves_no_worker(server: Server, after_s: float) -> None:
    seen, supervisor = set(children_of(server.pid)), server.pid
    os.kill(supervisor, signal.SIGHUP)
    deadline = time.monotonic() + after_s
    while time.monotonic() < deadline:
        seen |= set(children_of(supervisor))
        time.sleep(0.01)
    assert len(seen) > 3
    assert server.stop() == 0
    assert not any(map(is_alive, seen))


def test_a_replacement_that_does_not_come_to_serve_leaves_the_old_workers(server: Server) -> None:
    before = set(children_of(server.pid))
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: set(children_of(server.pid)) - before)
    os.kill((set(children_of(server.pid)) - before).pop(), signal.SIGKILL)
    until(lambda: "did not come to serve (SIGKILL)" in server.log)
    assert set(children_of(server.pid)) == before
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: len(set(children_of(server.pid)) - before) == 3 and not before & set(children_of(server.pid)))


@contextmanager
def serving(folder: Path, *options: str, fds: tuple[int, ...] = (), **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a session of its own, as at a terminal; it says what it says in ``folder / "said"``."""
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [*SERVE, *options], cwd=ROOT, env=environment(folder, **env), stdout=said, stderr=said,
            pass_fds=fds, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_it_says_that_it_serves_although_a_worker_died_before_it_did(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path, "--port", "0", "--workers", "2", REDIS_URL="") as supervisor:
        until(lambda: len(children_of(supervisor.pid)) == 2)
        os.kill(children_of(supervisor.pid)[0], signal.SIGKILL)
        until(lambda: "Serving on" in (tmp_path / "said").read_text())
        assert len(children_of(supervisor.pid)) == 2
    said = (tmp_path / "said").read_text()
    assert said.count("Serving on") == 1
    assert said.count("set REDIS_URL") == 1


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_a_terminal_s_interrupt_stops_supervisor_and_workers_cleanly(
    prepared: Path, tmp_path: Path, program: str
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path, "--port", "0", "--workers", "2", "--server", program) as supervisor:
        until(lambda: "Serving on" in (tmp_path / "said").read_text())
        workers = children_of(supervisor.pid)
        # A worker that still starts is interrupted as well.
        os.kill(workers[0], signal.SIGKILL)
        until(lambda: len(set(children_of(supervisor.pid)) - {workers[0]}) == 2)
        workers = children_of(supervisor.pid)
        os.killpg(supervisor.pid, signal.SIGINT)
        assert supervisor.wait(timeout=10) == 0
        assert not any(map(is_alive, workers))
    assert "Traceback" not in (tmp_path / "said").read_text()


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_socket_that_was_handed_over_is_served(prepared: Path, tmp_path: Path, program: str, workers: str) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        options = ["--fd", str(sock.fileno()), "--server", program, "--workers", workers]
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        with serving(tmp_path, *options, fds=(sock.fileno(),)):
            # It was listening before, so that whoever comes early waits and is not refused.
            assert httpx.get(f"{url}/api/v1/time", timeout=30).status_code == 200
            until(lambda: f"Serving on {url} with {program}" in (tmp_path / "said").read_text())


def test_workers_are_replaced_one_after_the_other_without_a_refused_connection(server: Server) -> None:
    before = set(children_of(server.pid))
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
    until(lambda: not before & set(children_of(server.pid)))
    until(lambda: len(children_of(server.pid)) == 3)
    is_over.set()
    asking.join()
    assert problems == []
    assert len(answered) > 10
    assert set(answered) == {200}
