"""Links to tracks of this server's own library: ``/library/7``, also through a room and with this site's host."""

from __future__ import annotations

import re

from players.links.link import Link
from players.links.moments import fragment_span, moment_ms, ordered

PATH = r"(?:/r/[^/?#\s]+)?/library/(?P<id>[1-9][0-9]{0,17})"
"""The path of a track, with or without the room that plays it."""

_LINK = re.compile(rf"(?:https?://(?P<host>[^/?#\s]+))?{PATH}/?(?:\?[^#]*)?(?:#(?P<fragment>.*))?", re.IGNORECASE)


def read(text: str, site: str = "") -> Link | None:
    """The track that ``text`` names, by a path or by an address on the host ``site``; None if it names none."""
    match = _LINK.fullmatch(text)
    if match is None or (match["host"] is not None and match["host"].lower() != site.lower()):
        return None
    start, end = fragment_span(match["fragment"] or "")
    start_ms, end_ms = ordered(moment_ms(start), moment_ms(end))
    return link_of(match["id"], start_ms, end_ms)


def link_of(media_id: str, start_ms: int | None = None, end_ms: int | None = None) -> Link:
    """The link to the track of that id."""
    return Link("library", media_id, f"/library/{media_id}", start_ms, end_ms, kind="audio", title="")
