"""Adding pasted text to a queue: links are parsed, a playlist expanded, titles looked up afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from players import youtube
from players.adding import limits, look_ups
from players.library import access as library_access
from players.links import MAX_LINKS, Link, LinkError, PlaylistLink, parse
from players.links.extract import extract
from players.models import Entry, check_part
from rooms.core.caller import Caller
from rooms.core.one_at_a_time import give_way
from rooms.errors import Invalid, Unavailable
from rooms.fair_pool import FairPool, Full
from rooms.models import Room
from rooms.models.roles import Role
from rooms.shapes.queue import RefusedJson

_MOST_REASONS = 3

_playlists = FairPool("playlist", threads=2, most_waiting=8, most_of_a_group=2)
"""Callers wait for these, each in a thread of its request, so there are few; the others are asked to come again."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text holds: one link at least, a playlist opened, and what of it was refused."""

    links: list[Link]
    refused: list[RefusedJson]
    is_one: bool
    """Whether it is one link to one piece and nothing else, so that the answer is one entry and no list."""


def read(text: str, room_id: int = 0, most: int = MAX_LINKS, *, site: str = "") -> Pasted:
    """The links in ``text``, at most so many, to the library also with the host ``site``; raises as ``opened`` does."""
    try:
        found = extract(text, is_https=settings.HTTPS, most=most, site=site)
    except LinkError as error:
        raise Invalid(str(error), fields={"url": str(error)}) from None
    return opened(found.links, [{"text": one.text, "reason": one.reason} for one in found.refused], room_id)


def opened(found: Iterable[Link | PlaylistLink], refused: list[RefusedJson], room_id: int = 0) -> Pasted:
    """``found`` with its playlist opened; raises Invalid if nothing is left to play, Unavailable if YouTube is silent.

    One playlist is opened, since its entries are the answer, and others are refused: the caller waits for YouTube, in
    their room's turn, before any room is locked.
    """
    links: list[Link] = []
    parts = list(found)
    playlists = [one for one in parts if isinstance(one, PlaylistLink)]
    for one in parts:
        if isinstance(one, Link):
            try:
                check_part(one.start_ms, one.end_ms)
            except Invalid as problem:
                refused.append({"text": one.url, "reason": problem.message})
                continue
            links.append(one)
        elif one.playlist_id != playlists[0].playlist_id:
            message = gettext("One playlist at a time is opened; add %(url)s by itself.")
            refused.append({"text": one.url, "reason": message % {"url": one.url}})
        elif one is playlists[0]:
            try:
                videos = _videos(one, room_id)
            except Invalid as problem:
                refused.append({"text": one.url, "reason": problem.message})
                continue
            links += videos
            if len(videos) >= youtube.MAX_ENTRIES:
                message = gettext(
                    "Of the playlist %(id)s the first %(count)s videos were added: YouTube names no more of them to a "
                    "server without a key. Add the others by their own links."
                )
                refused.append({"text": one.url, "reason": message % {"id": one.playlist_id, "count": len(videos)}})
    if not links:
        message = told(refused) or gettext("There is no link in it that can be played.")
        raise Invalid(message, fields={"url": message})
    return Pasted(links, refused, len(parts) == 1 and not playlists and not refused)


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

    Raises Invalid if the queue would grow too long, if too much of it would be one guest's, or if the room's limits
    leave none of them; and Forbidden if they are all of the library, which is not for the caller.
    """
    member = caller.join(room, Role.GUEST)
    links = library_access.allowed(links, caller, refused, room)
    links = limits.kept(room, links, member, refused, is_host=caller.place_in(room).role >= Role.HOST)
    entries = room.queue.add(links, now_ms, after=after, at_end=at_end, is_next=is_next, member=member)
    look_ups.follow_up_on_commit((entry.track for entry in entries), room.pk)
    return entries


def _videos(playlist: PlaylistLink, room_id: int) -> list[Link]:
    """The videos of a playlist, as far as YouTube tells them."""
    if not connection.in_atomic_block:
        connection.close()  # others can use it while YouTube thinks
    give_way()
    question = partial(youtube.playlist, playlist.playlist_id, base_url=settings.PLAYLIST_FEED_URL)
    try:
        items = _playlists.ask(room_id, question, youtube.TIMEOUT_S)
    except Full:
        message = gettext("So many playlists are being opened that %(id)s has to wait; try again in a moment.")
        raise Unavailable(message % {"id": playlist.playlist_id}, retry_after_s=5) from None
    except (youtube.Unavailable, TimeoutError):
        message = gettext("YouTube could not be asked about the playlist %(id)s; try again in a moment.")
        raise Unavailable(message % {"id": playlist.playlist_id}, retry_after_s=10) from None
    if not items:
        message = gettext("The YouTube playlist %(id)s is empty or private.")
        raise Invalid(message % {"id": playlist.playlist_id})
    links = [parse(f"https://www.youtube.com/watch?v={media_id}") for media_id, _title in items]
    return [link for link in links if isinstance(link, Link)]
