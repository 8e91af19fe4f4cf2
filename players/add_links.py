"""Adding pasted text to a queue: links are parsed, playlists expanded, titles looked up afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext

from players import limits, youtube
from players.links import Link, LinkError, PlaylistLink, parse
from players.links.extract import extract
from players.models import Entry
from players.youtube import metadata
from rooms.core.caller import Caller
from rooms.errors import Invalid, Unavailable
from rooms.models import Room
from rooms.models.roles import Role
from rooms.shapes import RefusedJson

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text holds: one link at least, playlists opened, and what of it was refused."""

    links: list[Link]
    refused: list[RefusedJson]
    is_one: bool
    """Whether it is one link to one piece and nothing else, so that the answer is one entry and no list."""


def read(text: str) -> Pasted:
    """The links in ``text``; raises Invalid if there is none to play, Unavailable if YouTube is silent.

    Opening a playlist asks YouTube, so this is called before any room is locked.
    """
    try:
        found = extract(text, is_https=settings.HTTPS)
    except LinkError as error:
        raise Invalid(str(error), fields={"url": str(error)}) from None
    refused: list[RefusedJson] = [{"text": one.text, "reason": one.reason} for one in found.refused]
    links: list[Link] = []
    for one in found.links:
        try:
            links += [one] if isinstance(one, Link) else _opened(one)
        except Invalid as problem:
            refused.append({"text": one.url, "reason": problem.message})
    if not links:
        message = told(refused)
        raise Invalid(message, fields={"url": message})
    return Pasted(links, refused, len(found.links) == 1 and isinstance(found.links[0], Link) and not refused)


def told(refused: list[RefusedJson]) -> str:
    """The reasons for what was refused, each once, as far as people read on."""
    reasons = list(dict.fromkeys(one["reason"] for one in refused))
    return " ".join(reasons[:_MOST_REASONS])


def add(
    room: Room,
    links: list[Link],
    now_ms: int,
    *,
    after: Entry | None,
    at_end: bool,
    caller: Caller,
    is_next: bool = False,
    refused: list[RefusedJson] | None = None,
) -> list[Entry]:
    """Add ``links`` to the queue of a lent room; their titles follow as soon as their providers answered.

    What the room's limits take out is added to ``refused``.

    Raises Invalid if the queue would grow too long, or if the room's limits leave none of them; hosts are exempt.
    """
    if room.queue.length() + len(links) > settings.MAX_QUEUE:
        message = gettext("%(count)s more would be too many: a queue holds at most %(most)s entries.")
        raise Invalid(message % {"count": len(links), "most": settings.MAX_QUEUE})
    member = caller.join(room, Role.GUEST)
    if caller.role_in(room) < Role.HOST:
        links = limits.kept(room, links, member, refused)
    entries = room.queue.add(links, now_ms, after=after, at_end=at_end, is_next=is_next, member=member)
    unknown = [entry.track_id for entry in entries if metadata.is_wanted(entry.track)]
    transaction.on_commit(partial(metadata.follow_up, unknown))
    return entries


def _opened(playlist: PlaylistLink) -> list[Link]:
    if not connection.in_atomic_block:
        connection.close()  # others can use it while YouTube thinks
    try:
        items = youtube.playlist(playlist.playlist_id, base_url=settings.PLAYLIST_FEED_URL)
    except youtube.Unavailable:
        message = gettext("YouTube could not be asked about the playlist %(id)s; try again in a moment.")
        raise Unavailable(message % {"id": playlist.playlist_id}, retry_after_s=10) from None
    if not items:
        message = gettext("The YouTube playlist %(id)s is empty or private.")
        raise Invalid(message % {"id": playlist.playlist_id})
    links = [parse(f"https://www.youtube.com/watch?v={media_id}") for media_id, _title in items]
    return [link for link in links if isinstance(link, Link)]
