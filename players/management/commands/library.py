"""``manage.py library``: reads the folder of music, and tells how far it came."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from players.library import access, keeper, turn
from players.library.scan import Outcome, ScanError, scan
from players.models import LibraryTrack
from rooms.clock import monotonic_s

SAID_EVERY_S = 1.0
MOST_NAMED = 20
"""Unreadable files that are named; the admin has all of them."""


class Command(BaseCommand):
    help = "Reads the music in MUSIC_DIR into the library; what did not change since the last time is not opened."

    requires_system_checks = ()  # which load every page: the process that keeps the library lasts, and is to be small

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, keep: bool, **options: Any) -> None:
        if not access.is_on():
            raise CommandError("There is no library: set MUSIC_DIR to the folder of your music.")
        if keep:
            keeper.keep(os.getppid())
            return
        self._began_s = self._said_s = monotonic_s()
        try:
            with turn.turn() as mine:
                outcome = scan(access.root(), mine, self._say_progress)
        except turn.Busy:
            now = turn.state()
            raise CommandError(
                f"Another process scans the library now; it has read {now.done:,} of {now.to_do:,} new files."
            ) from None
        except turn.Lost:
            raise CommandError("Another process took over, since this one stood still for a minute.") from None
        except ScanError as error:
            raise CommandError(str(error)) from None
        self._say(outcome)

    def _say_progress(self, done: int, to_do: int) -> None:
        now_s = monotonic_s()
        if to_do and (now_s - self._said_s >= SAID_EVERY_S or done == to_do):
            self._said_s = now_s
            self.stdout.write(f"{done:,} of {to_do:,} new or changed files read")
            self.stdout.flush()

    def _say(self, outcome: Outcome) -> None:
        took_s = monotonic_s() - self._began_s
        self.stdout.write(
            f"{outcome.files:,} files in {settings.MUSIC_DIR}: {outcome.read:,} read, {outcome.gone:,} gone, "
            f"{outcome.returned:,} back again, {outcome.unreadable:,} unreadable, {outcome.forgotten:,} forgotten; "
            f"{took_s:.1f} s."
        )
        for line in outcome.unlisted[:MOST_NAMED]:
            self.stdout.write(f"Not listed: {line}")
        unreadable = LibraryTrack.objects.unreadable().order_by("pk")
        for path, problem in unreadable.values_list("path", "problem")[:MOST_NAMED]:
            self.stdout.write(f"Unreadable: {path!r}: {problem}")
