"""The hub's database queries; blocking, so they run in threads."""

from __future__ import annotations

from typing import NamedTuple

from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import current_snapshot, settled
from rooms.core.find_room import find_room
from rooms.errors import Refusal, Unknown
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Credentials, Identity
from rooms.live.hub.loaded import Loaded
from rooms.models import Room


class Opened(NamedTuple):
    """A reading of a room and the caller's identity; a Refusal in its place for invalid credentials."""

    room_id: int
    loaded: Loaded
    identity: Identity | Refusal


def open_room(slug: str, credentials: Credentials) -> Opened | Refusal | None:
    """Read the open room of ``slug`` and identify the caller; None if there is none that the caller may know of.

    An invalid token gives a Refusal: as the identity if anybody may know of the room, else in place of the result.

    Access is decided before the rest of the room is read, so that the time does not reveal a room's existence.
    """
    caller = Caller()
    identity: Identity | Refusal | None = None
    try:
        caller = credentials.caller()
    except Refusal as refusal:  # the room is opened all the same, for others who wait for it
        identity = refusal
    found = find_room(slug, caller)
    room = Room.objects.read(found.pk) if found else None
    loaded = _loaded(room) if room else None
    if room is None or loaded is None:
        return identity if isinstance(identity, Refusal) else None
    identity = identity or credentials.identity(loaded.access.tokens) or credentials.identity_in_database(room)
    return Opened(room.pk, loaded, identity)


def may_know(slug: str, credentials: Credentials) -> bool:
    """Whether there is a room of ``slug`` that the caller may know of, by the same statements as ``open_room``."""
    return find_room(slug, credentials.caller()) is not None


def read_room(room_id: int) -> Loaded | None:
    """A new reading of the room; None if it was closed."""
    room = Room.objects.read(room_id)
    return _loaded(room) if room else None


def identify(room_id: int, credentials: Credentials) -> Identity:
    """The caller's identity in a live room; raises Unidentified or Forbidden for a token that gives none."""
    return credentials.identity_in_database(Room(pk=room_id))


def versions_of(room_ids: list[int]) -> dict[int, int]:
    """Versions of the rooms by id, in one query; closed rooms are left out."""
    return dict(Room.objects.open().filter(pk__in=room_ids).values_list("pk", "version"))


def settle(room_id: int) -> None:
    """Advance the room's queue, if its track is over."""
    if room := Room.objects.read(room_id):
        settled(room, now_ms())


def _loaded(room: Room) -> Loaded | None:
    try:
        snapshot = current_snapshot(room, now_ms())
    except Unknown:  # it was closed meanwhile
        return None
    # Access is read after the snapshot, so it may be newer than the version says, but never older.
    return Loaded(snapshot, Access.of(room, snapshot["room"]))
