"""Reports of listeners' players on an entry, by quorum: one listener never decides for the room."""

from __future__ import annotations

from statistics import median

from django.db import IntegrityError
from django.db.models import F, QuerySet

from players.models import Entry, ListenerReport, Outcome, ReportKind, moves
from players.youtube.metadata import tell_rooms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.errors import Unidentified
from rooms.live.hub import hub
from rooms.models import Room

ENOUGH_LENGTHS = 2
"""The quorum for a length, when no host measured it."""

NEAR_END_MS = 3_000
"""An end is believed so long before the computed one: media are often a little shorter than they say."""

ENOUGH_SHARE = 0.5
"""The share of the listeners for whom an entry must fail, or end, until it is skipped for all."""

RECENT_MS = 60_000
"""Reports of an end or a failure count together within this time; an entry that plays again collects anew."""


def take(room: Room, caller: Caller, kind: str, entry_id: int, length_ms: int | None, now_ms: int) -> bool:
    """Take one report on the current entry, the only one that counts; True if the room changed by it."""
    person = caller.person_id
    if person is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to tell what you hear.")
    player = room.player
    if player.entry is None or player.entry_id != entry_id or (kind == ReportKind.LENGTH and player.entry.last_ms):
        return False
    entry = player.entry
    try:
        ListenerReport.objects.update_or_create(
            entry=entry, person=person, kind=kind, defaults={"value_ms": length_ms, "said_at_ms": now_ms}
        )
    except IntegrityError:  # the entry was removed at the same moment
        return False
    host = caller if caller.may(room, Action.CONTROL) else None
    if kind == ReportKind.LENGTH:
        return _take_length(entry, length_ms if host else None, now_ms)
    if kind == ReportKind.ENDED:
        return _take_ended(room, entry, now_ms, host)
    return _are_enough(room, entry, ReportKind.FAILED, now_ms) and _move_on(room, entry, now_ms, outcome=Outcome.FAILED)


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
    moves.count_vote(entry.playlist, entry)


def _take_length(entry: Entry, host_says_ms: int | None, now_ms: int) -> bool:
    lengths = [report.value_ms for report in _reports(entry, ReportKind.LENGTH) if report.value_ms is not None]
    if host_says_ms is None and len(lengths) < ENOUGH_LENGTHS:
        return False
    entry.track.length_ms = host_says_ms or round(median(lengths))
    entry.track.save(update_fields=["length_ms"])
    tell_rooms(entry.track, now_ms)
    return True


def _take_ended(room: Room, entry: Entry, now_ms: int, host: Caller | None) -> bool:
    ends_at_ms = room.player.timeline.ends_at_ms
    if ends_at_ms is not None:
        return now_ms >= ends_at_ms - NEAR_END_MS and _move_on(room, entry, now_ms)
    if not room.player.playing:
        return False
    if _are_enough(room, entry, ReportKind.ENDED, now_ms):
        return _move_on(room, entry, now_ms)
    return host is not None and _move_on(room, entry, now_ms, host)


def _are_enough(room: Room, entry: Entry, kind: ReportKind, now_ms: int) -> bool:
    recent = _reports(entry, kind).filter(said_at_ms__gte=now_ms - RECENT_MS)
    return recent.count() >= max(1, hub.listeners(room.pk) * ENOUGH_SHARE)


def _move_on(
    room: Room, entry: Entry, now_ms: int, host: Caller | None = None, *, outcome: Outcome = Outcome.ENDED
) -> bool:
    """Go to the next entry, unless the room did already; on the word of ``host`` alone, only if they are one still."""
    with change(room, now_ms) as lent:
        if lent.player.entry_id != entry.pk or (host is not None and not host.may(lent, Action.CONTROL)):
            return False
        lent.player.go_past(outcome, now_ms)
    return lent.version > room.version


def _reports(entry: Entry, kind: ReportKind) -> QuerySet[ListenerReport]:
    return ListenerReport.objects.filter(entry=entry, kind=kind)
