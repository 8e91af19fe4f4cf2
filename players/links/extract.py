"""Takes the links out of what people paste: a chat message, a mail, a page's embed code, a list.

There is one extractor, this one, for the page, its fields, drops, files, the admin and the API. What it cannot use it
gives back with a reason, so that the person who pasted it is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.utils.translation import gettext

from players.links import MAX_LENGTH, MAX_LINKS, library, named_by, pages, parse
from players.links import address as addresses
from players.links.candidates import candidates
from players.links.characters import printable
from players.links.link import Link, LinkError, PlaylistLink, not_a_link, refuse_unreadable
from players.links.markup import plain
from players.links.mixed import secured
from players.links.wraps import unwrapped
from players.links.youtube import is_host, with_scheme

MOST_SHOWN = 200
"""Characters of a refused text that are given back: enough to know it again."""

_INVISIBLE = re.compile("[\ufeff\u200b\u2060]")
_ENCODED = re.compile(r"https?%3A%2F%2F", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=//)[^/?#\s]*@")
_SERVICE_SCHEMES = {"spotify:": "Spotify", "deezer:": "Deezer", "tidal:": "Tidal"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A piece of a pasted text that cannot be played, and the sentence that says why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extract:
    """What a pasted text holds, each in its order."""

    links: list[Link | PlaylistLink] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def extract(text: str, *, is_https: bool = False, most: int = MAX_LINKS, site: str = "") -> Extract:
    """The links in ``text`` and what could not be understood; LinkError if there are more than ``most``.

    On a site that is on ``is_https`` a link plays by ``https://`` or is refused; ``site`` is its host. A text without
    a single address is refused as a whole; words around an address are not.
    """
    found = list(candidates(plain(_INVISIBLE.sub("", text))))
    check_number(len(found), most)
    held = Extract()
    for piece in found or [text.strip()]:
        try:
            held.links.append(understood(piece, is_https=is_https, site=site) if found else _whole(piece))
        except LinkError as error:
            held.refused.append(Refused(told(piece), str(error)))
    return held


def check_number(count: int, most: int) -> None:
    """Raise LinkError if ``count`` links are too many at once."""
    if count > most:
        message = gettext("There are %(count)s links; at most %(most)s at once are allowed.")
        raise LinkError(message % {"count": f"{count:,}", "most": most})


def understood(piece: str, *, is_https: bool, site: str) -> Link | PlaylistLink:
    """What one address names, wraps of others taken off; LinkError if it cannot be played."""
    if (own := library.read(piece, site)) is not None:
        return own
    if _ENCODED.match(piece):
        piece = unquote(piece)
    for scheme, name in _SERVICE_SCHEMES.items():
        if piece.lower().startswith(scheme):
            raise pages.refused_service(piece, name)
    refuse_unreadable(piece)
    found = unwrapped(addresses.read(_absolute(piece)))
    pages.refuse_unplayable(found)
    return named_by(secured(found) if is_https and not is_host(found.host) else found)


def _absolute(piece: str) -> str:
    """``piece`` with its scheme, where it is known without: of YouTube, and of pages that are refused by name."""
    host = piece.removeprefix("//").partition("/")[0].lower()
    return f"https://{piece.removeprefix('//')}" if pages.named(host) else with_scheme(piece)


def _whole(text: str) -> Link | PlaylistLink:
    """Nothing in ``text`` looks like an address: what it is instead is said by the reader of one link."""
    if len(text.split()) < 2:
        return parse(text)
    raise not_a_link(text)


def told(piece: str) -> str:
    """``piece`` as it is given back: without a password, printable, and not longer than is needed."""
    bare = _PASSWORD.sub("…@", piece[: MAX_LENGTH + 1])
    return printable(bare if len(bare) <= MOST_SHOWN else bare[: MOST_SHOWN - 1] + "…")
