"""Link unfurling: a room's Open Graph data, its embed code, and the addresses of its other pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from rooms.models import Room, Visibility

EMBED_SIZE_PX = (480, 360)
"""A video of 16:9, and the line of what plays below it."""


def preview_of(request: HttpRequest, room: Room, player: dict[str, Any]) -> dict[str, str]:
    """The Open Graph and Twitter Card fields of the room's page, from which other sites make a preview."""
    entry = player["entry"]
    artwork = entry["artwork_url"] if entry else ""
    return {
        "title": room.name,
        "description": _description(room, entry),
        "url": request.build_absolute_uri(room.get_absolute_url()),
        "image": request.build_absolute_uri(artwork or static("rooms/icons/icon-512.png")),
        "image_alt": entry["title"] if artwork else gettext("The Musicrooms mark"),
        "card": "summary_large_image" if artwork else "summary",
        "oembed": "" if room.visibility == Visibility.PRIVATE else _oembed_url(request, room),
    }


def screen_links(request: HttpRequest, room: Room) -> dict[str, str]:
    """The addresses of the room's other pages, as its sheet of links shows them.

    A private room has none for other programs and sites, where its members have no cookie and would not be let in.
    """
    links = {"tv": _absolute(request, "room-tv", room)}
    if room.visibility != Visibility.PRIVATE:
        links["overlay"] = _absolute(request, "room-overlay", room)
        if settings.EMBED_ANCESTORS:
            links["embed_code"] = embed_code(request, room, *EMBED_SIZE_PX)
    return links


def embed_code(request: HttpRequest, room: Room, width_px: int, height_px: int) -> SafeString:
    """The HTML that shows the room's player in a page of another site."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" '
        'allow="autoplay; encrypted-media; fullscreen" loading="lazy"></iframe>',
        _absolute(request, "room-embed", room),
        room.name,
        width_px,
        height_px,
    )


def _description(room: Room, entry: dict[str, Any] | None) -> str:
    if entry is None:
        return gettext("Listen together in %(room)s: everyone hears the same moment.") % {"room": room.name}
    track = f"{entry['title']} · {entry['artist']}" if entry["artist"] else entry["title"]
    return gettext("%(track)s. Listen together in %(room)s.") % {"track": track, "room": room.name}


def _oembed_url(request: HttpRequest, room: Room) -> str:
    query = urlencode({"url": request.build_absolute_uri(room.get_absolute_url()), "format": "json"})
    return request.build_absolute_uri(f"{reverse('oembed')}?{query}")


def _absolute(request: HttpRequest, name: str, room: Room) -> str:
    return request.build_absolute_uri(reverse(name, args=[room.slug]))
