"""Current state of the rooms in a browser's history, which only the browser itself keeps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from rooms.live.public_rooms import as_listed
from rooms.models import Room, Visibility
from rooms.pages.shared import caller_on_page
from rooms.shapes.room import ListedRoomJson

MOST_ROOMS = 12
"""As many as the page keeps."""


@require_GET
def recent(request: HttpRequest) -> JsonResponse:
    """Those of the rooms named ``room`` that are open to this browser, and what plays in the public ones."""
    caller = caller_on_page(request)
    slugs = request.GET.getlist("room")[:MOST_ROOMS]
    found = Room.objects.open().whole().filter(slug__in=slugs)
    rooms = {room.slug: room for room in found if caller.place_in(room).may_know}
    items = [_item(rooms[item["slug"]], item) for item in as_listed(list(rooms.values()))]
    response = JsonResponse({"items": items})
    response["Cache-Control"] = "private, no-store"
    return response


def _item(room: Room, item: ListedRoomJson) -> dict[str, Any]:
    """``created_at_ms`` tells the room from another that got its slug after it was closed."""
    is_public = room.visibility == Visibility.PUBLIC
    unseen = {} if is_public else {"listeners": 0, "playing": False, "entry": None}
    return {**item, **unseen, "created_at_ms": int(room.created_at.timestamp() * 1000)}
