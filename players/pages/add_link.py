"""The form that adds a link, for browsers without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from players.adding import add_links
from players.models import Entry
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.errors import Refusal
from rooms.pages.room import room_page
from rooms.pages.shared import caller_on_page, shows_gone


@require_POST
@shows_gone
def add_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the posted link and show the room again, with a sentence that says what came of it."""
    caller = caller_on_page(request)
    room = open_room(slug, caller)
    url = request.POST.get("url", "")
    try:
        caller.place_in(room).check_may(Action.ADD)
        pasted = add_links.read(url, room.pk, site=request.get_host())
        now = now_ms()
        with change(room, now, by=caller) as lent:
            caller.place_in(lent).check_may(Action.ADD)
            entries = add_links.add(
                lent, pasted.links, now, after=None, at_end=True, caller=caller, refused=pasted.refused
            )
    except Refusal as refusal:
        problems = {"url": refusal.message}
        page = room_page(request, slug, problems=problems, typed={"url": url}, status=refusal.status)
        if refusal.retry_after_s is not None:
            page["Retry-After"] = str(refusal.retry_after_s)
        return page
    messages.success(request, _success_message(entries))
    if pasted.refused:
        messages.warning(request, add_links.told(pasted.refused))
    response = HttpResponseRedirect(room.get_absolute_url())
    if caller.person:
        caller.person.keep(request, response)
    return response


def _success_message(entries: list[Entry]) -> str:
    if len(entries) == 1:
        return gettext("Added “%(title)s” to the queue.") % {"title": entries[0].track}
    text = ngettext("Added %(count)d track to the queue.", "Added %(count)d tracks to the queue.", len(entries))
    return text % {"count": len(entries)}
