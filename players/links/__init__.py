"""Understands a pasted link: a YouTube video, a YouTube playlist, or an audio or video file on the web.

Nothing here imports a framework, and nothing fetches anything: what a link says is all that is known.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from players.links import address, direct, youtube
from players.links.address import Address
from players.links.characters import INVISIBLE
from players.links.link import MAX_LENGTH, Link, LinkError, Listed, PlaylistLink, refuse_unreadable

__all__ = ["MAX_LENGTH", "MAX_LINKS", "Link", "LinkError", "Listed", "PlaylistLink", "named_by", "parse"]

MAX_LINKS = 200
"""Links that one paste may hold: more than anyone picks by hand, and few enough for one transaction."""

_ENCODED = re.compile(r"https?%3A%2F%2F", re.IGNORECASE)


def parse(text: str, *, own_media: bool = False) -> Link | PlaylistLink:
    """What the one link in ``text`` names; LinkError, and no other error, if it cannot be played.

    With ``own_media`` an absolute path of a file on this server is a link too: for trusted callers only.
    """
    text = text.strip().strip(INVISIBLE).strip()
    if _ENCODED.match(text):
        text = unquote(text)
    refuse_unreadable(text)
    if own_media and text.startswith("/") and not text.startswith("//"):
        return direct.own(text)
    return named_by(address.read(youtube.with_scheme(text)))


def named_by(found: Address) -> Link | PlaylistLink:
    """What an address names; LinkError if it cannot be played."""
    return youtube.read(found) if youtube.is_host(found.host) else direct.read(found)
