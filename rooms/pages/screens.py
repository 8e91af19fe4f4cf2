"""A room's other pages: television, embedded player for other sites, and overlay for streaming software."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from rooms.core.caller import Caller
from rooms.core.client_address import address_of_request
from rooms.core.person import Person
from rooms.errors import Invalid
from rooms.models import Room
from rooms.pages.qr_code import inline_code
from rooms.pages.shared import caller_on_page, expect, share_link, shows_gone, snapshot_on_page, with_cookie

View = Callable[[HttpRequest, str], HttpResponse]


def _shows_errors(view: View) -> View:
    """``view``, with an error page as its answer where it finds no room, or raises Invalid for its query."""

    @shows_gone
    @wraps(view)
    def answered(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            return view(request, slug)
        except Invalid as invalid:
            return render(request, "rooms/refused.html", {"message": invalid.message}, status=invalid.status)

    return answered


def _embeddable(view: View) -> View:
    """Let the sites that EMBED_ANCESTORS names show in a frame what ``view`` answers."""
    if not settings.EMBED_ANCESTORS:
        return view
    framed: View = csp_replace({"frame-ancestors": settings.EMBED_ANCESTORS})(view)  # type: ignore[arg-type,assignment]
    return xframe_options_exempt(framed)


@require_safe
@_shows_errors
def tv(request: HttpRequest, slug: str) -> HttpResponse:
    """The room for a television, which counts as a listener; ``?mute=1`` makes it silent."""
    is_mute = _one_of(request, "mute", "0", "1") == "1"
    caller = caller_on_page(request)
    found, told = snapshot_on_page(slug, caller)
    expect(caller, found)
    context = {
        "is_mute": is_mute,
        "code": inline_code(share_link(request, caller, found)),
        "address": unquote(request.build_absolute_uri(found.get_absolute_url()).partition("://")[2]),
    }
    return with_cookie(caller, request, render(request, "rooms/tv.html", _context(caller, found, told) | context))


@_embeddable
@require_safe
@_shows_errors
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """A small player for pages of other sites. Browsers may withhold cookies there, so that it needs none."""
    return _without_a_name(request, slug, "rooms/embed.html", {})


@require_safe
@_shows_errors
def overlay(request: HttpRequest, slug: str) -> HttpResponse:
    """What plays, on a transparent background, for streaming software. It makes no sound itself."""
    look = {
        "theme": _one_of(request, "theme", "dark", "light"),
        "align": _one_of(request, "align", "left", "center", "right"),
    }
    return _without_a_name(request, slug, "rooms/overlay.html", look)


def _without_a_name(request: HttpRequest, slug: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page that sets no cookie: what opens it may be a program, or a reader of another site."""
    person = Person.of_cookies(request.COOKIES)
    caller = Caller.by_browser(person, request.user, address_of_request(request))
    found, told = snapshot_on_page(slug, caller)
    response = render(request, template, _context(caller, found, told) | context)
    response["Cache-Control"] = "private, no-cache"
    return response


def _context(caller: Caller, found: Room, told: dict[str, Any]) -> dict[str, Any]:
    place = caller.place_in(found)
    return {
        "snapshot": told,
        "room": told["room"],
        "player": told["player"],
        "role": place.role.word,
        "name": place.name,
    }


def _one_of(request: HttpRequest, name: str, *allowed: str) -> str:
    """What the query says of ``name``: one of those that are allowed, the first if it says nothing."""
    value = request.GET.get(name, allowed[0])
    if value not in allowed:
        message = gettext("“%(name)s” cannot be “%(value)s” here. Choose one of these: %(allowed)s.")
        raise Invalid(message % {"name": name, "value": value[:40], "allowed": ", ".join(allowed)})
    return value
