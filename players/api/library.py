"""The server's own library by REST."""

from __future__ import annotations

from typing import Annotated

from django.utils.http import urlencode
from ninja import Query, Router

from players.library import access
from players.library.find import as_found, tracks
from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import answers
from rooms.shapes.search import LibraryJson

router = Router(tags=["library"])

PAGE = 50
LAST_OFFSET = 1_000_000


@router.get("/library", openapi_extra=answers(200, LibraryJson, examples.LIBRARY, refusals=(401, 403, 404)))
def search_library(
    request: ApiRequest,
    q: Annotated[
        str, Query(max_length=200, description="Words of title, artist, album or path, or their beginnings.")
    ] = "",
    offset: Annotated[int, Query(ge=0, le=LAST_OFFSET)] = 0,
) -> LibraryJson:
    """Music in the folder that the operator named: what has all the words, the best first.

    The `url` of a track adds it to a queue. 404 with the code `library_is_off` where no folder is named; 401 or 403 for
    whom the operator does not show it.
    """
    access.check_may_see(request.auth)
    found = list(tracks(q)[offset : offset + PAGE + 1])
    following = None
    if len(found) > PAGE:
        query = urlencode([*([("q", q)] if q else []), ("offset", offset + PAGE)])
        following = request.build_absolute_uri(f"{request.path}?{query}")
    return {"items": [as_found(track) for track in found[:PAGE]], "next": following}
