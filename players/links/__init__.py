"""Understands a pasted link: a YouTube video, a YouTube playlist, or an audio or video file on the web.

Nothing here imports a framework, and nothing fetches anything: what a link says is all that is known.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.utils.translation import gettext

from players.links import address, direct, youtube
from players.links.address import Address
from players.links.characters import FORBIDDEN
from players.links.link import MAX_LENGTH, Link, LinkError, PlaylistLink, refusal, too_long

__all__ = ["MAX_LENGTH", "MAX_LINKS", "Link", "LinkError", "PlaylistLink", "named_by", "parse"]

MAX_LINKS = 200
"""Links that one paste may hold: more than anyone picks by hand, and few enough for one transaction."""

_ENCODED = re.compile(r"https?%3A%2F%2F", re.IGNORECASE)
# Clipboards add these at the ends, where nobody sees them.
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2067\u2068\u2069"


def parse(text: str, *, own_media: bool = False) -> Link | PlaylistLink:
    """What the one link in ``text`` names; LinkError, and no other error, if it cannot be played.

    With ``own_media`` an absolute path of a file on this server is a link too: for trusted callers only.
    """
    text = text.strip().strip(_INVISIBLE).strip()
    if _ENCODED.match(text):
        text = unquote(text)
    _refuse_unreadable(text)
    if own_media and text.startswith("/") and not text.startswith("//"):
        return direct.own(text)
    return named_by(address.read(youtube.with_scheme(text)))


def named_by(found: Address) -> Link | PlaylistLink:
    """What an address names; LinkError if it cannot be played."""
    return youtube.read(found) if youtube.is_host(found.host) else direct.read(found)


def _refuse_unreadable(text: str) -> None:
    if not text:
        raise refusal(
            text,
            gettext(
                "%(value)s is not a link; allowed is a YouTube link, or an http:// or https:// address of an audio or "
                "video file."
            ),
        )
    if len(text) > MAX_LENGTH:
        raise too_long(text)
    if FORBIDDEN.search(text):
        raise refusal(text, gettext("%(value)s has a space or an invisible character inside; a link may have none."))
