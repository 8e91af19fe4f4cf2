"""Lease on scanning: one process at a time, on all machines that share the database.

A row with a renewed instant and not a lock of the kernel or the database: those know one machine, or hold a connection
for as long as a scan takes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from players.models import LibraryScan

ROW = 1
LOST_AFTER = timedelta(seconds=60)
"""A process that has not renewed its lease for so long is dead; a batch of files takes a second or two."""


class Busy(Exception):
    """Another process scans now."""


class Lost(Exception):
    """The turn was not renewed in time, and another process has it."""


class Turn:
    """One process' lease."""

    def __init__(self) -> None:
        self._holder = uuid.uuid4().hex

    def renew(self, **state: object) -> None:
        """Keep the turn, and tell how far the scan came; raises Lost if another process has it."""
        mine = LibraryScan.objects.filter(pk=ROW, holder=self._holder)
        if not mine.update(seen_at=Now(), **state):
            raise Lost

    def take(self) -> None:
        """Begin; raises Busy if another process scans."""
        LibraryScan.objects.get_or_create(pk=ROW)
        # By the database's clock, since those of two machines may differ by more than a lease lasts.
        free = LibraryScan.objects.filter(Q(holder="") | Q(seen_at=None) | Q(seen_at__lt=Now() - LOST_AFTER), pk=ROW)
        begun = {"holder": self._holder, "seen_at": Now(), "started_at": Now(), "ended_at": None, "asked_at": None}
        if not free.update(**begun, done=0, to_do=0, problem=""):
            raise Busy

    def end(self, problem: str = "") -> None:
        """Give the turn back, if it was not lost."""
        mine = LibraryScan.objects.filter(pk=ROW, holder=self._holder)
        mine.update(holder="", seen_at=None, ended_at=timezone.now(), problem=problem[:500])


@contextmanager
def turn() -> Iterator[Turn]:
    """The turn to scan; raises Busy if another process has it. What goes wrong within is told to the operator."""
    mine = Turn()
    mine.take()
    try:
        yield mine
    except (KeyboardInterrupt, SystemExit):
        mine.end("It was stopped.")
        raise
    except BaseException as error:
        mine.end(str(error) or type(error).__name__)
        raise
    mine.end()


def state() -> LibraryScan:
    """How the last scan went, or how far the one that runs came."""
    return LibraryScan.objects.filter(pk=ROW).first() or LibraryScan(pk=ROW)


def is_running(scan: LibraryScan) -> bool:
    """Whether a process scans now."""
    return bool(scan.holder) and scan.seen_at is not None and scan.seen_at > timezone.now() - LOST_AFTER


def ask() -> None:
    """Have the folder scanned as soon as a process that keeps the library looks, which it does every few seconds."""
    LibraryScan.objects.get_or_create(pk=ROW)
    LibraryScan.objects.filter(pk=ROW).update(asked_at=timezone.now())


def is_due(scan: LibraryScan, pause: timedelta) -> bool:
    """Whether it is time to scan: it was asked for, never done, or is longer ago than ``pause``."""
    if is_running(scan):
        return False
    last: datetime | None = scan.ended_at
    return scan.asked_at is not None or last is None or timezone.now() - last > pause
