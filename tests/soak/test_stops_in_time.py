"""A server that stops does so in an order that takes seconds: not ready, then its streams, then its last requests."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

from tests.soak.noise import unless_noisy
from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server


@unless_noisy()
def test_whoever_opens_a_stream_while_daphne_stops_is_asked_to_come_back(prepared: Path, tmp_path: Path) -> None:
    """Who opens a stream in the half second in which daphne says goodbye is asked to come back."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path).start()
    lounge = Lounge.open(server)
    with Raw(server.url) as first, Raw(server.url) as second:
        first.get(f"/api/v1{lounge.path}/events")
        first.read_until(b"event: snapshot")
        second.send(f"GET /api/v1{lounge.path}/events HTTP/1.1\r\n".encode())
        os.kill(server.pid, signal.SIGTERM)
        first.read_to_the_end()
        second.send(b"Host: localhost\r\n\r\n")
        assert second.head().status == 200
        assert re.fullmatch(rb"retry: \d{4}\n\n", second.read_to_the_end())
    assert server.stop() == 0
