"""The queue by REST, as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Router, Status
from pydantic import ConfigDict, Field, StrictStr, StringConstraints

from players.adding import add_links, list_files
from players.api.common import allowed, entries_of, entry_of
from players.api.fields import EntryIds, Id, PersonText
from players.links.files import FORMATS
from players.models import Entry, moves
from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, READING, answers, file_answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change, current, current_snapshot
from rooms.core.find_room import known_room, open_room
from rooms.core.person_id import person_of
from rooms.core.rate_limit import check_rearranging
from rooms.errors import Invalid
from rooms.models import Room, Scope
from rooms.shapes.queue import AddedJson, AddedListJson, ExportJson, QueueJson

router = Router(tags=["queue"], auth=Identify(Scope.QUEUE))


class NewEntry(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"url": "https://media.example.org/night-train.mp3"}})

    url: Annotated[StrictStr, StringConstraints(max_length=100_000)] = Field(
        description="A link, several, a YouTube playlist, or any text that holds such links."
    )
    after: Annotated[
        Id | None,
        Field(description="Behind which entry; null for the front; the end if not given. Needs the right to reorder."),
    ] = None


class Cleared(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"added_by": "0lFwK6Zl7gUeXb3-R8mPZg"}})

    added_by: Annotated[
        PersonText | None, NotNull, Field(description="The id of a person: only what they added is taken out.")
    ] = None
    entries: Annotated[
        EntryIds | None, NotNull, Field(description="Only these are taken out, as one change; without `added_by`.")
    ] = None


class Chosen(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"entries": [7, 9]}})

    entries: EntryIds


@router.get(
    "/rooms/{slug}/queue",
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=READING),
)
def read_queue(request: ApiRequest, slug: str) -> dict[str, Any]:
    """The queue, in its order."""
    now = now_ms()
    parts = current_snapshot(current(open_room(slug, request.auth), now), now)
    return {"items": parts["queue"], "next": None, "version": parts["version"]}


@router.post(
    "/rooms/{slug}/queue",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, AddedJson, examples.ADDED, refusals=CHANGING),
)
def add_to_queue(request: ApiRequest, slug: str, body: NewEntry) -> Status[Any]:
    """Add a link, which answers the entry; or several, which answers a list and what of the text was refused."""
    room, caller = known_room(slug, request.auth), request.auth
    at_end = "after" not in body.model_fields_set
    needed = (Action.ADD,) if at_end else (Action.ADD, Action.REORDER)
    for action in needed:
        caller.place_in(room).check_may(action)
    pasted = add_links.read(body.url, room.pk, site=request.get_host())
    now = now_ms()  # YouTube may have taken seconds for a playlist, in which the room went on
    with change(room, now, by=caller) as lent:
        for action in needed:
            caller.place_in(lent).check_may(action)
        after = entry_of(lent, body.after) if body.after is not None else None
        entries = add_links.add(
            lent,
            pasted.links,
            now,
            after=after,
            at_end=at_end,
            is_next=not at_end and (after is None or after == lent.player.entry),
            caller=caller,
            refused=pasted.refused,
        )
    if pasted.is_one:
        return Status(201, entries[0].as_json())
    return Status(201, _added(entries, pasted, lent))


@router.post(
    "/rooms/{slug}/queue/import",
    response={201: dict[str, Any]},
    openapi_extra={
        **answers(201, AddedListJson, examples.ADDED, refusals=CHANGING),
        "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}},
    },
)
def import_queue(request: ApiRequest, slug: str) -> Status[Any]:
    """Add the links in a file, which is the body as it is: M3U, M3U8, PLS, XSPF, JSON or text, in any usual encoding.

    Its format is told by its contents. It may have 1 MiB, and as many entries as the queue has room for: more are
    refused as a whole. Titles are kept for direct links; videos have those of YouTube.
    """
    room, caller = open_room(slug, request.auth), request.auth
    caller.place_in(room).check_may(Action.ADD)
    pasted = list_files.read(request.body, room.pk, site=request.get_host())
    now = now_ms()  # as above
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may(Action.ADD)
        entries = add_links.add(lent, pasted.links, now, after=None, at_end=True, caller=caller, refused=pasted.refused)
    return Status(201, _added(entries, pasted, lent))


@router.get(
    "/rooms/{slug}/queue/export",
    openapi_extra=file_answers(200, ExportJson, examples.EXPORT, ("audio/x-mpegurl", "application/xspf+xml"), READING),
)
def export_queue(request: ApiRequest, slug: str, format: Literal["json", "m3u", "xspf"] = "json") -> HttpResponse:
    """The queue as a file that import takes back, in its order, with titles and trims."""
    room, form = open_room(slug, request.auth), FORMATS[format]
    text = list_files.written(room, form, request.build_absolute_uri)
    name = quote(f"{room.slug}.{form.ending}")
    disposition = f"attachment; filename*=UTF-8''{name}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-cache"}
    return HttpResponse(text, content_type=form.content_type, headers=headers)


@router.delete(
    "/rooms/{slug}/queue",
    response={204: None},
    openapi_extra=answers(204, None, refusals=CHANGING),
)
def clear_queue(request: ApiRequest, slug: str, body: Cleared | None = None) -> Status[None]:
    """Take everything out, what plays too; or some entries; or what one person added. Their own they may themselves."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    if body is not None and body.entries is not None:
        return _remove_all(room, caller, body, now)
    public = body.added_by if body is not None else None
    with change(room, now, by=caller) as lent:
        place = caller.place_in(lent)
        place.check_may_enter()
        person = person_of(lent.pk, public) if public is not None else None
        member = lent.members.filter(person=person).first() if person is not None else None
        if member is None or member != place.member:
            place.check_may(Action.REORDER)
        if public is not None and member is None:
            message = gettext("There is no person “%(id)s” in “%(room)s”.") % {"id": public[:40], "room": lent.slug}
            raise Invalid(message, fields={"added_by": message})
        check_rearranging(caller, lent, now)
        lent.queue.clear(now, member)
    return Status(204, None)


