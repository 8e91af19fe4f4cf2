"""The pages: home, room, and the links that let people in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from rooms.clock import now_ms
from rooms.core import find_room
from rooms.core.caller import Caller, Person
from rooms.core.change import change, current_snapshot
from rooms.core.client_address import address_of_request
from rooms.core.create_room import check_may_make, make_room
from rooms.errors import Invalid, Refusal, Unknown
from rooms.live.hub import hub
from rooms.live.hub.lobby import MOST_ROOMS
from rooms.live.public_rooms import public_rooms
from rooms.models import Member, Room, Visibility, clean_nickname
from rooms.models.roles import Role
from rooms.pages.link_preview import preview_of, screen_links


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


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What plays now in public rooms, and one form that makes a new one."""
    caller = caller_on_page(request)
    if request.method == "POST":
        return _make(request, caller)
    return _home(request, caller)


@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """Go to the room of a name, an address or a link that somebody typed or pasted."""
    code = request.GET.get("code", "").strip()
    caller = caller_on_page(request)
    way = find_room.way_to(code, caller)
    if way is None:
        errors, values = {"code": find_room.why_not(code)}, {"code": code[: find_room.LONGEST_CODE]}
        return _home(request, caller, errors=errors, values=values, like=find_room.rooms_like(code), status=404)
    return HttpResponseRedirect(way)


@ensure_csrf_cookie
@require_safe
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The room's page."""
    return room_page(request, slug)


