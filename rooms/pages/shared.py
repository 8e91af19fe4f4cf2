"""Helpers of all pages: the caller, the room's snapshot, and the answer where there is no room."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import current_snapshot
from rooms.core.client_address import address_of_request
from rooms.core.find_room import find_or_none_such, known_room, open_room
from rooms.core.invitations import standing
from rooms.core.ownership import closed_room
from rooms.core.person import Person
from rooms.errors import PasswordNeeded, Refusal, Unknown
from rooms.live.hub import hub
from rooms.models import Member, Room, Visibility
from rooms.models.roles import Role

View = Callable[..., HttpResponse]


def caller_on_page(request: HttpRequest) -> Caller:
    """The caller of a page: always a person, a new one if the browser has neither account nor valid cookie."""
    caller = Caller.by_browser(Person.of_cookies(request.COOKIES), request.user, address_of_request(request))
    if caller.person is None:
        caller.person, caller.is_new = Person.new(), True
    return caller


def snapshot_on_page(slug: str, caller: Caller, most_entries: int | None = None) -> tuple[Room, dict[str, Any]]:
    """The room of that slug and its snapshot, as its pages embed it; raises Unknown if there is none for ``caller``.

    Of the queue that is ``most_entries`` at most, if given.
    """
    found = open_room(slug, caller, is_whole=True)
    parts = current_snapshot(found, now_ms(), most_entries)
    return found, parts | {"people": hub.people(found.pk, caller.place_in(found).person_id), "server_now_ms": now_ms()}


def shows_gone(view: View) -> View:
    """``view``, with the page that says why as its answer where it raises Unknown or PasswordNeeded."""

    @wraps(view)
    def answered(request: HttpRequest, slug: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, slug, **kwargs)
        except (Unknown, PasswordNeeded) as refusal:
            return no_entry(request, slug, refusal)

    return answered


def no_entry(request: HttpRequest, slug: str, refusal: Unknown | PasswordNeeded) -> HttpResponse:
    """The page in place of a room that the caller may not know of, or not enter yet."""
    if isinstance(refusal, PasswordNeeded):
        caller = caller_on_page(request)
        return password_page(request, known_room(slug, caller), caller)
    return gone(request, slug)


def gone(request: HttpRequest, slug: str) -> HttpResponse:
    """The 404 page of a room that does not exist, or that the caller may not know of; its owner may reopen it.

    Who was banned is told so, until when, and why.
    """
    caller = caller_on_page(request)
    context = {"slug": slug, "was_closed": closed_room(slug, caller) is not None, "ban": _ban_of(slug, caller)}
    return render(request, "rooms/gone.html", context, status=404)


def _ban_of(slug: str, caller: Caller) -> Member | None:
    room = find_or_none_such(slug)
    ban = caller.place_in(room).ban
    # Of a private room nobody else at the same address is told.
    is_told = ban is not None and (room.visibility != Visibility.PRIVATE or ban.pk in _own(caller, room))
    return ban if is_told else None


def _own(caller: Caller, room: Room) -> list[int]:
    return [member.pk for member in caller.place_in(room).members]


def over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page that says why what was asked for did not work."""
    response = render(request, "rooms/over.html", {"message": refusal.message}, status=refusal.status)
    if refusal.retry_after_s is not None:
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


def password_page(
    request: HttpRequest, room: Room, caller: Caller, problem: str = "", status: int = 403
) -> HttpResponse:
    """The page that asks for a room's password."""
    return door_page(
        request,
        caller,
        heading=room.name,
        text=gettext("This room opens with a password. Whoever sent you the link knows it."),
        button=gettext("Enter"),
        action=reverse("enter", args=[room.slug]),
        asks_password=True,
        problem=problem,
        status=status,
    )


def door_page(request: HttpRequest, caller: Caller, *, status: int = 200, **context: object) -> HttpResponse:
    """A page before a room, with one button that does what it says."""
    return with_cookie(caller, request, render(request, "rooms/door.html", context, status=status))


def expect(caller: Caller, room: Room) -> None:
    """Tell the hub that the caller's page is about to listen, so that a reload is no departure."""
    if person_id := caller.place_in(room).person_id:
        hub.expect(room.pk, person_id)


def share_link(request: HttpRequest, caller: Caller, room: Room) -> str:
    """The link by which the caller invites others.

    The address of a private room admits members only, so that its hosts share an invitation.
    """
    is_private = room.visibility == Visibility.PRIVATE and caller.place_in(room).may(Action.INVITE)
    invitation = standing(room, Role.MEMBER) if is_private else None
    return request.build_absolute_uri((invitation or room).get_absolute_url())


def code_of(link: str) -> str:
    """The address of a picture of ``link``, which leads to a room or is an invitation."""
    return f"{urlsplit(link).path}/qr"


def with_cookie(caller: Caller, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with the caller's signed cookie."""
    if caller.person is not None:
        caller.person.keep(request, response)
    response["Cache-Control"] = "private, no-cache"
    return response
