"""Background probes of direct links, after they were added to a queue."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from players.links import Link, LinkError, parse
from players.models import Cover, Problem, Provider, Track
from players.models.track import MAX_TITLE_LENGTH
from players.models.track_news import mark_in_room, tell_rooms
from players.probe import probe as probes
from rooms.clock import now_ms
from rooms.fair_pool import FairPool, Full
from rooms.models import Room
from rooms.outgoing.budget import Unanswered

logger = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = timedelta(days=1)
"""What a file says is believed for so long, when it is added again. Where nothing was found it is looked at anew."""

MOST_WAITING, MOST_OF_A_ROOM = 8_000, 2_000
"""What is beyond is not looked at until it is added again: it plays as well."""

_pool = FairPool("probe", threads=2, most_waiting=MOST_WAITING, most_of_a_group=MOST_OF_A_ROOM)


def is_wanted(track: Track) -> bool:
    """Whether the file of ``track`` should be looked at; never one of this server's own, which has no host."""
    if not settings.PROBE or track.provider != Provider.DIRECT or track.media_id.startswith("/"):
        return False
    return track.checked_at is None or timezone.now() - track.checked_at > LOOK_AGAIN_AFTER


def follow_up(track_ids: list[int], room_id: int = 0) -> None:
    """Look at the files of these tracks in background threads, those of each room in its turn."""
    try:
        for track_id in dict.fromkeys(track_ids):
            _pool.submit(room_id, (track_id, room_id), partial(_follow_up, track_id, room_id))
    except Full:
        logger.warning("Room %d waits for so many probes that the rest of its links is not looked at.", room_id)


def _follow_up(track_id: int, room_id: int) -> None:
    try:
        track = Track.objects.filter(pk=track_id).first()
        connection.close()  # others can use it while the file's server thinks
        if track is not None and is_wanted(track):
            learn(track, probes.probe(track.url), room_id)
    except Unanswered as error:
        logger.info("Of the track %d nothing was found out: %s", track_id, error)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("What is known of track %d could not be kept: %s", track_id, " ".join(str(error).split()))
    except Exception:
        logger.exception("What is known of track %d could not be kept.", track_id)
    finally:
        connection.close()


def learn(track: Track, found: probes.Found, room_id: int) -> None:
    """Keep what was found of ``track`` and tell the rooms; or have the room that asks pass over it.

    What is known already stays as it is, since an operator may have put it right. Names that people gave it stand with
    their entries, where they always go first.
    """
    track.refresh_from_db()
    if found.problem:
        room = Room.objects.open().filter(pk=room_id).first()
        if room is not None:
            mark_in_room(room, track, Problem(found.problem), now_ms())
        return
    before = _told(track)
    if found.title and track.title in ("", _guess(track)):
        track.title = found.title[:MAX_TITLE_LENGTH]
    track.artist, track.album = track.artist or found.artist, track.album or found.album
    track.length_ms = track.length_ms if track.length_ms is not None else found.length_ms
    track.media_type = found.media_type
    if found.cover is not None and not track.artwork_url:
        track.artwork_url = Cover.keep(found.cover)
    track.station_read_at_ms = (track.station_read_at_ms or 0) if found.is_station else None
    track.checked_at = timezone.now()
    track.save(update_fields=[*_TOLD, "station_read_at_ms", "checked_at"])
    if before != _told(track):
        tell_rooms(track)


_TOLD = ("title", "artist", "album", "length_ms", "media_type", "artwork_url")


def _told(track: Track) -> list[object]:
    return [getattr(track, name) for name in _TOLD]


def _guess(track: Track) -> str:
    """What the link's own name made of the title."""
    try:
        link = parse(track.media_id)
    except LinkError:
        return ""
    return link.title if isinstance(link, Link) else ""
