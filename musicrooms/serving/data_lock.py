"""The lock that a server holds on its data while it runs, so that a restore does not change it underneath.

The file also names the server's address, for commands that print links. The kernel lets go of the lock however a
process ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

_held: list[int] = []
"""Descriptors that stay open until the process ends."""


def hold(address: str = "") -> None:
    """Say that this process serves the data, at ``address``; a worker, whose supervisor said it, names none."""
    descriptor = _opened()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError("A backup is being restored into this data; start again when that has ended.") from None
    except OSError:
        pass  # a network file system without locks
    _held.append(descriptor)
    if address:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, address.encode(), 0)


@contextmanager
def without_servers() -> Iterator[None]:
    """Keep servers from starting on the data; raises CommandError with a sentence if one runs."""
    descriptor = _opened()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CommandError(f"A server runs on the data in {settings.DATA_DIR}; stop it first.") from None
    try:
        yield
    finally:
        os.close(descriptor)


def address_in_use() -> str | None:
    """The address of the server that runs on the data now, if one does."""
    with suppress(OSError):
        descriptor = _opened()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(descriptor, 200, 0).decode(errors="replace") or None
        finally:
            os.close(descriptor)
    return None


def _opened() -> int:
    return os.open(Path(settings.DATA_DIR) / "server.lock", os.O_CREAT | os.O_RDWR, 0o600)
