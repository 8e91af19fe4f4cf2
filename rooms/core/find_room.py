"""Lookup of a room by its slug, for a caller who may know of it."""

from __future__ import annotations

from rooms.core.access import no_such_room
from rooms.core.caller import Caller
from rooms.models import Room, Visibility

NO_ROOM_ID = 0
"""No room has it: the database counts from 1."""


def open_room(slug: str, caller: Caller) -> Room:
    """The open room of that slug, if ``caller`` may enter it; raises Unknown or PasswordNeeded otherwise.

    A room that does not exist is decided upon as a private one is. Neither the sentence nor the statements, and so the
    time that they take, tell it from a private room or from one that banned the caller.
    """
    room = known_room(slug, caller)
    caller.check_may_enter(room)
    return room


def known_room(slug: str, caller: Caller) -> Room:
    """The same, also if ``caller`` has not given its password yet."""
    room = Room.objects.find(slug)
    if not caller.may_know_of(room or Room(pk=NO_ROOM_ID, visibility=Visibility.PRIVATE)) or room is None:
        raise no_such_room(slug)
    return room
