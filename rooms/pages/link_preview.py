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
    site = _site_of(request)
    url = site + room.get_absolute_url()
    return {
        "title": room.name,
        "description": _description(room, entry),
        "url": url,
        "image": request.build_absolute_uri(artwork or static("rooms/icons/icon-512.png")),
        "image_alt": entry["title"] if artwork else gettext("The Musicrooms mark"),
        "card": "summary_large_image" if artwork else "summary",
        "oembed": "" if room.visibility == Visibility.PRIVATE else _oembed_url(site, url),
    }


def screen_links(request: HttpRequest, room: Room) -> dict[str, str]:
    """The addresses of the room's other pages, as its sheet of links shows them.

    A private room has none for other programs and sites, where its members have no cookie and would not be let in.
    """
    site = _site_of(request)
    links = {"tv": site + reverse("room-tv", args=[room.slug]), "overlay": "", "embed_code": ""}
    if room.visibility != Visibility.PRIVATE:
        links["overlay"] = site + reverse("room-overlay", args=[room.slug])
        if settings.EMBED_ANCESTORS:
            links["embed_code"] = embed_code(request, room, *EMBED_SIZE_PX)
    return links


def embed_code(request: HttpRequest, room: Room, width_px: int, height_px: int) -> SafeString:
    """The HTML that shows the room's player in a page of another site."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" '
        'allow="autoplay; encrypted-media; fullscreen" loading="lazy"></iframe>',
        _site_of(request) + reverse("room-embed", args=[room.slug]),
        room.name,
        width_px,
        height_px,
    )


def _description(room: Room, entry: dict[str, Any] | None) -> str:
    if entry is None:
        return gettext("Listen together in %(room)s: everyone hears the same moment.") % {"room": room.name}
    track = f"{entry['title']} · {entry['artist']}" if entry["artist"] else entry["title"]
    return gettext("%(track)s. Listen together in %(room)s.") % {"track": track, "room": room.name}


def _oembed_url(site: str, url: str) -> str:
    query = urlencode({"url": url, "format": "json"})
    return f"{site}{reverse('oembed')}?{query}"


def _site_of(request: HttpRequest) -> str:
    """Scheme and host, which the paths of this server follow; to join each path to them would parse both again."""
    return request.build_absolute_uri("/").removesuffix("/")
