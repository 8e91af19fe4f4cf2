"""Helpers of all pages: the caller, the room, and the answer where there is none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import current_snapshot
from rooms.core.client_address import address_of_request
from rooms.core.person import Person
from rooms.live.hub import hub
from rooms.models import Room, Visibility
from rooms.models.roles import Role


def caller_on_page(request: HttpRequest) -> Caller:
    """Whoever looks at a page: always a person, a new one if the browser was never here."""
    person = Person.of_cookies(request.COOKIES) or Person.new()
    return Caller(person=person, user=request.user, address=address_of_request(request))


def room_on_page(slug: str, caller: Caller) -> Room:
    """The open room of that slug if the caller may know of it; else raises Http404."""
    found = Room.objects.find(slug)
    if found is None or not caller.may_read(found):
        raise RoomIsGone(slug)
    room = Room.objects.read(found.pk)
    if room is None:
        raise RoomIsGone(slug)
    return room


class RoomIsGone(Http404):
    """There is no such room, or not for this caller."""


def snapshot_on_page(slug: str, caller: Caller, most_entries: int | None = None) -> tuple[Room, dict[str, Any]]:
    """The room of that slug and what its pages are told at first; raises RoomIsGone or Unknown like those it calls.

    Of the queue that is ``most_entries`` at most, if given.
    """
    found = room_on_page(slug, caller)
    parts = current_snapshot(found, now_ms(), most_entries)
    return found, parts | {"people": hub.people(found.pk), "server_now_ms": now_ms()}


def gone(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that says that there is no such room, or not for this caller."""
    return render(request, "rooms/gone.html", {"slug": slug}, status=404)


def expect(caller: Caller, room: Room) -> None:
    """Have the room know that the caller's page is about to listen, as after a reload."""
    if person_id := listening_as(caller, room):
        hub.expect(room.pk, person_id)


def listening_as(caller: Caller, room: Room) -> UUID | None:
    """Whom the caller's stream counts as."""
    member = caller.member_of(room)
    return member.person if member else caller.person_id


def share_link(request: HttpRequest, caller: Caller, room: Room) -> str:
    """The link that the caller gives to others.

    The address of a private room lets nobody in: what its hosts share makes whoever opens it a member.
    """
    is_ticket = room.visibility == Visibility.PRIVATE and caller.role_in(room) >= Role.HOST
    return request.build_absolute_uri(room.role_link(Role.MEMBER) if is_ticket else room.get_absolute_url())


def with_cookie(caller: Caller, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with the cookie that makes the browser known again."""
    if caller.person is not None:
        caller.person.keep(request, response)
    response["Cache-Control"] = "private, no-cache"
    return response
