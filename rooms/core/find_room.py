"""Lookup of a room by its slug, for a caller who may know of it."""

from __future__ import annotations

from rooms.core.access import no_such_room
from rooms.core.caller import Caller
from rooms.models import Room, Visibility

NO_ROOM_ID = 0
"""No room has it: the database counts from 1."""


def open_room(slug: str, caller: Caller, *, is_whole: bool = False) -> Room:
    """The open room of that slug, if ``caller`` may enter it; raises Unknown or PasswordNeeded otherwise.

    ``is_whole`` reads all of it that a snapshot is made of.
    """
    room = known_room(slug, caller, is_whole=is_whole)
    caller.place_in(room).check_may_enter()
    return room


def known_room(slug: str, caller: Caller, *, is_whole: bool = False) -> Room:
    """The same, also if ``caller`` has not given its password yet."""
    room = find_room(slug, caller, is_whole=is_whole)
    if room is None:
        raise no_such_room(slug)
    return room


def find_room(slug: str, caller: Caller, *, is_whole: bool = False) -> Room | None:
    """The open room of that slug, if ``caller`` may know of it.

    A room that does not exist is decided upon as a private one is. Neither the sentence nor the statements, and so the
    time that they take, tell it from a private room or from one that banned the caller.
    """
    room = None if is_whole else caller.room_of_token(slug)
    room = room or Room.objects.find(slug, is_whole=is_whole)
    may_know = caller.place_in(room or _no_room(slug)).may_know
    return room if may_know else None


def find_or_none_such(slug: str) -> Room:
    """The open room of that slug; if there is none, a private one that nobody may know of.

    For pages that refuse both alike: they ask the same of it, and so take the same time.
    """
    return Room.objects.find(slug) or _no_room(slug)


def _no_room(slug: str) -> Room:
    return Room(pk=NO_ROOM_ID, slug=slug, visibility=Visibility.PRIVATE)
