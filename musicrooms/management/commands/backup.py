"""``manage.py backup``: hot backup to one file, while the server runs or not."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from musicrooms.backends.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Writes the database and the secret key to one file; the server may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it, as in musicrooms.tar.gz")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "The data is in PostgreSQL: back it up with pg_dump, as in pg_dump --format=custom --file=FILE "
                f"--dbname=$DATABASE_URL, and copy {settings.DATA_DIR / 'secret.key'}."
            )
        try:
            back_up(settings.DATA_DIR, file)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Backed up {settings.DATA_DIR} to {file}.")
