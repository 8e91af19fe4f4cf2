"""The process that keeps the library: scans the folder when it starts, when it was asked to, and again and again.

By scans and not by the kernel's notices of changes: those come neither from network mounts nor into containers. A scan
of 50,000 files of which none changed takes a second or so; the pause after it is as many times longer that scanning is
a fiftieth of the time at most. A process of its own, at low priority: parsing tags in a server's thread would hold up
its event loop.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from players.library import access, turn
from players.library.scan import ScanError, scan
from rooms.clock import monotonic_s

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
"""How soon a scan begins that the operator asked for."""

SHARE = 50
LEAST_PAUSE_S, MOST_PAUSE_S = 60.0, 3_600.0
NICE = 10
STOP_S = 5.0


def keep(parent: int) -> None:
    """Keep the library until the process ``parent``, which started this one, is gone."""
    with suppress(OSError):
        os.nice(NICE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # a scan that is stopped gives its turn back
    pause_s = LEAST_PAUSE_S
    is_first = True
    while True:
        _end_with(parent)
        try:
            if is_first or turn.is_due(turn.state(), timedelta(seconds=pause_s)):
                is_first = False
                pause_s = min(max(LEAST_PAUSE_S, SHARE * _scan_once(parent)), MOST_PAUSE_S)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The library could not be kept up to date: %s", " ".join(str(error).split()))
        finally:
            connection.close()
        time.sleep(LOOK_EVERY_S)


def _end_with(parent: int) -> None:
    """End this process if the one that started it is gone."""
    if os.getppid() != parent:
        sys.exit(0)


def _scan_once(parent: int) -> float:
    """Scan, unless another process does; how long it took, in seconds."""
    began_s = monotonic_s()
    try:
        with turn.turn() as mine:
            outcome = scan(access.root(), mine, lambda _done, _to_do: _end_with(parent))
    except turn.Busy:
        return 0.0
    except (ScanError, turn.Lost) as error:
        logger.warning("The library was not scanned. %s", error)
    else:
        logger.info("The library has %d files; %d were read, %d are gone.", outcome.files, outcome.read, outcome.gone)
    return monotonic_s() - began_s


@contextmanager
def kept() -> Iterator[None]:
    """Have a process of its own keep the library meanwhile, if there is one."""
    if not access.is_on():
        yield
        return
    manage = Path(settings.BASE_DIR) / "manage.py"
    command = [sys.executable, str(manage), "library", "--keep"]
    # In a session of its own: Ctrl+C is for the server, which ends it.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603  # our own
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
