"""``manage.py restore``: replace the data by a backup's, while no server runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from musicrooms.backends.backup import BackupError, restore
from musicrooms.serving import data_lock


class Command(BaseCommand):
    help = (
        "Puts the data of a backup in the place of the present one, which is kept aside. The server has to be stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that backup wrote")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "The data is in PostgreSQL: restore it with pg_restore, as in pg_restore --clean "
                f"--dbname=$DATABASE_URL FILE, and copy {settings.DATA_DIR / 'secret.key'} back."
            )
        connections.close_all()
        try:
            with data_lock.exclusive():
                aside = restore(settings.DATA_DIR, file)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored {file} into {settings.DATA_DIR}.")
        if aside:
            self.stdout.write("What was there before is kept in:\n" + "\n".join(f"  {path}" for path in aside))
