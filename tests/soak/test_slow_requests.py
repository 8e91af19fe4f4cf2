"""Requests that never end are answered by both server programs, and end."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.server.test_request_limits import ROOMS, refused, sent
from tests.support.raw import Raw
from tools.patience import until
from tools.processes import sockets_of
from tools.server import served


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_what_is_half_sent_is_answered_408_and_its_connection_ends(
    prepared: Path, tmp_path: Path, program: str
) -> None:
    """A request of which half is sent, silently or in drips, is answered 408 and its connection ends."""
    with served(prepared, tmp_path, server=program) as alone:
        before = sockets_of(alone.pid)
        connections = [Raw(alone.url, patience_s=90) for _ in range(4)]
        silent, dripping, half_body, chunked = connections
        silent.send(b"GET /api/v1/time HTTP/1.1\r\nHost: loc")
        half_body.ask("POST", ROOMS, ("Content-Length", "100"))
        half_body.send(b"{")
        chunked.ask("POST", ROOMS, ("Transfer-Encoding", "chunked"))
        chunked.send(b"5\r\n{    \r\n")
        has_ended = threading.Event()
        drip = threading.Thread(target=_drip, args=(dripping, has_ended))
        drip.start()
        for raw in connections:
            refused(raw, 408)
        has_ended.set()
        drip.join()
        for raw in connections:
            raw.reset()
        until(lambda: sockets_of(alone.pid) <= before)


def _drip(raw: Raw, has_ended: threading.Event) -> None:
    """A header that comes letter by letter and never ends."""
    sent(raw, b"GET /api/v1/time HTTP/1.1\r\nX-Slow: ")
    while not has_ended.wait(0.5):
        sent(raw, b"x")
