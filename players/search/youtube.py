"""Search within YouTube: answers are kept for a day, and the day's units are shared by all who search here."""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from players.models import Provider, YouTubeDay, YouTubeSearch
from players.models.track import URL_BEGINS
from players.models.youtube_day import next_day_in_s
from players.search.question import Question
from players.youtube import data_api
from players.youtube.fetch import Unavailable as Unreachable
from rooms.core.one_at_a_time import give_way
from rooms.core.rate_limit import check_question
from rooms.errors import Refusal, SearchIsOff, Unavailable
from rooms.fair_pool import FairPool, Full
from rooms.shapes.search import Found

logger = logging.getLogger(__name__)

PATIENCE_S = 6.0
"""For two questions, one after the other, while somebody looks at the field."""

_pool = FairPool("search", threads=2, most_waiting=8, most_of_a_group=2)
"""Callers wait for these, each in a thread of its request, so there are few; the others are asked to come again."""


def is_on() -> bool:
    """Whether this server has a key for YouTube."""
    return bool(settings.YOUTUBE_API_KEY)


def check_is_on() -> None:
    """Raise SearchIsOff without a key."""
    if not is_on():
        raise SearchIsOff(
            gettext("This server does not search YouTube: its operator would have to set YOUTUBE_API_KEY.")
        )


def find(asked: Question, limit: int) -> list[Found]:
    """What YouTube finds, as it was found within a day, or now.

    Raises TooMany if the caller asked enough, Unavailable if the day's units are used up or YouTube is silent.
    """
    known = YouTubeSearch.known(asked.words, asked.now_ms)
    if known is not None:
        return known[:limit]
    if YouTubeDay.left_at(asked.now_ms) < data_api.UNITS:
        raise _used_up(asked.now_ms)
    check_question(asked.caller, settings.YOUTUBE_QUOTA // data_api.UNITS, asked.now_ms)
    if not connection.in_atomic_block:
        connection.close()  # others can use it while YouTube thinks
    give_way()
    try:
        return _pool.ask(asked.caller.key, partial(_ask, asked.words, asked.now_ms), PATIENCE_S)[:limit]
    except Full:
        message = gettext("So many search YouTube at once that you have to wait; try again in a moment.")
        raise Unavailable(message, retry_after_s=5) from None
    except data_api.UsedUp:
        raise _used_up(asked.now_ms) from None
    except data_api.KeyRefused as refused:
        logger.warning("YouTube refuses the key of YOUTUBE_API_KEY: %s", refused)
        message = gettext("YouTube refuses the key of this server; its operator is told why.")
        raise Unavailable(message, retry_after_s=3_600) from None
    except (Unreachable, TimeoutError) as error:
        logger.info("YouTube was not searched: %s", error)
        raise Unavailable(
            gettext("YouTube cannot be searched right now; try again in a moment."), retry_after_s=10
        ) from None


def _ask(words: str, now_ms: int) -> list[Found]:
    """Ask YouTube, in a thread of the pool, and keep its answer even if nobody waits for it any more."""
    try:
        if not YouTubeDay.spend(data_api.UNITS, now_ms):
            raise data_api.UsedUp
        connection.close()  # others can use it while YouTube thinks
        try:
            videos = data_api.search(
                words, key=settings.YOUTUBE_API_KEY, base_url=settings.YOUTUBE_API_URL, timeout_s=PATIENCE_S
            )
        except data_api.UsedUp:
            YouTubeDay.use_up(now_ms)
            raise
        except data_api.KeyRefused:
            YouTubeDay.give_back(data_api.UNITS, now_ms)
            raise
        found = [_found(video) for video in videos]
        YouTubeSearch.keep(words, found, now_ms)
        return found
    finally:
        connection.close()


def _used_up(now_ms: int) -> Refusal:
    wait_s = next_day_in_s(now_ms)
    message = gettext("Today's searches of YouTube are used up; there are new ones in %(hours)s h. Links work as ever.")
    return Unavailable(message % {"hours": max(1, round(wait_s / 3_600))}, retry_after_s=wait_s)


def _found(video: data_api.Video) -> Found:
    return {
        "url": URL_BEGINS[Provider.YOUTUBE.value] + video.media_id,
        "provider": Provider.YOUTUBE.value,
        "media_id": video.media_id,
        "title": video.title,
        "artist": video.artist,
        "length_ms": video.length_ms,
        "artwork_url": video.artwork_url,
        "source": "youtube",
    }
