"""Entries that were taken out of a queue, kept in the room's log as they were until it is too late to undo that."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from players.models.entry import Entry
from players.models.listener_report import ListenerReport, ReportKind
from players.models.track import Track
from rooms.errors import Stale
from rooms.models import Member, Room

Saved = dict[str, Any]
"""An entry as JSON: its columns, and who voted for it."""

COLUMNS = (
    "track_id",
    "member_id",
    "order",
    "as_added",
    "pin",
    "is_filler",
    "start_ms",
    "end_ms",
    "title",
    "artist",
    "artwork_url",
    "heard_title",
    "set_length_ms",
    "measured_ms",
    "is_live",
    "problem",
    "votes",
)

AT_ONCE = 500


def saved(entries: list[Entry]) -> list[Saved]:
    """``entries`` as they can be restored, under the ids that they have."""
    voters = defaultdict(list)
    votes = ListenerReport.objects.filter(kind=ReportKind.VOTE, entry__in=[one.pk for one in entries if one.votes])
    for entry_id, person in votes.values_list("entry", "person") if any(one.votes for one in entries) else ():
        voters[entry_id].append(str(person))
    return [
        {"id": one.pk, "voters": voters[one.pk], **{name: getattr(one, name) for name in COLUMNS}} for one in entries
    ]


def restored(room: Room, saved: list[Saved], orders: list[int]) -> list[Entry]:
    """Entries made anew, with the ids that they had, at ``orders`` for now; raises Stale if a track is gone."""
    members = Member.objects.filter(room=room).in_bulk({one["member_id"] for one in saved} - {None})
    tracks = Track.objects.in_bulk([one["track_id"] for one in saved])
    if any(one["track_id"] not in tracks for one in saved):  # an operator deleted it
        raise Stale(gettext("That cannot be undone any more: its entry is gone from the queue."))
    entries = []
    for one, order in zip(saved, orders, strict=True):
        columns = {name: one[name] for name in COLUMNS} | {"order": order}
        member = members.get(columns.pop("member_id"))
        entry = Entry(pk=one["id"], playlist=room.queue, member=member, **columns)
        entry.track = tracks[one["track_id"]]
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=AT_ONCE)
    votes = [
        ListenerReport(entry_id=one["id"], person=UUID(person), kind=ReportKind.VOTE)
        for one in saved
        for person in one["voters"]
    ]
    ListenerReport.objects.bulk_create(votes, batch_size=AT_ONCE)
    return entries


def saved_player(room: Room, now_ms: int) -> Saved:
    """What plays, and where it is now."""
    player = room.player
    return {
        "entry_id": player.entry_id,
        "position_ms": player.timeline.position_at(now_ms),
        "playing": player.playing,
    }
