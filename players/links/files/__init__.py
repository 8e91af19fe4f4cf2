"""Files of links: M3U, PLS, XSPF, JSON and plain text, in whatever encoding their programs write them.

Each format has a parser of its own, since a search for addresses would lose titles and find what is no entry.
"""

from __future__ import annotations

import re

from players.links.files import json_list, m3u, pls, xspf
from players.links.files.decoding import decoded
from players.links.files.item import Item
from players.links.files.writing import FORMATS, Format

__all__ = ["FORMATS", "Format", "Item", "items_of"]

_XSPF = re.compile(r"<(?:\w+:)?playlist\b", re.IGNORECASE)
_PLS = re.compile(r"\s*\[playlist\]", re.IGNORECASE)
_M3U = re.compile(r"^[ \t]*#EXT(?:M3U|INF|VLCOPT)", re.MULTILINE | re.IGNORECASE)
_LOOKED_AT = 4_000
"""Characters at the beginning of a file that tell its format."""


def items_of(data: bytes) -> list[Item] | str:
    """The entries of the list in a file, or its text if it is none in a known format; LinkError if it is broken."""
    text = decoded(data)
    beginning = text.lstrip()[:_LOOKED_AT]
    if beginning.startswith("<") and _XSPF.search(beginning):
        return xspf.items(text.lstrip())
    if _PLS.match(beginning):
        return pls.items(text)
    if beginning.startswith(("{", "[")) and (items := json_list.items(text)) is not None:
        return items
    return m3u.items(text) if _M3U.search(beginning) else text
