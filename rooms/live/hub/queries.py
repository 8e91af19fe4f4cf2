"""What the hub asks of the database. All of this runs in threads."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import CharField

from rooms.clock import now_ms
from rooms.core.change import current_snapshot, settled
from rooms.errors import Refusal, Unknown
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.loaded import Loaded
from rooms.models import Room
from rooms.models.compiled_query import CompiledQuery, Parameter

_WHOLE_BY_SLUG = CompiledQuery(lambda: Room.objects.open().whole().filter(slug=Parameter("slug", CharField())))


class Opened(NamedTuple):
    """A room as it was read, and who asked for it; a Refusal instead if that could not be found out."""

    room_id: int
    loaded: Loaded
    identity: Identity | Refusal


def open_room(slug: str, credentials: Credentials) -> Opened | None:
    """Read the open room of that slug, and find out who asks for it; None if there is none."""
    # PostgreSQL refuses to even look for a NUL.
    room = None if "\0" in slug else _WHOLE_BY_SLUG.first(slug=slug)
    loaded = _loaded(room) if room else None
    if room is None or loaded is None:
        return None
    identity: Identity | Refusal | None = credentials.identity(loaded.access.tokens)
    if identity is None:
        try:
            identity = credentials.identity_in_database(room)
        except Refusal as refusal:  # the room is open all the same, for who else waits for it
            identity = refusal
    return Opened(room.pk, loaded, identity)


def read_room(room_id: int) -> Loaded | None:
    """The room as it is now; None if it was closed."""
    room = Room.objects.read(room_id)
    return _loaded(room) if room else None


def identify(room_id: int, credentials: Credentials) -> Identity:
    """Who asks for a room that lives already; raises Unidentified for a token that is not valid."""
    return credentials.identity_in_database(Room(pk=room_id))


def versions_of(room_ids: list[int]) -> dict[int, int]:
    """The versions of those rooms that are open, in one query."""
    return dict(Room.objects.open().filter(pk__in=room_ids).values_list("pk", "version"))


def settle(room_id: int) -> None:
    """Move the room on, if its track is over."""
    if room := Room.objects.read(room_id):
        settled(room, now_ms())


def _loaded(room: Room) -> Loaded | None:
    try:
        snapshot = current_snapshot(room, now_ms())
    except Unknown:  # it was closed meanwhile
        return None
    # Access after the snapshot: it may be newer than the version says, but never older.
    return Loaded(snapshot, Access.of(room, snapshot["room"]))
