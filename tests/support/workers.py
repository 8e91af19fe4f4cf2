"""A server of several workers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.server import Server


@contextmanager
def three_workers(prepared: Path, folder: Path, program: str) -> Iterator[Server]:
    """Three workers of ``program`` on one port."""
    shutil.copytree(prepared, folder)
    server = Server(folder, server=program, WORKERS="3").start()
    yield server
    with suppress(AssertionError):  # it was stopped already
        server.stop()
    assert "Traceback" not in server.log, server.log[-6000:]
