"""``manage.py serve``: serve on a new listening socket, an inherited one (``--fd``), or as a worker (``--link``)."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from musicrooms.serving.collect_static import collect_changed_files
from musicrooms.serving.commands import add_arguments, opened, serve, serve_as_worker
from musicrooms.serving.data_lock import hold
from musicrooms.serving.prerequisites import check_prerequisites, writable_data
from musicrooms.serving.sockets import address_of
from musicrooms.serving.static_generations import share_static_files
from musicrooms.serving.supervisor import SupervisorLink
from players.library.keeper import kept as kept_library


class Command(BaseCommand):
    help = "Serves pages, API and streams until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--fd", type=int, help="a listening socket that was handed over, by its file descriptor")
        parser.add_argument("--link", type=int, help=SUPPRESS)

    def handle(self, *args: Any, host: str, port: int, server: str, workers: int, **options: Any) -> None:
        if options["link"] is not None:
            hold()
            collect_changed_files()
            check_prerequisites()
            share_static_files()
            serve_as_worker(SupervisorLink(options["link"]), server)
            return
        sock = opened(host, port, server, workers, options["fd"])
        with writable_data():
            hold(address_of(sock))
            check_prerequisites()
            share_static_files()
        several = f", {workers} workers" if workers > 1 else ""
        where = f"Serving on {address_of(sock)} with {server}{several}."
        with kept_library():
            serve(sock, server, workers, lambda: self._say(where))

    def _say(self, where: str) -> None:
        self.stdout.write(where)
        self.stdout.flush()
