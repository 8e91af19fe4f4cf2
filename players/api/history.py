"""What was: the history of a room, its log, and undoing the last of it, by REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext
from ninja import Query, Router

from players import undo
from players.adding import limits
from players.models import Played
from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, answers
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.contains import contains
from rooms.core.find_room import open_room
from rooms.core.person_id import public_id
from rooms.core.rate_limit import check_rearranging
from rooms.errors import Unidentified
from rooms.models import LogEntry, Scope
from rooms.models.ids import LARGEST_ID
from rooms.models.log_entry import MODERATION
from rooms.models.roles import Role
from rooms.shapes.history import HistoryJson, LogEntryJson, LogJson, PlayedJson, UndoneJson
from rooms.shapes.player import EntryJson
from rooms.shapes.words import DeedWord, OutcomeWord

router = Router(tags=["history"], auth=Identify(Scope.QUEUE))

PAGE = 50

Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only what is older than the line of this id.")]

M = TypeVar("M", bound=Model)


@router.get(
    "/rooms/{slug}/history", openapi_extra=answers(200, HistoryJson, examples.HISTORY, refusals=(401, 403, 404))
)
def read_history(
    request: ApiRequest,
    slug: str,
    q: Annotated[str, Query(max_length=200, description="Words in the title, the artist or the link.")] = "",
    before: Before = None,
) -> HistoryJson:
    """What played here, newest first; of each room the last thousand."""
    room = open_room(slug, request.auth)
    found = Played.objects.filter(room=room)
    for word in q.replace("\0", " ").split()[:10]:
        found = found.filter(contains(word, ("title", "artist", "entry__url")))
    items, following = _page(request, found, before, q)
    return {"items": [_played(one) for one in items], "next": following}


@router.get("/rooms/{slug}/log", openapi_extra=answers(200, LogJson, examples.LOG, refusals=(401, 403, 404)))
def read_log(request: ApiRequest, slug: str, before: Before = None) -> LogJson:
    """Who did what here, newest first; of each room the last thousand changes."""
    room = open_room(slug, request.auth)
    told = LogEntry.objects.filter(room=room)
    if not request.auth.place_in(room).may(Action.MODERATE):
        told = told.exclude(kind__in=MODERATION)
    items, following = _page(request, told, before)
    last = undo.last_version(room, request.auth, now_ms())
    return {"items": [_logged(one, last) for one in items], "next": following}


@router.post("/rooms/{slug}/undo", openapi_extra=answers(200, UndoneJson, examples.UNDONE, refusals=CHANGING))
def undo_last(request: ApiRequest, slug: str) -> UndoneJson:
    """Undo what the caller did last, of the last 10 minutes.

    Undone are removing, clearing, moving, shuffling, seeking, skipping, jumping, trimming and renaming. 404 if there is
    nothing to undo, 409 if what it was done to is gone.
    """
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    if not caller.is_identified:
        message = gettext("Nobody knows who you are: send a token or open the room's page, to undo what you did.")
        raise Unidentified(message)
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may_enter()
        check_rearranging(caller, lent, now)
        lines = undo.undo_last(lent, caller, now)
        place = caller.place_in(lent)
        returned = sum(len((line.undo or {})["entries"]) for line in lines if line.kind in undo.TAKEN_OUT)
        if returned and place.member is not None and place.role < Role.HOST:
            limits.check_returned(lent, returned, place.member)
    return {"items": [{**_logged(line), "undone": True} for line in lines], "version": lent.version}


def _page(request: ApiRequest, found: QuerySet[M], before: int | None, q: str = "") -> tuple[Sequence[M], str | None]:
    if before is not None:
        found = found.filter(pk__lt=before)
    items = list(found.order_by("-pk")[: PAGE + 1])
    if len(items) <= PAGE:
        return items, None
    query = urlencode({**({"q": q} if q else {}), "before": items[PAGE - 1].pk})
    return items[:PAGE], request.build_absolute_uri(f"{request.path}?{query}")


def _played(line: Played) -> PlayedJson:
    return {
        "id": line.pk,
        "entry": cast(EntryJson, {"album": "", "media_type": "", **line.entry}),  # older lines have no such words
        "added_by": line.entry["added_by"],
        "played_at_ms": line.played_at_ms,
        "outcome": cast(OutcomeWord, line.outcome),
    }


def _logged(line: LogEntry, undoable_version: int | None = None) -> LogEntryJson:
    facts: dict[str, Any] = line.facts
    return {
        "id": line.pk,
        "version": line.version,
        "at_ms": line.at_ms,
        "by": {"id": _public(line), "name": line.name},
        "kind": cast(DeedWord, line.kind),
        "entry_id": facts.get("entry_id"),
        "title": facts.get("title", ""),
        "count": facts.get("count", 1),
        "of": facts.get("of", ""),
        "role": facts.get("role", ""),
        "reason": facts.get("reason", ""),
        "undone": line.undone,
        "undoable": line.undo is not None and not line.undone and line.version == undoable_version,
    }


def _public(line: LogEntry) -> str | None:
    try:
        return public_id(line.room_id, UUID(line.actor))
    except ValueError:  # an account's, which no room names by an id
        return None
