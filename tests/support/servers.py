"""Servers that tests of several modules share, and what the logs of all say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

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
def two_servers(prepared: Path, folder: Path, **env: str) -> Iterator[list[Server]]:
    """One of each program on the same data; they have to end in good order."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    servers = [Server(folder, server=program, **env).start() for program in ("daphne", "uvicorn")]
    yield servers
    for server in servers:
        assert server.stop() == 0
    assert "Traceback" not in servers[0].log, servers[0].log[-6000:]


@contextmanager
def no_traceback() -> Iterator[None]:
    """Fail if a server logs a traceback meanwhile; what was logged before is another test's."""
    began = {log: log.stat().st_size for log in LOGS}
    yield
    for log in LOGS:
        said = log.read_bytes()[began.get(log, 0) :].decode(errors="replace")
        assert "Traceback" not in said, said[-6000:]
