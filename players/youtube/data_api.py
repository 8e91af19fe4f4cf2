"""Search among YouTube's videos, by the Data API, which takes a key and counts what each question costs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from players.links import youtube
from players.links.characters import one_line
from players.timeline import MAX_POSITION_MS
from players.youtube.fetch import TIMEOUT_S, Answer, Unavailable, get
from rooms.clock import monotonic_s

DATA_API_URL = "https://www.googleapis.com/youtube/v3"

SEARCH_UNITS, VIDEOS_UNITS = 100, 1
"""What search.list and videos.list cost, of the units that a key has for a day."""
UNITS = SEARCH_UNITS + VIDEOS_UNITS

MOST_FOUND = 10
"""Costs as much as one; 50 are allowed, and nobody reads so many below a field."""

_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_WORD = re.compile(r"[A-Za-z_]{1,60}")
_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class UsedUp(Exception):
    """The key has no units left today."""


class KeyRefused(Exception):
    """YouTube refuses the key itself; the message is its reason, one word."""


@dataclass(frozen=True, slots=True)
class Video:
    """A video that plays outside YouTube. ``length_ms`` is None for what is live."""

    media_id: str
    title: str
    artist: str
    length_ms: int | None
    artwork_url: str


def search(words: str, *, key: str, base_url: str = DATA_API_URL, timeout_s: float = TIMEOUT_S) -> list[Video]:
    """Videos for these words, the best first, which may be embedded: it costs ``UNITS``.

    Raises UsedUp, KeyRefused, or Unavailable if YouTube cannot be asked now.
    """
    deadline_s = monotonic_s() + timeout_s
    found = _asked(
        f"{base_url}/search",
        {
            "part": "snippet",
            "fields": "items/id/videoId",
            "type": "video",
            "videoEmbeddable": "true",
            "videoSyndicated": "true",
            "maxResults": str(MOST_FOUND),
            "q": words,
        },
        key,
        timeout_s,
    )
    ids = [str(_within(item, "id", "videoId")) for item in found]
    ids = list(dict.fromkeys(media_id for media_id in ids if youtube.is_video_id(media_id)))[:MOST_FOUND]
    if not ids:
        return []
    # The titles, too, are taken from here: search.list tells them with HTML's escapes.
    told = _asked(
        f"{base_url}/videos",
        {
            "part": "snippet,contentDetails,status",
            "fields": "items(id,snippet(title,channelTitle,liveBroadcastContent),contentDetails/duration,"
            "status(embeddable,privacyStatus))",
            "id": ",".join(ids),
        },
        key,
        max(0.1, deadline_s - monotonic_s()),
    )
    videos = {video.media_id: video for video in map(_video, told) if video is not None}
    return [videos[media_id] for media_id in ids if media_id in videos]


def _asked(url: str, query: Mapping[str, str], key: str, timeout_s: float) -> list[Any]:
    """The items that ``url`` answers. The key goes as a header, since addresses are logged."""
    answer = get(url, query, timeout_s, headers={"X-Goog-Api-Key": key}, any_body=True)
    said = _decoded(answer)
    if answer.status != 200:
        raise _refusal(url, answer.status, said)
    items = said.get("items", []) if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise Unavailable(f"{url} did not answer with a list.")
    return items


def _refusal(url: str, status: int, said: Any) -> Exception:
    reasons = _reasons(said)
    if reasons & _USED_UP:
        return UsedUp()
    is_hurried = status == 429 or reasons & _TOO_FAST
    if status in (400, 401, 403) and not is_hurried:
        return KeyRefused(", ".join(sorted(reasons)) or f"status {status}")
    return Unavailable(f"{url} answered with the status {status}; 200 was expected.")


def _reasons(said: Any) -> set[str]:
    """The words by which Google names what is wrong, in the older way and in the newer."""
    error = said.get("error") if isinstance(said, dict) else None
    if not isinstance(error, dict):
        return set()
    parts = [part for name in ("errors", "details") for part in (error.get(name) or []) if isinstance(part, dict)]
    reasons = {str(part.get("reason", "")) for part in parts}
    return {reason for reason in reasons if _WORD.fullmatch(reason)}


def _decoded(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _video(item: Any) -> Video | None:
    """A video as videos.list tells it; None if it cannot play here, or only later."""
    media_id = str(_within(item, "id"))
    is_open = _within(item, "status", "embeddable") is True and _within(item, "status", "privacyStatus") != "private"
    if not youtube.is_video_id(media_id) or not is_open:
        return None
    if _within(item, "snippet", "liveBroadcastContent") == "upcoming":
        return None
    title, channel = _within(item, "snippet", "title"), _within(item, "snippet", "channelTitle")
    return Video(
        media_id,
        one_line(title) if isinstance(title, str) else "",
        one_line(channel).removesuffix(" - Topic") if isinstance(channel, str) else "",
        length_ms(_within(item, "contentDetails", "duration")),
        f"https://i.ytimg.com/vi/{media_id}/mqdefault.jpg",
    )


def length_ms(duration: object) -> int | None:
    """A duration as ISO 8601 writes it, such as PT4M13S; None for none at all, as what is live has."""
    parts = _LENGTH.fullmatch(duration) if isinstance(duration, str) and len(duration) < 40 else None
    if parts is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
    return ms if 0 < ms <= MAX_POSITION_MS else None


def _within(item: Any, *names: str) -> Any:
    for name in names:
        item = item.get(name) if isinstance(item, dict) else None
    return item
