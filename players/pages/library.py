"""The addresses of the library's tracks, which lead on to links that end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from players.library import access, signed
from players.library.in_room import is_near
from players.models import LibraryTrack
from rooms.clock import now_ms
from rooms.core.caller import caller_of
from rooms.core.change import current
from rooms.core.find_room import open_room
from rooms.errors import Refusal, Unknown
from rooms.models.ids import LARGEST_ID


@require_safe
def track(request: HttpRequest, track_id: int) -> HttpResponse:
    """The file, for who may look into the library, as to hear it before it is added."""
    try:
        access.check_may_see(caller_of(request))
        return _leading_to(track_id)
    except Refusal as refusal:
        return _refused(refusal)


@require_safe
def track_of_room(request: HttpRequest, slug: str, track_id: int) -> HttpResponse:
    """The file, for who may listen in the room, while its queue has the track near what plays."""
    try:
        caller = caller_of(request)
        room = current(open_room(slug, caller), now_ms())
        if not is_near(room, str(track_id)) and not access.may_see(caller):
            raise _no_such_track(track_id)
        return _leading_to(track_id)
    except Refusal as refusal:
        return _refused(refusal)


def _leading_to(track_id: int) -> HttpResponse:
    found = LibraryTrack.objects.playable().filter(pk=track_id).first() if track_id <= LARGEST_ID else None
    if found is None or not access.is_on():
        raise _no_such_track(track_id)
    response = HttpResponseRedirect(signed.link_to(found.pk, found.length_ms, now_ms()))
    response["Cache-Control"] = "no-store"
    return response


def _no_such_track(track_id: int) -> Unknown:
    return Unknown(gettext("Nothing that plays here is track %(id)s of the library.") % {"id": str(track_id)[:20]})


def _refused(refusal: Refusal) -> HttpResponse:
    """In plain text: a player reads the status alone."""
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    return HttpResponse(refusal.message, "text/plain; charset=utf-8", refusal.status, headers=headers)
