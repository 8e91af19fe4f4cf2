"""``manage.py up``: migrate, collect static files, create demo room and admin account where missing, and serve."""

from __future__ import annotations

import secrets
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from musicrooms.backends.key_check import check_key
from musicrooms.backends.start_lock import one_at_a_time
from musicrooms.serving.collect_static import collect_static_files
from musicrooms.serving.commands import add_arguments, opened, serve
from musicrooms.serving.data_lock import hold
from musicrooms.serving.prerequisites import check_file, writable_data
from musicrooms.serving.public_address import public_address
from musicrooms.serving.sockets import address_of
from musicrooms.serving.static_generations import share_static_files
from players.library.keeper import kept as kept_library
from rooms.core.invitations import standing
from rooms.models import Room
from rooms.models.roles import Role

ADMIN = "admin"


class Command(BaseCommand):
    help = "Prepares the database, makes a demo room if it is empty, says where everything is, and serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, host: str, port: int, server: str, workers: int, **options: Any) -> None:
        sock = opened(host, port, server, workers)
        with writable_data():
            hold(address_of(sock))
            check_file()
            with one_at_a_time():
                call_command("migrate", verbosity=0)
                check_key()
                collect_static_files()
                share_static_files()
                call_command("demo", if_empty=True, verbosity=0)
                password = _admin_password()
        self._say_where(public_address(address_of(sock)), _network_address(host, sock), password)
        with kept_library():
            serve(sock, server, workers, lambda: None)

    def _say_where(self, address: str, network_address: str | None, password: str) -> None:
        room = Room.objects.open().order_by("pk").first()
        if room is not None:
            self.stdout.write(f"Room:  {address}{room.get_absolute_url()}")
            if host := standing(room, Role.HOST):
                self.stdout.write(f"Host:  {address}{host.get_absolute_url()}")
            if network_address:
                self.stdout.write(f"Phone: {network_address}{room.get_absolute_url()}")
        self.stdout.write(f"Admin: {address}/admin/  {password}")
        self.stdout.flush()


def _admin_password() -> str:
    """The text to print about the admin's password; creates the account if there is none."""
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists():
        return f"(password as before; a new one: bin/manage changepassword {ADMIN})"
    password = secrets.token_urlsafe(12)
    get_user_model().objects.create_superuser(ADMIN, password=password)
    return f"(name: {ADMIN}, password, shown once: {password})"


def _network_address(host: str, sock: socket.socket) -> str | None:
    """The origin in the local network of a server that listens on a wildcard address; None if it does not.

    None with HTTPS too: the server redirects to the proxy, whose name the links have.
    """
    if settings.HTTPS or host not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): UDP sends no packet here, but selects a route
        except OSError:
            return None
        return f"http://{probe.getsockname()[0]}:{sock.getsockname()[1]}"