def _remove_all(room: Room, caller: Caller, body: Cleared, now: int) -> Status[None]:
    if body.added_by is not None:
        message = gettext("added_by and entries are not allowed together: name people or entries.")
        raise Invalid(message, fields={"entries": message})
    with change(room, now, by=caller) as lent:
        place = caller.place_in(lent)
        place.check_may_enter()
        entries = entries_of(lent, body.entries or [])
        if place.member is None or any(entry.member_id != place.member.pk for entry in entries):
            place.check_may(Action.REORDER)
        check_rearranging(caller, lent, now)
        lent.queue.remove_all(entries, now)
    return Status(204, None)


@router.post(
    "/rooms/{slug}/queue/next",
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=CHANGING),
)
def play_next(request: ApiRequest, slug: str, body: Chosen) -> dict[str, Any]:
    """Pin entries, as one change: they play next, in the order in which they are named, in any order of the room."""
    room, caller, now = allowed(request, slug, Action.REORDER)
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may(Action.REORDER)
        check_rearranging(caller, lent, now)
        moves.put_all_next(lent, entries_of(lent, body.entries))
    return {"items": lent.queue.as_json(), "next": None, "version": lent.version}


@router.post(
    "/rooms/{slug}/queue/shuffle",
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=CHANGING),
)
def shuffle_queue(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Shuffle what waits, once. What is added later waits where the room's order has it."""
    room, caller, now = allowed(request, slug, Action.REORDER)
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may(Action.REORDER)
        check_rearranging(caller, lent, now)
        moves.shuffle(lent)
    return {"items": lent.queue.as_json(), "next": None, "version": lent.version}


def _added(entries: list[Entry], pasted: add_links.Pasted, lent: Room) -> dict[str, Any]:
    items = [entry.as_json() for entry in entries]
    return {"items": items, "refused": pasted.refused, "next": None, "version": lent.version}
