"""``manage.py serve``: serve the project on a socket of its own."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rooms.serving import SERVERS, CannotListen, address_of, listen


class Command(BaseCommand):
    help = "Serves pages, API and streams until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="the address to listen on (default: $HOST)")
        parser.add_argument("--port", type=int, default=8000, help="the port; 0 takes any free one (default: 8000)")
        parser.add_argument("--server", choices=SERVERS, default="daphne", help="the server program (default: daphne)")

    def handle(self, *args: Any, host: str, port: int, server: str, **options: Any) -> None:
        if not 0 <= port <= 65_535:
            raise CommandError(f"The port {port} is not allowed; a port is 0 to 65535.")
        os.environ["HOST"] = host
        try:
            sock = listen(host, port)
        except CannotListen as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Serving on {address_of(sock)} with {server}.")
        self.stdout.flush()
        SERVERS[server](sock)
