"""Helpers of all pages: the caller, the room's snapshot, and the answer where there is no room."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rooms.clock import now_ms
from rooms.core.access import Action, no_such_room
from rooms.core.caller import Caller
from rooms.core.change import current_snapshot
from rooms.core.client_address import address_of_request
from rooms.core.find_room import open_room
from rooms.core.person import Person
from rooms.errors import Unknown
from rooms.live.hub import hub
from rooms.models import Room, Visibility
from rooms.models.roles import Role

View = Callable[..., HttpResponse]


def caller_on_page(request: HttpRequest) -> Caller:
    """The caller of a page: always a person, a new one if the browser has no valid cookie."""
    person = Person.of_cookies(request.COOKIES) or Person.new()
    return Caller(person=person, user=request.user, address=address_of_request(request))


def snapshot_on_page(slug: str, caller: Caller, most_entries: int | None = None) -> tuple[Room, dict[str, Any]]:
    """The room of that slug and its snapshot, as its pages embed it; raises Unknown if there is none for ``caller``.

    Of the queue that is ``most_entries`` at most, if given.
    """
    found = open_room(slug, caller)
    whole = Room.objects.read(found.pk)
    if whole is None:
        raise no_such_room(slug)
    parts = current_snapshot(whole, now_ms(), most_entries)
    return found, parts | {"people": hub.people(found.pk, caller.listening_as(found)), "server_now_ms": now_ms()}


def shows_gone(view: View) -> View:
    """``view``, with the page “No room by that name” as its answer where it raises Unknown."""

    @wraps(view)
    def answered(request: HttpRequest, slug: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, slug, **kwargs)
        except Unknown:
            return gone(request, slug)

    return answered


def gone(request: HttpRequest, slug: str) -> HttpResponse:
    """The 404 page of a room that does not exist, or that the caller may not know of."""
    return render(request, "rooms/gone.html", {"slug": slug}, status=404)


def expect(caller: Caller, room: Room) -> None:
    """Tell the hub that the caller's page is about to listen, so that a reload is no departure."""
    if person_id := caller.listening_as(room):
        hub.expect(room.pk, person_id)


def share_link(request: HttpRequest, caller: Caller, room: Room) -> str:
    """The link by which the caller invites others.

    The address of a private room admits members only, so that its hosts share a link that makes a browser a member.
    """
    is_ticket = room.visibility == Visibility.PRIVATE and caller.may(room, Action.INVITE)
    return request.build_absolute_uri(room.role_link(Role.MEMBER) if is_ticket else room.get_absolute_url())


def with_cookie(caller: Caller, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with the caller's signed cookie."""
    if caller.person is not None:
        caller.person.keep(request, response)
    response["Cache-Control"] = "private, no-cache"
    return response
