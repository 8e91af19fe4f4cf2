"""Background look-up of the titles and problems of YouTube videos, after an entry was added."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from players import youtube
from players.models import Provider, Track
from players.models.track_news import tell_rooms
from rooms.fair_pool import FairPool, Full

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(days=1)
"""What YouTube said is believed for so long: titles hardly change, permissions do."""

RETRIES_S = (20, 300)
"""Waits before asking again when YouTube did not answer."""

MOST_WAITING, MOST_OF_A_ROOM = 20_000, 4_000
"""Look-ups that wait, those that are tried again included. What is beyond is asked when the link is added again."""

_pool = FairPool("metadata", threads=2, most_waiting=MOST_WAITING, most_of_a_group=MOST_OF_A_ROOM)


def is_wanted(track: Track) -> bool:
    """Whether its provider should be asked about ``track``."""
    if track.provider != Provider.YOUTUBE:
        return False
    return track.checked_at is None or timezone.now() - track.checked_at > ASK_AGAIN_AFTER


def follow_up(track_ids: list[int], room_id: int = 0, attempt: int = 0) -> None:
    """Look these tracks up in background threads, those of each room in its turn, and tell the rooms that have them."""
    delay_s = RETRIES_S[attempt - 1] if attempt else 0
    try:
        for track_id in dict.fromkeys(track_ids):
            _pool.submit(
                room_id, (track_id, bool(attempt)), partial(_follow_up, track_id, room_id, attempt), delay_s=delay_s
            )
    except Full:
        logger.warning("Room %d waits for so many titles that the rest is not asked for.", room_id)


def _follow_up(track_id: int, room_id: int, attempt: int) -> None:
    try:
        track = Track.objects.filter(pk=track_id).first()
        connection.close()  # others can use it while YouTube thinks
        if track is not None and is_wanted(track):
            learn(track, youtube.look_up(track.media_id, base_url=settings.OEMBED_URL))
    except youtube.Unavailable as error:
        logger.info("YouTube did not say what track %d is: %s", track_id, error)
        _try_again(track_id, room_id, attempt)
    except Track.DoesNotExist:
        logger.info("The track %d was deleted while YouTube was asked about it.", track_id)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("What is known of track %d could not be kept: %s", track_id, " ".join(str(error).split()))
        _try_again(track_id, room_id, attempt)
    except Exception:
        logger.exception("What is known of track %d could not be kept.", track_id)
    finally:
        connection.close()


def _try_again(track_id: int, room_id: int, attempt: int) -> None:
    if attempt < len(RETRIES_S):
        follow_up([track_id], room_id, attempt + 1)


def learn(track: Track, facts: youtube.Facts) -> None:
    """Keep what is now known of ``track`` and tell the rooms; players pass over what cannot be played."""
    track.refresh_from_db()  # an operator may have put it right while YouTube thought
    before = (track.title, track.artist, track.artwork_url, track.problem)
    track.title, track.artist = facts.title or track.title, facts.artist or track.artist
    track.artwork_url, track.problem = facts.artwork_url or track.artwork_url, facts.problem
    track.checked_at = timezone.now()
    track.save(update_fields=["title", "artist", "artwork_url", "problem", "checked_at"])
    if before != (track.title, track.artist, track.artwork_url, track.problem):
        tell_rooms(track)
