"""Titles that listeners' players found out, for entries whose look-up failed.

A host's word counts, or that of most who listen. They belong to the entry: nothing that one room's people say reaches
another room.
"""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError

from players.models import Entry, TitleReport
from players.models.track import MAX_TITLE_LENGTH
from players.reports.listener_reports import voice_of
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.live.hub import hub
from rooms.models import Room, one_line


def take(room: Room, caller: Caller, entry_id: int, title: str, now_ms: int) -> bool:
    """Take what a player calls the current entry, the only one that counts; True if the room changed by it.

    Raises Unidentified or Forbidden for callers without a voice.
    """
    person = voice_of(room, caller)
    title = one_line(title)[:MAX_TITLE_LENGTH]
    entry = room.player.entry
    if entry is None or entry.pk != entry_id or not title or not entry.is_nameless:
        return False
    is_host = caller.place_in(room).may(Action.CONTROL)
    if not is_host and not _is_title_of_most(room, person, entry, title):
        return False
    with change(room, now_ms) as lent:
        found = lent.queue.entry(entry_id)
        if found is None or lent.player.entry_id != entry_id:
            return False
        if is_host and not caller.place_in(lent).may(Action.CONTROL):
            return False
        found.hear_title(title)
    return lent.version > room.version


def _is_title_of_most(room: Room, person: UUID, entry: Entry, title: str) -> bool:
    """Note one listener's word, and say whether more than half of those who listen with a player agree."""
    try:
        TitleReport.objects.update_or_create(entry=entry, person=person, defaults={"title": title})
    except IntegrityError:  # the entry was removed at the same moment
        return False
    said = TitleReport.objects.filter(entry=entry, title=title).values_list("person", flat=True)
    voices, players = hub.voices(room.pk, set(said))
    return 2 * voices > players
