"""The home page: public rooms, and one form that starts or joins a room."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from rooms.core import room_search
from rooms.core.caller import Caller
from rooms.core.create_room import check_may_make, make_room
from rooms.errors import Invalid, Refusal
from rooms.live.lobby import MOST_ROOMS
from rooms.live.public_rooms import public_rooms
from rooms.models import Room, Visibility, hashed
from rooms.pages import rules_form
from rooms.pages.shared import caller_on_page, with_cookie


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What plays now in public rooms, and one form that makes a new one."""
    caller = caller_on_page(request)
    if request.method == "POST":
        return _create(request, caller)
    return _home(request, caller)


@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """Redirect to the room that a typed name, address or pasted link means."""
    code = request.GET.get("code", "").strip()
    caller = caller_on_page(request)
    way = room_search.way_to(code, caller)
    if way is None:
        errors, values = {"code": room_search.why_not(code)}, {"code": code[: room_search.LONGEST_CODE]}
        return _home(request, caller, errors=errors, values=values, like=room_search.rooms_like(code), status=404)
    return HttpResponseRedirect(way)


def _create(request: HttpRequest, caller: Caller) -> HttpResponse:
    is_temporary = "temporary" in request.POST
    name, visibility = request.POST.get("name", ""), request.POST.get("visibility", Visibility.UNLISTED)
    try:
        if visibility not in Visibility.values:
            message = gettext("“%(visibility)s” is no visibility; public, unlisted and private are.")
            raise Invalid(message % {"visibility": visibility[:20]})
        rules, password = rules_form.rules_of(request.POST), request.POST.get("password", "")
        secret = hashed(password) if password else None
        with transaction.atomic():
            check_may_make(caller)
            made, _owner = make_room(name, caller, visibility, rules, password=secret, is_permanent=not is_temporary)
    except Refusal as refusal:
        errors = _shown(refusal)
        values = {"name": name, "visibility": visibility, "temporary": "1" if is_temporary else ""}
        response = _home(request, caller, errors=errors, values=values, status=refusal.status)
        if refusal.retry_after_s is not None:
            response["Retry-After"] = str(refusal.retry_after_s)
        return response
    return with_cookie(caller, request, HttpResponseRedirect(made.get_absolute_url()))


def _shown(refusal: Refusal) -> dict[str, str]:
    """The errors by the field below which they stand: those of rules stand below all of them."""
    fields = refusal.fields or {"name": refusal.message}
    return {name if name in ("name", "visibility") else "rules": message for name, message in fields.items()}


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
    rooms = found[:MOST_ROOMS]
    if not search and "all" not in request.GET:
        # Where nothing plays and nobody is, there is nothing to join, unless there is nothing else.
        rooms = [room for room in rooms if room["playing"] or room["listeners"]] or rooms
    context = {
        "may_make": settings.ANYONE_MAY_MAKE_ROOMS or caller.has_account,
        "rooms": rooms,
        "are_more": len(found) > MOST_ROOMS,
        "are_quiet": len(rooms) < len(found[:MOST_ROOMS]),
        "all_play": all(room["playing"] for room in rooms),
        "most": MOST_ROOMS,
        "search": search,
        "like": like or [],
        "errors": errors or {},
        "values": values or {},
        "rules": rules_form.fields(),
    }
    return with_cookie(caller, request, render(request, "rooms/home.html", context, status=status))
