"""What follows from a change of a room: its history and log are kept, and its queue goes on by its rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from players.links import Link
from players.models import played, removal
from players.models.own_list import OwnList, link_of
from players.timeline import Timeline
from rooms.models import AtEnd, Room
from rooms.models.roles import Role
from rooms.models.rules import complete

MOST_TOO_LONG = 20
"""Entries longer than the room allows, one after the other, that are passed over at once."""

TOO_LONG = gettext_noop("It is longer than this room allows.")
"""Why such an entry is passed over, told to everybody at once, in English."""

FILLERS_KEPT = 20
"""Of the entries that the room added by itself and that have played, so many stay in its queue."""


def follow(room: Room, before: dict[str, Any], rules: Mapping[str, Any], now_ms: int) -> None:
    """Do what follows, since the player of ``room`` was in the state ``before`` and the room had these ``rules``."""
    player = room.player
    if not room.deeds:
        _note_deed(room, before, now_ms)
    if rules != room.rules and complete(rules) != complete(room.rules):
        room.queue.follow(rules)
    _pass_over(room, before, now_ms)
    _record(room)
    is_news = room.notes or player.entry_id != before["entry_id"] or player.ended or room.rules != rules
    if room.at_end == AtEnd.AUTOFILL and is_news:
        _fill(room, now_ms)
    if player.playing and player.began_at_ms is None:
        player.began_at_ms = player.effective_at_ms


def _record(room: Room) -> None:
    lines, room.player.left = room.player.left, None
    if lines:
        played.keep(room, lines)


def _note_deed(room: Room, before: dict[str, Any], now_ms: int) -> None:
    """Note for the log what somebody did to the player, and how to undo it."""
    was = {
        "entry_id": before["entry_id"],
        "playing": before["playing"],
        "position_ms": Timeline(
            playing=before["playing"],
            position_ms=before["position_ms"],
            rate=before["rate"],
            effective_at_ms=before["effective_at_ms"],
            first_ms=0,
            last_ms=None,
        ).position_at(now_ms),
    }
    undo = was if was["entry_id"] is not None else None
    player = room.player
    facts = {"entry_id": player.entry_id, "title": str(player.entry or "")}
    if before["entry_id"] is not None and (
        player.entry_id != before["entry_id"] or (player.ended and before["playing"])
    ):
        of = player.left[-1] if player.left else None
        if not player.chose and of is not None:
            facts = {"entry_id": of.entry["id"], "title": of.title}
        room.did("jump" if player.chose else "skip", undo, **facts)
    elif player.playing != before["playing"]:
        room.did("play" if player.playing else "pause", None, **facts)
    elif player.rate != before["rate"]:
        room.did("rate", None, rate=player.rate)
    elif player.position_ms != before["position_ms"] and not room.notes:
        room.did("seek", undo, position_ms=player.position_ms, **facts)


def _pass_over(room: Room, before: dict[str, Any], now_ms: int) -> None:
    """Go on from an entry that turns out to be longer than the room allows; hosts may add what is longer."""
    player, most_ms = room.player, complete(room.rules)["max_length_ms"]
    for _passed in range(MOST_TOO_LONG if most_ms is not None else 0):
        entry = player.entry
        if most_ms is None or entry is None or entry.last_ms is None or entry.member is None or player.chose:
            return
        updated = any(data.get("op") == "update" and data["entry"]["id"] == entry.pk for _, data in room.notes or ())
        is_new = updated or entry.pk != before["entry_id"]
        if not is_new or entry.last_ms - entry.first_ms <= most_ms or entry.member.role >= Role.HOST:
            return
        room.announce("passed-over", entry=entry.named(), reason=TOO_LONG)
        room.did("passed-over", entry_id=entry.pk, title=str(entry), reason=TOO_LONG)
        player.next(now_ms)
        if player.entry == entry:
            return


def _from_a_list(room: Room) -> Link | None:
    """Something of the list that the room goes on with, as long as that is its owner's."""
    list_id = complete(room.rules)["autofill_from"]
    own = OwnList.source_of(room, list_id) if list_id is not None else None
    entries = list(own.entries.filter(track__problem="").select_related("track")) if own is not None else []
    drawn = played.to_play_next(room, [entry.track_id for entry in entries])
    return next((link_of(entry) for entry in entries if entry.track_id == drawn), None)


def _from_history(room: Room) -> Link | None:
    track = played.to_play_again(room)
    if track is None:
        return None
    return Link(
        provider=track.provider,
        media_id=track.media_id,
        url=track.url,
        start_ms=None,
        end_ms=None,
        kind="unknown",
        title=track.title,
    )


def _fill(room: Room, now_ms: int) -> None:
    """Announce something of the owner's list, or that played here before, where nothing else follows."""
    player = room.player
    follows = room.queue.first_playable() if player.entry is None else room.queue.playable_after(player.entry)
    if follows is not None or (player.entry is None and not player.ended):
        return
    link = _from_a_list(room) or _from_history(room)
    if link is None:
        return
    room.queue.add([link], now_ms, after=None, at_end=True, member=None, is_filler=True)
    removal.forget_fillers(room, FILLERS_KEPT)
