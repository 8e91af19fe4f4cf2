"""The demo room on a server, and Alice, who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from rooms.clock import now_ms
from tools.server import Server, served

HOST_PATH, TOKEN = "host-path", "owner-token"
"""Files beside the database: the path of the room's link for hosts, and a token of its owner."""
TELL = """
from rooms.core.invitations import standing
from rooms.models import Role, Room, Token
room = Room.objects.open().get(slug="lounge")
print(standing(room, Role.HOST).get_absolute_url(), Token.issue(room.members.get(role=Role.OWNER)))
"""


def make_demo(folder: Path) -> None:
    """Make the room in the database of ``folder`` by the command that users run."""
    server = Server(folder)
    server.manage("demo")
    path, token = server.shell(TELL).split()[-2:]
    (folder / HOST_PATH).write_text(path)
    (folder / TOKEN).write_text(token)


@contextmanager
def demo_served(prepared_demo: Path, folder: Path, **env: str) -> Iterator[Server]:
    """A server with the room, which begins to play right now."""
    with served(prepared_demo, folder, **env) as server:
        began_at_ms = now_ms()
        server.sql("UPDATE players_player SET effective_at_ms = %s, began_at_ms = %s", (began_at_ms, began_at_ms))
        yield server


def alice_of(server: Server) -> httpx.Client:
    """The client of the room's owner."""
    return server.client((server.data_dir / TOKEN).read_text())
