"""Stopping a server: its streams end first, and then it, whatever its connections are about."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server


@pytest.fixture(params=["daphne", "uvicorn"])
def lounge(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Lounge]:
    """A room on a server of its own, to be stopped."""
    folder = tmp_path / "server"
    shutil.copytree(prepared, folder)
    server = Server(folder, server=request.param).start()
    yield Lounge.open(server)
    with suppress(AssertionError):  # it was stopped already
        server.stop()


def stream_of(lounge: Lounge) -> str:
    return f"/api/v1{lounge.path}/events"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_streams_and_a_half_sent_request_stops_cleanly(lounge: Lounge, signum: int) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(Raw(lounge.server.url)) for _ in range(50)]
        for raw in streams:
            raw.get(stream_of(lounge))
            raw.read_until(b"event: snapshot")
        half_sent = stack.enter_context(Raw(lounge.server.url))
        half_sent.send(b"GET /api/v1/time HTTP/1.1\r\nHost: loc")
        half_told = stack.enter_context(Raw(lounge.server.url))
        half_told.send(b"POST /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert lounge.server.stop(signum) == 0
        for raw in streams:
            assert b"bye" not in raw.read_to_the_end()
    assert "Traceback" not in lounge.server.log


def test_a_server_that_is_told_again_and_again_stops_cleanly(lounge: Lounge) -> None:
    pid = lounge.server.pid
    with subprocess.Popen(["/bin/sh", "-c", f"while kill -TERM {pid} 2>/dev/null; do sleep 0.02; done"]):
        assert lounge.server.stop() == 0
    assert "Traceback" not in lounge.server.log


def test_a_server_that_nobody_listened_to_stops_cleanly(lounge: Lounge) -> None:
    assert lounge.server.stop() == 0
    assert "Traceback" not in lounge.server.log


def test_a_server_stops_in_spite_of_a_listener_that_does_not_read(lounge: Lounge) -> None:
    person = lounge.person()
    links = " ".join(f"https://media.example.org/{n}/{'x' * 1_000}.mp3" for n in range(100))
    person.post(f"/api/v1{lounge.path}/queue", json={"url": links})
    with Raw(lounge.server.url, receive_buffer=4_096) as deaf:
        deaf.get(stream_of(lounge))
        for n in range(30):
            person.post(f"/r/{lounge.slug}/name", data={"name": f"Charlie {n}"})
        assert lounge.server.stop() == 0
    assert "Traceback" not in lounge.server.log
