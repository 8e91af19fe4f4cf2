"""Telling rooms what the server found out about a track that they have in their queues."""

from __future__ import annotations

import logging

from players.models.entry import Entry
from players.models.listener_report import ReportKind
from players.models.track import Problem, Track
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.errors import Unknown
from rooms.models import Room

logger = logging.getLogger(__name__)

_HEARD = (ReportKind.LENGTH, ReportKind.LIVE, ReportKind.ENDED)
"""What players tell only of what they play."""


def tell_rooms(track: Track, at_ms: int | None = None) -> None:
    """Tell every open room that has ``track`` what is new about it, at ``at_ms``, or for each when its turn comes."""
    entries = Entry.objects.filter(track=track, playlist__room__closed_at=None).select_related("playlist__room")
    for room in {entry.playlist.room for entry in entries}:
        now = now_ms() if at_ms is None else at_ms
        try:
            with change(room, now) as lent:
                for entry in lent.queue.listed().filter(track=track):
                    lent.queue.own(entry).tell()
                    if track.problem:
                        lent.player.leave(entry, now)
        except Unknown:
            logger.debug("The room “%s” was closed meanwhile.", room.slug)


def mark_in_room(room: Room, track: Track, problem: Problem, at_ms: int) -> None:
    """Have a room pass over ``track``, of which the server itself saw nothing to play.

    Listeners are the better witnesses: what one of them played stays, and so does what a host has tried again.
    """
    try:
        with change(room, at_ms) as lent:
            unheard = lent.queue.listed().filter(track=track, problem="", measured_ms=None, is_live=False)
            for entry in unheard.exclude(reports__kind__in=_HEARD):
                if lent.player.entry == entry and lent.player.playing:
                    lent.player.fail(at_ms, problem)
                else:
                    lent.queue.own(entry).mark(problem)
    except Unknown:
        logger.debug("The room “%s” was closed meanwhile.", room.slug)
