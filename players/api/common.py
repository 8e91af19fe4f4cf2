"""What calls of player and queue begin with: the room, the caller's right, and the entries that are named."""

from __future__ import annotations

from django.utils.translation import gettext

from players.models import Entry
from rooms.api.authentication import ApiRequest
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.find_room import known_room
from rooms.errors import Unknown
from rooms.models import Room


def allowed(request: ApiRequest, slug: str, action: Action) -> tuple[Room, Caller, int]:
    room = known_room(slug, request.auth)
    request.auth.place_in(room).check_may(action)
    return room, request.auth, now_ms()


def check_own(lent: Room, entry: Entry, caller: Caller) -> None:
    """Raise a refusal unless ``caller`` added ``entry`` or may reorder."""
    member = caller.place_in(lent).member
    if member is None or entry.member_id != member.pk:
        caller.place_in(lent).check_may(Action.REORDER)


def entry_of(room: Room, entry_id: int) -> Entry:
    entry = room.queue.entry(entry_id)
    if entry is None:
        message = gettext("There is no entry %(entry)s in the queue of “%(room)s”.")
        raise Unknown(message % {"entry": entry_id, "room": room.slug})
    return entry


def entries_of(room: Room, entry_ids: list[int]) -> list[Entry]:
    """The entries of those ids, each once and in their order; raises Unknown for the first that is not there."""
    found = {entry.pk: entry for entry in room.queue.listed()} if len(entry_ids) > 1 else {}
    for entry in found.values():
        room.queue.own(entry)
    return [found.get(one) or entry_of(room, one) for one in dict.fromkeys(entry_ids)]
