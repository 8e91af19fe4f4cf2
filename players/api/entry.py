"""One entry of the queue by REST."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router, Status
from pydantic import ConfigDict, Field, StrictBool

from players.api.common import check_own, entry_of
from players.api.fields import EntryText, Id, LengthMs, PositionMs
from players.models import Entry, moves
from players.reports import listener_reports
from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.models import Room, Scope
from rooms.shapes.player import EntryJson

router = Router(tags=["queue"], auth=Identify(Scope.QUEUE))


class EntryChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"after": None, "start_ms": 5_000}})

    after: Annotated[
        Id | None,
        Field(description="The entry to put it behind. Null, or the one that plays, pins it: it is next in any order."),
    ] = None
    start_ms: PositionMs | None = None
    end_ms: Annotated[PositionMs | None, Field(description="What is left lasts 1,000 ms at least.")] = None
    title: Annotated[
        EntryText | None, NotNull, Field(description="In this queue alone; empty for the title that the track has.")
    ] = None
    artist: Annotated[EntryText | None, NotNull] = None
    length_ms: Annotated[
        LengthMs | None,
        Field(description="The length of the media, where players measure a wrong one; null leaves it to them again."),
    ] = None
    unplayable: Annotated[
        Literal[""] | None,
        NotNull,
        Field(description="Empty, to have tried again what listeners could not play, or the server found nothing at."),
    ] = None
    vote: Annotated[StrictBool | None, NotNull] = None


@router.patch(
    "/rooms/{slug}/queue/{entry_id}",
    openapi_extra=answers(200, EntryJson, examples.ENTRY, refusals=CHANGING),
)
def change_entry(request: ApiRequest, slug: str, entry_id: int, body: EntryChange) -> EntryJson:
    """Move an entry, trim it, rename it, say how long its media is, have it tried again, or vote for it.

    Who added it may rename it without the right to reorder.
    """
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    given = body.model_fields_set
    needed = sorted({Action.VOTE if name == "vote" else Action.REORDER for name in given - {"title", "artist"}})
    for action in needed:
        caller.place_in(room).check_may(action)
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may_enter()
        for action in needed:
            caller.place_in(lent).check_may(action)
        entry = entry_of(lent, entry_id)
        if given & {"title", "artist"}:
            check_own(lent, entry, caller)
            entry.rename(body.title, body.artist)
        if "after" in given:
            _move(lent, entry, entry_of(lent, body.after) if body.after is not None else None)
        if given & {"start_ms", "end_ms"}:
            start_ms = body.start_ms if "start_ms" in given else entry.start_ms
            entry.trim(start_ms, body.end_ms if "end_ms" in given else entry.end_ms, now)
        if "length_ms" in given:
            entry.set_length(body.length_ms, now)
        if "unplayable" in given:
            entry.try_again(now)
        if body.vote is not None:
            listener_reports.vote(entry, caller, body.vote)
    return entry_of(room, entry_id).as_json()


@router.delete(
    "/rooms/{slug}/queue/{entry_id}",
    response={204: None},
    openapi_extra=answers(204, None, refusals=CHANGING),
)
def remove_from_queue(request: ApiRequest, slug: str, entry_id: int) -> Status[None]:
    """Remove an entry: a host any, others their own."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may_enter()
        entry = entry_of(lent, entry_id)
        check_own(lent, entry, caller)
        lent.queue.remove(entry, now)
    return Status(204, None)


def _move(lent: Room, entry: Entry, after: Entry | None) -> None:
    """Put ``entry`` behind ``after``; behind what plays, or to the top, it is pinned: in any order it plays next."""
    current = lent.player.entry
    if after == current or (after is None and entry != current):
        moves.put_next(lent, entry)
    else:
        lent.queue.move(entry, after=after)
