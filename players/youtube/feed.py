"""The videos of a playlist, by YouTube's public feed."""

from __future__ import annotations

from xml.etree import ElementTree

from players.links import youtube
from players.links.characters import one_line
from players.youtube.fetch import TIMEOUT_S, Unavailable, get

PLAYLIST_FEED_URL = "https://www.youtube.com/feeds/videos.xml"

MAX_ENTRIES = 15
"""What the feed holds at most, whatever the length of the playlist."""

_NO_SUCH_PLAYLIST = frozenset({400, 404})
_ATOM = "{http://www.w3.org/2005/Atom}"
_YOUTUBE = "{http://www.youtube.com/xml/schemas/2015}"


def playlist(
    playlist_id: str, *, base_url: str = PLAYLIST_FEED_URL, timeout_s: float = TIMEOUT_S
) -> list[tuple[str, str]]:
    """Media id and title of the first 15 videos on the playlist; empty if there is no such public playlist.

    Unavailable if the feed at ``base_url`` cannot be asked now.
    """
    if not youtube.is_playlist_id(playlist_id):
        raise ValueError(f"{playlist_id!r:.80} is not the id of a YouTube playlist.")
    answer = get(base_url, {"playlist_id": playlist_id}, timeout_s)
    if answer.status in _NO_SUCH_PLAYLIST:
        return []
    if answer.status != 200:
        raise Unavailable(f"{base_url} answered with the status {answer.status}; 200 was expected.")
    return _videos(_parsed(answer.body, base_url))[:MAX_ENTRIES]


def _parsed(body: bytes, base_url: str) -> ElementTree.Element:
    try:
        # Decoded first: in UTF-16 the search for a DTD would find nothing.
        text = body.decode("utf-8-sig")
        # Entities are how a small document becomes a large one, and no feed needs a DTD.
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise Unavailable(f"{base_url} answered with a DTD; a plain Atom feed was expected.")
        return ElementTree.fromstring(text)  # noqa: S314 - its attacks need the DTD refused above
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise Unavailable(f"{base_url} did not answer with an Atom feed.") from None


def _videos(feed: ElementTree.Element) -> list[tuple[str, str]]:
    entries = (
        (entry.findtext(f"{_YOUTUBE}videoId", ""), one_line(entry.findtext(f"{_ATOM}title", "")))
        for entry in feed.iterfind(f"{_ATOM}entry")
    )
    return [(media_id, title) for media_id, title in entries if youtube.is_video_id(media_id)]
