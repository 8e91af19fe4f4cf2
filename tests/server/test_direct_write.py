"""Direct writes: the same bytes as through the server's own ``send``, or none at all."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server

# With a server


@pytest.fixture(params=["daphne", "uvicorn"])
def lounge(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Lounge]:
    """A room on a server whose log says whether the lane is open."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, server=request.param, LOG_LEVEL="DEBUG").start()
    yield Lounge.open(server)
    server.stop()


def test_both_servers_have_a_lane(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(playing=True)
    with lounge.bob() as bob:
        for position_ms in range(1, 20):
            lounge.control(position_ms=position_ms)
            bob.wait_for(lambda event, at=position_ms: event.data.get("position_ms") == at)  # type: ignore[misc]
    assert "There is no direct write" not in lounge.server.log
    assert "Streams are written directly" in lounge.server.log


def test_a_listener_of_http_1_0_is_not_sent_chunks_unless_it_was_told_so(lounge: Lounge) -> None:
    lounge.add("https://media.example.org/a.mp3")
    lounge.control(playing=True)
    host, port = lounge.server.url.removeprefix("http://").split(":")
    with lounge.bob(), socket.create_connection((host, int(port)), timeout=PATIENCE_S) as old:
        old.sendall(f"GET /api/v1{lounge.path}/events HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        heard = b""
        while b"event: snapshot" not in heard:
            heard += old.recv(65_536)
        lounge.control(position_ms=4_000)
        while b"4000" not in heard:
            heard += old.recv(65_536)
    head, _, body = heard.partition(b"\r\n\r\n")
    is_chunked = b"transfer-encoding: chunked" in head.lower()
    assert len(re.findall(rb"(?m)^[0-9a-f]+\r$", body)) == (body.count(b"event:") if is_chunked else 0)
