"""Title, artist and artwork of a video, by YouTube's oEmbed endpoint."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from players.links import youtube
from players.links.characters import one_line
from players.youtube.fetch import TIMEOUT_S, Unavailable, get

OEMBED_URL = "https://www.youtube.com/oembed"

_PROBLEMS = {401: "not-embeddable", 403: "not-embeddable", 400: "gone", 404: "gone"}
# Pages may load pictures from this host and no other.
_ARTWORK = re.compile(r"https://i\.ytimg\.com/[A-Za-z0-9_./?=&%-]{1,300}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a video. With a problem, nothing else is."""

    title: str
    artist: str
    artwork_url: str

    problem: str
    """``""``, ``"not-embeddable"`` (its owner lets it play on YouTube only) or ``"gone"``."""


def look_up(media_id: str, *, base_url: str = OEMBED_URL, timeout_s: float = TIMEOUT_S) -> Facts:
    """What the oEmbed endpoint at ``base_url`` says of the video; Unavailable if it cannot be asked now."""
    if not youtube.is_video_id(media_id):
        raise ValueError(f"{media_id!r:.80} is not the id of a YouTube video.")
    answer = get(base_url, {"url": youtube.video(media_id).url, "format": "json"}, timeout_s)
    if answer.status in _PROBLEMS:
        return Facts("", "", "", _PROBLEMS[answer.status])
    if answer.status != 200:
        raise Unavailable(f"{base_url} answered with the status {answer.status}; 200 was expected.")
    return _facts(media_id, _decoded(answer.body, base_url))


def _decoded(body: bytes, base_url: str) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unavailable(f"{base_url} did not answer with a JSON object.")
    return said


def _facts(media_id: str, said: dict[str, object]) -> Facts:
    # YouTube names the channels that it makes for record labels' uploads "Artist - Topic".
    artist = one_line(_text(said, "author_name")).removesuffix(" - Topic")
    artwork_url = _text(said, "thumbnail_url")
    if not _ARTWORK.fullmatch(artwork_url):
        artwork_url = f"https://i.ytimg.com/vi/{media_id}/hqdefault.jpg"
    return Facts(one_line(_text(said, "title")), artist, artwork_url, problem="")


def _text(said: dict[str, object], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
