"""Adding a link without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from players import adding
from rooms.change import change
from rooms.clock import now_ms
from rooms.errors import Refusal
from rooms.views import caller_on_page, room_on_page


@require_POST
def add_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the posted link and show the room again, with a sentence if it could not be added."""
    caller = caller_on_page(request)
    room = room_on_page(slug, caller)
    try:
        caller.check_may_add(room)
        links = adding.links_of(request.POST.get("url", ""))
        with change(room, now_ms(), by=caller.name_in(room)) as lent:
            adding.add(lent, links, after=None, at_end=True, caller=caller)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    response = HttpResponseRedirect(room.get_absolute_url())
    if caller.person:
        caller.person.keep(request, response)
    return response
