"""What radio stations play now, read every half minute from those that play to somebody.

Each process looks which stations play in its rooms with listeners; of all processes, the one that notes the reading in
the database makes it, and tells every such room.
"""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q

from players.models import Player, Track
from players.probe import station
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.errors import Unknown
from rooms.fair_pool import FairPool, Full
from rooms.live.hub import hub
from rooms.outgoing.budget import Unanswered

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""A station that begins to play is read so soon; one query for all of them."""

READ_EVERY_MS = 30_000
"""A song lasts minutes. Each reading is a connection that ends with the first title."""

MOST_STATIONS = 200
"""That wait to be read: at a second each, what two threads can read in the half minute and some more."""

_pool = FairPool("stations", threads=2, most_waiting=MOST_STATIONS, most_of_a_group=MOST_STATIONS)


def read_what_is_due(room_ids: list[int]) -> None:
    """Have the stations read that play in these rooms, and were not read lately by whatever process."""
    if not settings.PROBE:
        return
    now = now_ms()
    # A clock that was set back leaves instants in the future, which nothing would ever be later than.
    is_due = Q(station_read_at_ms__lte=now - READ_EVERY_MS) | Q(station_read_at_ms__gt=now + READ_EVERY_MS)
    playing = Player.objects.filter(room_id__in=room_ids, playing=True).values("entry__track")
    for track in Track.objects.filter(is_due, pk__in=playing)[:MOST_STATIONS]:
        if claim(track, now):
            try:
                _pool.submit(None, track.pk, partial(_read, track))
            except Full:
                logger.warning("So many stations play that %s is not read now.", track.url)


def claim(track: Track, now: int) -> bool:
    """Whether this process reads the station now: of those that read the same row, the first."""
    as_read = Track.objects.filter(pk=track.pk, station_read_at_ms=track.station_read_at_ms)
    return as_read.update(station_read_at_ms=now) == 1


def _read(track: Track) -> None:
    try:
        connection.close()
        tell(track, station.current_title(track.url))
    except Unanswered as error:
        logger.info("What the station %s plays was not found out: %s", track.url, error)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("What a station plays could not be kept: %s", " ".join(str(error).split()))
    finally:
        connection.close()


def tell(track: Track, title: str) -> None:
    """Tell each room that has listeners, and plays the station, what is new."""
    players = Player.objects.filter(entry__track=track, playing=True, room__closed_at=None).exclude(now_playing=title)
    rooms = {player.room_id: player.room for player in players.select_related("room")}
    heard = hub.listeners_of(list(rooms))
    for room in [room for room_id, room in rooms.items() if heard[room_id]]:
        try:
            with change(room, now_ms()) as lent:
                lent.player.hear_station(track, title)
        except Unknown:
            logger.debug("The room “%s” was closed meanwhile.", room.slug)
