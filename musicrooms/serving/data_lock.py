"""``flock`` on the data directory: shared by running servers, exclusive for a restore, which must not run beside one.

The lock file also contains the server's address, for commands that print links. The kernel releases the lock however
a process ends.
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
"""Descriptors of the lock file, open until the process ends."""


def hold(address: str = "") -> None:
    """Take the shared lock until the process ends, and write ``address`` (an origin) into the file if one is given.

    A worker gives none: its supervisor did. Raises CommandError while a restore runs.
    """
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
def exclusive() -> Iterator[None]:
    """Hold the exclusive lock, so that no server can start; raises CommandError with a sentence if one runs."""
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
    """The origin of the server that runs on the data, as http://127.0.0.1:8000; None if none runs."""
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
