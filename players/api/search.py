"""Search for tracks by REST."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext
from ninja import Query, Router

from players import search
from players.search import youtube
from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import answers
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.find_room import open_room
from rooms.shapes.search import FoundListJson

router = Router(tags=["search"])

Words = Annotated[str, Query(description=f"What to search for: 1 to {search.MOST_LETTERS} characters.")]


@router.get("/search", openapi_extra=answers(200, FoundListJson, examples.FOUND_LIST, refusals=(401, 404, 429)))
def search_youtube(request: ApiRequest, q: Words = "") -> FoundListJson:
    """Search within YouTube. 404 with the code `search_is_off` where the server has no key for it.

    503 says in `Retry-After` when there are new searches, once the day's are used up.
    """
    youtube.check_is_on()
    request.auth.check_identified(gettext("search YouTube"))
    return search.answer_of_youtube(search.Question(search.words_of(q), request.auth, now_ms()))


@router.get(
    "/rooms/{slug}/search",
    openapi_extra=answers(200, FoundListJson, examples.FOUND_LIST, refusals=(401, 403, 404, 429)),
)
def search_in_room(
    request: ApiRequest,
    slug: str,
    q: Words = "",
    youtube: Annotated[
        bool, Query(description="False leaves out YouTube, whose searches are few: for what is still being typed.")
    ] = True,
) -> FoundListJson:
    """Search for what could be added to this room's queue, by who may add.

    It is found in what played here, in the caller's own lists, in the server's library, and within YouTube if the
    server has a key. Of a source that cannot be searched now the answer says why.
    """
    room, caller = open_room(slug, request.auth), request.auth
    caller.place_in(room).check_may(Action.ADD)
    asked = search.Question(search.words_of(q), caller, now_ms(), room)
    return search.answer(asked, with_youtube=youtube)