def room_page(
    request: HttpRequest,
    slug: str,
    *,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The room's page; after a form that was refused with what is wrong with its fields, and what they held."""
    caller = caller_on_page(request)
    try:
        found, told = told_on_page(slug, caller)
    except (RoomIsGone, Unknown):
        return gone(request, slug)
    expect(caller, found)
    role = caller.role_in(found)
    is_host = role >= Role.HOST
    context = {
        "snapshot": told,
        "room": told["room"],
        "player": told["player"],
        "queue": told["queue"],
        "people": told["people"],
        "problems": problems or {},
        "typed": typed or {},
        "role": role.word,
        "name": caller.name_in(found),
        "can": {
            "control": role >= found.control_role,
            "add": role >= found.add_role,
            "manage": role >= Role.OWNER,
        },
        "share_link": share_link(request, caller, found),
        "host_link": request.build_absolute_uri(found.role_link(Role.HOST)) if is_host else "",
        "preview": preview_of(request, found, told["player"]),
        "screens": screen_links(request, found),
    }
    return kept(caller, request, render(request, "rooms/room.html", context, status=status))


def told_on_page(slug: str, caller: Caller) -> tuple[Room, dict[str, Any]]:
    """The room of that slug and what its pages are told at first; raises RoomIsGone or Unknown like those it calls."""
    found = room_on_page(slug, caller)
    parts = current_snapshot(found, now_ms())
    return found, parts | {"people": hub.people(found.pk), "server_now_ms": now_ms()}


def gone(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that says that there is no such room, or not for this caller."""
    return render(request, "rooms/gone.html", {"slug": slug}, status=404)


def expect(caller: Caller, room: Room) -> None:
    """Have the room know that the caller's page is about to listen, as after a reload."""
    if person_id := _listening_as(caller, room):
        hub.expect(room.pk, person_id)


def share_link(request: HttpRequest, caller: Caller, room: Room) -> str:
    """The link that the caller gives to others.

    The address of a private room lets nobody in: what its hosts share makes whoever opens it a member.
    """
    is_ticket = room.visibility == Visibility.PRIVATE and caller.role_in(room) >= Role.HOST
    return request.build_absolute_uri(room.role_link(Role.MEMBER) if is_ticket else room.get_absolute_url())


@require_POST
def rename_me(request: HttpRequest, slug: str) -> HttpResponse:
    """Take another nickname, here and wherever this browser goes next."""
    caller = caller_on_page(request)
    found = room_on_page(slug, caller)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        name = clean_nickname(request.POST.get("name", ""))
    except Invalid as invalid:
        if wants_json:
            return JsonResponse(invalid.as_json(), status=invalid.status)
        problems, typed = {"name": invalid.message}, {"name": request.POST.get("name", "")}
        return room_page(request, slug, problems=problems, typed=typed, status=invalid.status)
    assert caller.person is not None
    caller.person = caller.person.renamed(name)
    for member in Member.objects.filter(person=caller.person.id, room__closed_at=None).select_related("room"):
        with suppress(Unknown), change(member.room, now_ms(), by=name) as lent:  # closed meanwhile: nothing to rename
            lent.members.get(pk=member.pk).rename(name)
    hub.rename(found.pk, caller.person.id, name)
    response = JsonResponse({"name": name}) if wants_json else HttpResponseRedirect(found.get_absolute_url())
    return kept(caller, request, response)


@require_POST
def say_goodbye(request: HttpRequest, slug: str) -> HttpResponse:
    """Hear from a page that it is being left, so that the others see it at once."""
    caller = caller_on_page(request)
    found = room_on_page(slug, caller)
    if person_id := _listening_as(caller, found):
        hub.goodbye(found.pk, person_id)
    return HttpResponse(status=204)


@require_safe
def take_role(request: HttpRequest, slug: str, ticket: str) -> HttpResponse:
    """Open a link that gives a role: become a host or a member, and go to the room."""
    caller = caller_on_page(request)
    found = Room.objects.find(slug)
    role = found.role_of_ticket(ticket) if found else None
    if found is None or role is None:
        return gone(request, slug)
    response = HttpResponseRedirect(found.get_absolute_url())
    if request.method == "GET":
        with change(found, now_ms(), by=caller.name_in(found)) as lent:
            member = caller.member_of(lent)
            if member is None or member.banned_at is None:
                caller.join(lent, role)
        kept(caller, request, response)
    return response


def _listening_as(caller: Caller, room: Room) -> UUID | None:
    """Whom the caller's stream counts as."""
    member = caller.member_of(room)
    return member.person if member else caller.person_id


def _make(request: HttpRequest, caller: Caller) -> HttpResponse:
    name, visibility = request.POST.get("name", ""), request.POST.get("visibility", Visibility.UNLISTED)
    try:
        check_may_make(caller)
        if visibility not in Visibility.values:
            message = gettext("“%(visibility)s” is no visibility; public, unlisted and private are.")
            raise Invalid(message % {"visibility": visibility[:20]})
        made, _owner = make_room(name, caller, visibility)
    except Refusal as refusal:
        errors = refusal.fields or {"name": refusal.message}
        values = {"name": name, "visibility": visibility}
        response = _home(request, caller, errors=errors, values=values, status=refusal.status)
        if refusal.retry_after_s is not None:
            response["Retry-After"] = str(refusal.retry_after_s)
        return response
    return kept(caller, request, HttpResponseRedirect(made.get_absolute_url()))


def _home(
    request: HttpRequest,
    caller: Caller,
    *,
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    like: list[Room] | None = None,
    status: int = 200,
) -> HttpResponse:
    search = request.GET.get("search", "")[:80]
    found = public_rooms(search, limit=MOST_ROOMS + 1)
    context = {
        "rooms": found[:MOST_ROOMS],
        "are_more": len(found) > MOST_ROOMS,
        "plays": any(room["playing"] for room in found),
        "most": MOST_ROOMS,
        "search": search,
        "like": like or [],
        "errors": errors or {},
        "values": values or {},
    }
    return kept(caller, request, render(request, "rooms/home.html", context, status=status))


def kept(caller: Caller, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with the cookie that makes the browser known again."""
    if caller.person is not None:
        caller.person.keep(request, response)
    response["Cache-Control"] = "private, no-cache"
    return response
