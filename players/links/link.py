"""What a pasted link turned out to be."""

from __future__ import annotations

from dataclasses import dataclass

from players.links.characters import shown

MAX_LENGTH = 2_000
"""Characters of a link, as pasted and as normalised: what browsers, proxies and databases all carry."""

ALLOWED = "a YouTube link, or an http:// or https:// address of an audio or video file"


class LinkError(ValueError):
    """The text is no link that can be played. The message is a sentence for the person who pasted it."""


def refusal(value: str, sentence: str) -> LinkError:
    """The error whose message is ``sentence`` with ``value``, shortened, as its subject."""
    return LinkError(f"{shown(value)} {sentence}")


@dataclass(frozen=True, slots=True)
class Link:
    """Something playable. Its provider and media id are its identity; two links to one thing share them."""

    provider: str
    """``"youtube"`` or ``"direct"``."""

    media_id: str
    """YouTube: the id of the video. Direct: the normalised absolute URL without its fragment."""

    url: str
    """The canonical public link."""

    start_ms: int | None
    end_ms: int | None

    kind: str
    """``"audio"``, ``"video"`` or ``"unknown"``: direct links by the file's ending, YouTube always video."""

    title: str
    """A guess from the name of the file; empty for YouTube, which has to be asked."""


@dataclass(frozen=True, slots=True)
class PlaylistLink:
    """A YouTube playlist: what is on it has to be asked."""

    playlist_id: str
    url: str
