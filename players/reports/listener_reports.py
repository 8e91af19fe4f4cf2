"""Reports of listeners' players on an entry, by quorum: one listener never decides for the room.

Only who listens now, with a player, has a voice, and one whatever they send. What they report is kept with the entry.
"""

from __future__ import annotations

from statistics import median, median_low
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from players.models import Entry, ListenerReport, ReportKind, moves
from players.timeline import TRACK_LEAD_MS
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.errors import Forbidden, Unidentified
from rooms.live.hub import hub
from rooms.models import Room

ENOUGH = 2
"""So many at least measure what media are, and more than half of those who listen, when no host measured it."""

SAME_LENGTH_MS = 2_000
"""Players that measure lengths this close agree."""

NEWS_MS = 250
"""A length this close to the one that is known is no correction."""


def take(room: Room, caller: Caller, kind: str, entry_id: int, length_ms: int | None, now_ms: int) -> bool:
    """Take one report on the current entry, the only one that counts; True if the room changed by it.

    Raises Unidentified or Forbidden for callers without a voice.
    """
    person = voice_of(room, caller)
    player = room.player
    if player.entry is None or player.entry_id != entry_id:
        return False
    try:
        ListenerReport.objects.update_or_create(
            entry=player.entry, person=person, kind=kind, defaults={"value_ms": length_ms, "said_at_ms": now_ms}
        )
    except IntegrityError:  # the entry was removed at the same moment
        return False
    is_host = caller.place_in(room).may(Action.CONTROL)
    if kind == ReportKind.LENGTH:
        return _take_length(room, player.entry, length_ms if is_host else None, now_ms, caller)
    if kind == ReportKind.LIVE:
        return _take_live(room, player.entry, is_host, now_ms, caller)
    return _take_trouble(room, player.entry, kind, now_ms)


def vote(entry: Entry, caller: Caller, likes: bool) -> None:
    """Give or take back one person's vote, on an entry of a lent room."""
    if caller.person_id is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to vote.")
    reports = ListenerReport.objects.filter(entry=entry, person=caller.person_id, kind=ReportKind.VOTE)
    if likes == reports.exists():
        return
    if likes:
        ListenerReport.objects.create(entry=entry, person=caller.person_id, kind=ReportKind.VOTE)
    else:
        reports.delete()
    Entry.objects.filter(pk=entry.pk).update(votes=F("votes") + (1 if likes else -1))
    entry.refresh_from_db(fields=["votes"])
    moves.count_vote(entry.playlist.room, entry)


def voice_of(room: Room, caller: Caller) -> UUID:
    """The person who reports; raises Unidentified or Forbidden unless they listen now, with a player."""
    person = caller.place_in(room).person_id
    if person is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to tell what you hear.")
    if not hub.voices(room.pk, {person})[0]:
        message = gettext("You do not listen to “%(room)s” now: open its stream first, to tell what you hear.")
        raise Forbidden(message % {"room": room.slug})
    return person


def _take_length(room: Room, entry: Entry, host_says_ms: int | None, now_ms: int, caller: Caller) -> bool:
    """Measure the entry by a host's player, or by as many as agree; a length that a host set is not measured."""
    if entry.set_length_ms is not None or entry.is_live:
        return False
    reports = _reports(entry, ReportKind.LENGTH)
    said = {report.person: report.value_ms for report in reports if report.value_ms is not None}
    length_ms = host_says_ms if host_says_ms is not None else agreed(list(said.values()))
    if length_ms is None or (entry.length_ms is not None and abs(length_ms - entry.length_ms) <= NEWS_MS):
        return False
    alike = {person for person, said_ms in said.items() if abs(said_ms - length_ms) <= SAME_LENGTH_MS}
    if host_says_ms is None and not _are_most(room, alike):
        return False
    return _change(room, entry, now_ms, caller if host_says_ms is not None else None, length_ms)


def agreed(lengths_ms: list[int]) -> int | None:
    """The length on which two at least, and more than half of all, agree; None if they do not."""
    if not lengths_ms:
        return None
    middle_ms = median_low(lengths_ms)
    close_ms = [length_ms for length_ms in lengths_ms if abs(length_ms - middle_ms) <= SAME_LENGTH_MS]
    is_agreed = len(close_ms) >= ENOUGH and 2 * len(close_ms) > len(lengths_ms)
    return round(median(close_ms)) if is_agreed else None


def _take_live(room: Room, entry: Entry, is_host: bool, now_ms: int, caller: Caller) -> bool:
    """Take the entry for what has no end, by a host's player, or by most and by more than measured a length."""
    if entry.is_live or entry.set_length_ms is not None:
        return False
    voices = set(_reports(entry, ReportKind.LIVE).values_list("person", flat=True))
    are_enough = len(voices) >= ENOUGH and len(voices) > _reports(entry, ReportKind.LENGTH).count()
    if not is_host and not (are_enough and _are_most(room, voices)):
        return False
    return _change(room, entry, now_ms, caller if is_host else None)


def _change(room: Room, entry: Entry, now_ms: int, host: Caller | None, length_ms: int | None = None) -> bool:
    """Keep what players found out; on the word of ``host`` alone, only if they are one still."""
    with change(room, now_ms) as lent:
        found = lent.queue.entry(entry.pk)
        if found is None or (host is not None and not host.place_in(lent).may(Action.CONTROL)):
            return False
        if length_ms is not None:
            found.measure(length_ms, now_ms)
        else:
            found.become_live(now_ms)
    return lent.version > room.version


def _take_trouble(room: Room, entry: Entry, kind: str, now_ms: int) -> bool:
    """Go on from what ended, or failed, for a strict majority of those whose players play it: all others hear it."""
    player = room.player
    # What failed did so while it loaded, at the earliest; what was said of an earlier round says nothing of this one.
    since_ms = player.effective_at_ms - (TRACK_LEAD_MS if kind == ReportKind.FAILED else 0)
    said = _reports(entry, kind).filter(said_at_ms__gte=since_ms)
    if not player.playing or not _are_most(room, set(said.values_list("person", flat=True))):
        return False
    with change(room, now_ms) as lent:
        if lent.player.entry_id != entry.pk or not lent.player.playing:
            return False
        if lent.player.effective_at_ms != player.effective_at_ms:  # the others' word moved it on, to the same again
            return False
        if kind == ReportKind.FAILED:
            lent.player.fail(now_ms)
        else:
            lent.player.end(now_ms)
    return lent.version > room.version


def _are_most(room: Room, persons: set[UUID]) -> bool:
    """Whether these are more than half of those who listen with a player: who says nothing, hears what is known."""
    voices, players = hub.voices(room.pk, persons)
    return 2 * voices > players


def _reports(entry: Entry, kind: str) -> QuerySet[ListenerReport]:
    return ListenerReport.objects.filter(entry=entry, kind=kind)
