"""Servers that tests of several modules share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tools.server import Server

SHARED: list[Server] = []
"""The servers of this worker that tests of several modules use."""


@contextmanager
def shared(server: AbstractContextManager[Server]) -> Iterator[Server]:
    with server as running:
        SHARED.append(running)
        yield running
        SHARED.remove(running)
