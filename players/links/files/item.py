"""One entry of a file of links."""

from __future__ import annotations

from dataclasses import dataclass

from players.links.characters import one_line

_BETWEEN = " - "


@dataclass(frozen=True, slots=True)
class Item:
    """An address, and what the file says of it; empty where it says nothing."""

    address: str
    title: str = ""
    artist: str = ""
    artwork_url: str = ""
    start_ms: int | None = None
    end_ms: int | None = None
    length_ms: int | None = None
    """Written for other programs, and never read: how long a track is, is found out by playing it."""


def artist_and_title(text: str) -> tuple[str, str]:
    """The two in ``Artist - Title``, as most programs write them on one line; the artist may be empty."""
    artist, between, title = f" {text.strip()}".partition(_BETWEEN)
    return (one_line(artist), one_line(title)) if between and title.strip() else ("", one_line(text))


def as_one(artist: str, title: str) -> str:
    """Both on one line, as ``artist_and_title`` takes them apart; not if ``is_ambiguous``."""
    return f"{artist}{_BETWEEN}{title}" if artist else title


def is_ambiguous(artist: str, title: str) -> bool:
    """Whether others would take the line apart in another place."""
    return artist_and_title(as_one(artist, title)) != (artist, title)
