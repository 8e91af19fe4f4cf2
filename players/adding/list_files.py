"""Files of links, brought into a queue and written from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext

from players.adding import add_links
from players.links import MAX_LENGTH, Link, LinkError, Listed, PlaylistLink
from players.links import address as addresses
from players.links.extract import check_number, told, understood
from players.links.files import Format, Item, items_of
from players.links.mixed import secured
from players.links.moments import ordered
from rooms.errors import Invalid
from rooms.models import Room
from rooms.shapes.player import EntryJson
from rooms.shapes.queue import RefusedJson


def read(data: bytes, room_id: int = 0, *, site: str = "") -> add_links.Pasted:
    """The links in a file, each with the title that it has there, and what was refused.

    Raises Invalid if there is none to play, or more than a queue holds: a list is taken whole or not at all.
    """
    try:
        items = items_of(data)
        if not isinstance(items, str):
            check_number(len(items), settings.MAX_QUEUE)
    except LinkError as error:
        raise Invalid(str(error)) from None
    if isinstance(items, str):
        if not items.strip():
            raise Invalid(gettext("The file is empty."))
        return add_links.read(items, room_id, settings.MAX_QUEUE, site=site)
    links: list[Link | PlaylistLink] = []
    refused: list[RefusedJson] = []
    for item in items:
        try:
            links.append(_link(item, site))
        except LinkError as error:
            refused.append({"text": told(item.address), "reason": str(error)})
    return add_links.opened(links, refused, room_id)


def written(room: Room, form: Format, absolute: Callable[[str], str]) -> str:
    """The queue of ``room`` as a file, with the addresses of this server's own media made ``absolute``."""
    return form.write(room.name, [_item(entry, absolute) for entry in room.queue.as_json()])


def _link(item: Item, site: str) -> Link | PlaylistLink:
    link = understood(item.address.strip().replace(" ", "%20"), is_https=settings.HTTPS, site=site)
    if isinstance(link, PlaylistLink):
        return link
    if item.start_ms is not None or item.end_ms is not None:
        start_ms, end_ms = ordered(item.start_ms, item.end_ms)
        link = replace(link, start_ms=start_ms, end_ms=end_ms)
    if link.provider != "direct":  # it is asked what its title is
        return link
    return replace(link, listed=Listed(item.title, item.artist, _artwork(item.artwork_url)))


def _artwork(url: str) -> str:
    """The address of a picture, as this site may show it; empty if it cannot."""
    try:
        found = addresses.read(url)
        found = secured(found) if settings.HTTPS else found
    except LinkError:
        return ""
    return found.url if len(found.url) <= MAX_LENGTH else ""


def _item(entry: EntryJson, absolute: Callable[[str], str]) -> Item:
    return Item(
        # Of the library without the room, which may be gone when the file is read.
        address=absolute(f"/library/{entry['media_id']}" if entry["provider"] == "library" else entry["url"]),
        title="" if entry["title"] == entry["url"] else entry["title"],
        artist=entry["artist"],
        artwork_url=absolute(entry["artwork_url"]) if entry["artwork_url"] else "",
        start_ms=entry["start_ms"],
        end_ms=entry["end_ms"],
        length_ms=entry["length_ms"],
    )
