"""The rooms in which the caller holds a role, on every device for an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rooms.live.public_rooms import as_listed
from rooms.models import Member, Room
from rooms.models.member import banned_now
from rooms.models.roles import Role
from rooms.pages.shared import caller_on_page, with_cookie

MOST_ROOMS = 200
"""The first of them, by role: more fill no page that is read."""


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The caller's open rooms, each with their role and what plays there; owned ones come first."""
    caller = caller_on_page(request)
    held = Member.objects.filter(caller.in_places, role__gte=Role.MEMBER, room__closed_at=None).exclude(banned_now())
    roles: dict[int, Role] = {}
    for room_id, role in held.order_by("-role", "-joined_at").values_list("room_id", "role")[:MOST_ROOMS]:
        roles.setdefault(room_id, Role(role))
    rooms = {room.pk: room for room in Room.objects.open().whole().filter(pk__in=roles)}
    listed = {room["slug"]: room for room in as_listed(list(rooms.values()))}
    places = [
        {"role": role.said, "room": listed[rooms[room_id].slug]}
        for room_id, role in roles.items()
        if room_id in rooms and rooms[room_id].slug in listed
    ]
    context = {"places": places, "main_class": "mine"}
    return with_cookie(caller, request, render(request, "rooms/mine.html", context))
