"""What the network and the people at its ends do to a server, with real processes."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.soak.noise import Disturbance, too_noisy
from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server

DROPS_A_SECOND = 200
DROPPING_S = 30
DEAF = 60
GIVEN_UP_S = 100
"""No test waits longer; what was promised is measured when it came."""


@pytest.fixture(params=["daphne", "uvicorn"])
def lounge(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Lounge]:
    """A room on a server of its own, which has to end without a traceback."""
    folder = tmp_path / "server"
    shutil.copytree(prepared, folder)
    server = Server(folder, server=request.param).start()
    lounge = Lounge.open(server)
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(playing=True)
    yield lounge
    assert server.stop() == 0
    assert "Traceback" not in server.log, server.log[-6000:]


def threads_of(server: Server) -> int:
    return int(Path(f"/proc/{server.pid}/status").read_text().split("Threads:")[1].split()[0])


def descriptors_of(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def tasks_of(server: Server) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("musicrooms_tasks "))


def memory_of(server: Server) -> int:
    """Bytes that the server's process holds in memory."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def address_of(server: Server) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


# Listeners who do not read


def test_a_listener_that_stops_reading_is_gone_within_a_minute(lounge: Lounge) -> None:
    """Sixty listeners that stop reading are gone within a minute, and cost a quarter of a megabyte each at most."""
    person = lounge.person()
    links = " ".join(f"https://media.example.org/{n}/{'x' * 1_000}.mp3" for n in range(60))
    assert person.post(f"/api/v1{lounge.path}/queue", json={"url": links}).status_code == 201

    def tell_much() -> None:
        """Each new name of who added the links is told with the whole queue, some 130 kB."""
        for n in range(25):
            person.post(f"/r/{lounge.slug}/name", data={"name": f"Charlie {n}"})

    with ExitStack() as stack, lounge.bob() as bob:
        tell_much()  # what the process takes for itself
        for _ in range(DEAF):
            deaf = stack.enter_context(Raw(lounge.server.url, receive_buffer=4_096))
            deaf.get(f"/api/v1{lounge.path}/events")
        bob.wait_for(lambda event: event.name == "people" and event.data["listeners"] == 1 + DEAF)
        before = most = memory_of(lounge.server)
        tell_much()  # some of it fills what the kernel takes
        stalled_at = time.monotonic()
        with Disturbance() as disturbance:
            while bob.named("people")[-1].data["listeners"] > 1:
                most = max(most, memory_of(lounge.server))
                assert time.monotonic() - stalled_at < GIVEN_UP_S
                time.sleep(0.2)
            disturbance.check(time.monotonic() - stalled_at, 60)
        assert most - before < DEAF * 256 * 1024
        lounge.control(position_ms=1_000)
        bob.wait_for(lambda event: event.data.get("position_ms") == 1_000)


# Listeners whose cable is pulled

LISTEN = """
import socket, sys, time
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as stream:
    stream.sendall(f"GET {sys.argv[3]} HTTP/1.1\\r\\nHost: x\\r\\nCookie: {sys.argv[4]}\\r\\n\\r\\n".encode())
    while stream.recv(65536):
        print("heard", flush=True)
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=10)


@contextmanager
def network(number: int) -> Iterator[tuple[str, str]]:
    """A network namespace joined to ours by a cable: its name, and our address at the cable."""
    name, ours, theirs = f"cable-{number}", f"10.231.{number}.1", f"10.231.{number}.2"
    try:
        ip("netns", "add", name)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("network namespaces are not allowed here, so that no cable can be pulled")
    try:
        ip("link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
        ip("address", "add", f"{ours}/30", "dev", name)
        ip("link", "set", name, "up")
        ip("-n", name, "address", "add", f"{theirs}/30", "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
        yield name, ours
    finally:
        ip("netns", "delete", name)


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_a_listener_whose_cable_was_pulled_is_gone_within_45_seconds(
    program: str, prepared: Path, tmp_path: Path
) -> None:
    """A listener whose cable is pulled is gone within 45 seconds."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with network(os.getpid() % 200 + (program == "daphne")) as (name, ours):
        server = Server(tmp_path, server=program, HOST="0.0.0.0").start()
        lounge = Lounge.open(server)
        cookie = f"person={lounge.person().cookies['person']}"
        path = f"/api/v1{lounge.path}/events"
        command = [
            "ip",
            "netns",
            "exec",
            name,
            sys.executable,
            "-c",
            LISTEN,
            ours,
            str(address_of(server)[1]),
            path,
            cookie,
        ]
        with lounge.bob() as bob, subprocess.Popen(command, stdout=subprocess.PIPE) as listening:
            assert listening.stdout is not None
            assert listening.stdout.readline() == b"heard\n"
            bob.wait_for(lambda event: event.name == "people" and event.data["listeners"] == 2)
            ip("-n", name, "link", "set", "cable", "down")
            pulled_at = time.monotonic()
            with Disturbance() as disturbance:
                while bob.named("people")[-1].data["listeners"] > 1:
                    assert time.monotonic() - pulled_at < GIVEN_UP_S
                    time.sleep(0.1)
                disturbance.check(time.monotonic() - pulled_at, 47)  # people are told every 2 s
            listening.kill()
        assert server.stop() == 0


