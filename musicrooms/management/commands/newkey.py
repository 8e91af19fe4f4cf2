"""``manage.py newkey``: accept a new secret key after the former one was lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from musicrooms.backends.key_check import accept_key


class Command(BaseCommand):
    help = "Takes the present secret key for the right one: people are signed out, and host links are worthless."

    def handle(self, *args: Any, **options: Any) -> None:
        accept_key()
        self.stdout.write(
            "The present secret key is the right one from now on. Rooms, queues and tokens are as before."
        )
