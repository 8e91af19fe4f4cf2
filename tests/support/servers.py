"""Servers that tests of several modules share, and what the logs of all say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tools.server import LOGS, Server

SHARED: list[Server] = []
"""The servers of this worker that tests of several modules use."""


@contextmanager
def shared(server: AbstractContextManager[Server]) -> Iterator[Server]:
    with server as running:
        SHARED.append(running)
        yield running
        SHARED.remove(running)


@contextmanager
def no_traceback() -> Iterator[None]:
    """Fail if a server logs a traceback meanwhile; what was logged before is another test's."""
    began = {log: log.stat().st_size for log in LOGS}
    yield
    for log in LOGS:
        said = log.read_bytes()[began.get(log, 0) :].decode(errors="replace")
        assert "Traceback" not in said, said[-6000:]
