"""A provider of oEmbed (https://oembed.com): other sites ask how to show a link to a room."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from rooms.core.caller import Caller
from rooms.core.find_room import find_room
from rooms.errors import Invalid, Refusal, Unidentified, Unknown
from rooms.models import Room
from rooms.pages.link_preview import EMBED_SIZE_PX, embed_code

PAGES = ("room", "room-tv", "room-embed")
"""The pages that stand for a room, by the names of their addresses."""

LEAST_SIZE_PX = (280, 290)
"""YouTube asks for 200 pixels of height for its player; below it there is a line of what plays."""

CACHE_AGE_S = 300


class NotOffered(Refusal):
    """A form of answer that this provider does not have."""

    status, code = 501, "not-offered"


@require_safe
def oembed(request: HttpRequest) -> JsonResponse:
    """How to show the room that ``url`` leads to: its player where frames are allowed, else a link.

    The caller counts as a stranger, whatever cookies come along: the answer ends up in a page for all readers.
    """
    try:
        response = JsonResponse(_answer_for(request))
    except Refusal as refusal:
        response = JsonResponse(refusal.as_json(), status=refusal.status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _answer_for(request: HttpRequest) -> dict[str, Any]:
    wanted = request.GET.get("format", "json")
    if wanted != "json":
        raise NotOffered(gettext("The format “%(format)s” is not offered; json is.") % {"format": wanted[:20]})
    width_px, height_px = EMBED_SIZE_PX
    width_px, height_px = _at_most(request, "maxwidth", width_px), _at_most(request, "maxheight", height_px)
    room = _room_of(request)
    described: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": room.name,
        "provider_name": "Musicrooms",
        "provider_url": request.build_absolute_uri("/"),
        "cache_age": CACHE_AGE_S,
    }
    if settings.EMBED_ANCESTORS and width_px >= LEAST_SIZE_PX[0] and height_px >= LEAST_SIZE_PX[1]:
        html = embed_code(request, room, width_px, height_px)
        described |= {"type": "rich", "html": html, "width": width_px, "height": height_px}
    return described


def _at_most(request: HttpRequest, name: str, preferred_px: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return preferred_px
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        message = gettext("%(name)s is “%(value)s”; it is a number of pixels.") % {"name": name, "value": text[:20]}
        raise Invalid(message)
    return min(preferred_px, int(text))


def _room_of(request: HttpRequest) -> Room:
    url = request.GET.get("url", "")
    slug = _slug_in(request, url)
    room = find_room(slug, Caller()) if slug else None
    if room is None:
        raise Unknown(gettext("“%(url)s” is no address of a room here.") % {"url": url[:200]})
    if Caller().place_in(room).needs_password:
        raise Unidentified(gettext("That room has a password: link to it instead."))
    return room


def _slug_in(request: HttpRequest, url: str) -> str:
    """The slug of the room whose page ``url`` names; empty if it names something else."""
    try:
        parts = urlsplit(url)
        match = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return ""
    is_here = parts.scheme in ("http", "https") and parts.netloc.lower() == request.get_host().lower()
    return str(match.kwargs["slug"]) if is_here and match.url_name in PAGES else ""