# Listeners who come and go


def test_thousands_who_connect_and_drop_leave_nothing_behind(lounge: Lounge) -> None:
    """Thousands who connect and drop at any instant leave no thread, descriptor, task or memory behind."""
    request = f"GET /api/v1{lounge.path}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with lounge.bob() as bob:
        drop(lounge.server, request, 5)  # so that what is made once has been made
        time.sleep(6)
        before = descriptors_of(lounge.server), threads_of(lounge.server), memory_of(lounge.server)
        tasks = tasks_of(lounge.server)
        dropped = drop(lounge.server, request, DROPPING_S)
        if dropped <= DROPS_A_SECOND * DROPPING_S / 4:
            too_noisy(f"only {dropped} connections were made")
        deadline = time.monotonic() + GIVEN_UP_S
        while bob.named("people")[-1].data["listeners"] > 1 or descriptors_of(lounge.server) > before[0] + 3:
            assert time.monotonic() < deadline, (descriptors_of(lounge.server), before)
            time.sleep(0.5)
        assert threads_of(lounge.server) <= before[1] + 2
        time.sleep(3)
        assert tasks_of(lounge.server) <= tasks + 3
        assert memory_of(lounge.server) - before[2] < 1_000 * dropped
        lounge.control(position_ms=1_000)
        bob.wait_for(lambda event: event.data.get("position_ms") == 1_000)


def drop(server: Server, request: bytes, seconds: float) -> int:
    """Connect and break off at any instant, for so long; how many times."""
    chance, dropped, address = random.Random(1), 0, address_of(server)
    began = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        if dropped > (now - began) * DROPS_A_SECOND:
            time.sleep(0.002)
            continue
        with socket.create_connection(address, timeout=10) as visitor:
            if chance.random() < 0.5:  # without a farewell
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            visitor.sendall(request[: chance.choice([0, 20, len(request), len(request)])])
            if chance.random() < 0.5:
                select.select([visitor], [], [], 0.05)
        dropped += 1
    return dropped


# Stopping


def test_sigterm_under_load_ends_in_time_and_every_stream_cleanly(lounge: Lounge) -> None:
    """Told to stop under load, a server ends its 200 streams cleanly within ten seconds."""
    is_over = threading.Event()

    def change_much() -> None:
        host = lounge.server.client(lounge.token)
        while not is_over.is_set():
            with suppress(httpx.HTTPError):  # it stops
                host.patch(f"{lounge.path}/player", json={"position_ms": random.randrange(1_000_000)})

    with ExitStack() as stack:
        streams = [stack.enter_context(Raw(lounge.server.url)) for _ in range(200)]
        for raw in streams:
            raw.get(f"/api/v1{lounge.path}/events")
        hosts = [threading.Thread(target=change_much) for _ in range(3)]
        for host in hosts:
            host.start()
        time.sleep(1)
        began = time.monotonic()
        with Disturbance() as disturbance:
            os.kill(lounge.server.pid, signal.SIGTERM)
            retries = [stream_that_ended(raw) for raw in streams]
            ended_s = time.monotonic() - began
        is_over.set()
        for host in hosts:
            host.join()
    assert len(set(retries)) > 150  # they come back one after the other
    assert lounge.server.stop() == 0
    lounge.server.start()
    disturbance.check(ended_s, 10)


def stream_that_ended(raw: Raw) -> int:
    """Read a stream to its clean end; when its browser comes back, in milliseconds."""
    body = raw.read_to_the_end()
    assert b"bye" not in body
    return int(body.partition(b"\n")[0].removeprefix(b"retry: "))
