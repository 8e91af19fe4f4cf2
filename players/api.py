"""The player and the queue by REST."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Router, Status
from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints

from players import add_links, list_files, listener_reports, skip_vote, title_reports
from players.links.files import FORMATS
from players.models import Entry, Player, moves
from players.timeline import MAX_POSITION_MS, RATES
from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, answers, file_answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change, current, current_snapshot
from rooms.core.find_room import open_room
from rooms.core.person_id import person_of
from rooms.errors import Invalid, Unknown
from rooms.models import Room
from rooms.models.ids import LARGEST_ID
from rooms.shapes import (
    AcceptedJson,
    AddedJson,
    AddedListJson,
    EntryJson,
    ExportJson,
    PlayerJson,
    QueueJson,
    SkipVotesJson,
)

router = Router(tags=["player"])

Id = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
EntryIds = Annotated[list[Id], Field(min_length=1, max_length=10_000)]
PositionMs = Annotated[StrictInt, Field(ge=0, le=MAX_POSITION_MS)]
LengthMs = Annotated[StrictInt, Field(ge=1, le=MAX_POSITION_MS)]
ErrorCode = Annotated[StrictInt, Field(ge=-10_000, le=10_000)]
EntryText = Annotated[StrictStr, StringConstraints(max_length=1_000)]
PersonText = Annotated[StrictStr, StringConstraints(max_length=100)]
Rate = Annotated[StrictFloat, Field(ge=min(RATES), le=max(RATES), allow_inf_nan=False)]


class PlayerChange(Body):
    """Any of them together are one change: jump, then seek, then rate, then play or pause."""

    model_config = ConfigDict(json_schema_extra={"example": {"playing": True, "position_ms": 61_500}})

    playing: Annotated[StrictBool | None, NotNull] = None
    position_ms: Annotated[
        PositionMs | None, NotNull, Field(description="Milliseconds from the start of the media.")
    ] = None
    rate: Annotated[Rate | None, NotNull, Field(description="Times the normal speed.")] = None
    entry_id: Annotated[Id | None, NotNull, Field(description="The entry to jump to.")] = None
    expected_version: Annotated[
        Id | None, NotNull, Field(description="Refuse unless the room is still at this version.")
    ] = None


class Skip(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"entry_id": 7}})

    entry_id: Annotated[Id | None, NotNull, Field(description="Skip only if this is still the current entry.")] = None


class NewEntry(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"url": "https://media.example.org/night-train.mp3"}})

    url: Annotated[StrictStr, StringConstraints(max_length=100_000)] = Field(
        description="A link, several, a YouTube playlist, or any text that holds such links."
    )
    after: Annotated[
        Id | None,
        Field(description="Behind which entry; null for the front; the end if not given. Needs the right to reorder."),
    ] = None


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


class SkipVote(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"entry_id": 7}})

    entry_id: Id


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


class Hint(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"kind": "length", "entry_id": 7, "length_ms": 214_000}})

    kind: Literal["length", "live", "ended", "failed", "title"]
    entry_id: Id
    length_ms: Annotated[LengthMs | None, NotNull] = None
    code: Annotated[ErrorCode | None, NotNull] = None
    title: Annotated[
        Annotated[StrictStr, StringConstraints(max_length=1_000)] | None,
        NotNull,
        Field(description="What the player calls an entry whose title nobody else knows."),
    ] = None


@router.get("/rooms/{slug}/player", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=(401, 404)))
def read_player(request: ApiRequest, slug: str) -> PlayerJson:
    """What plays, and since when."""
    return current(open_room(slug, request.auth), now_ms()).player.as_json()


@router.patch("/rooms/{slug}/player", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING))
def change_player(request: ApiRequest, slug: str, body: PlayerChange) -> PlayerJson:
    """Play, pause, seek, jump, change the rate."""
    room, caller, now = _allowed(request, slug, Action.CONTROL)
    with change(room, now, by=caller, expected_version=body.expected_version) as lent:
        caller.check_may(lent, Action.CONTROL)
        entry = _entry(lent, body.entry_id) if body.entry_id is not None else None
        _check_possible(lent.player, entry, body)
        if entry is not None:
            entry.try_again(now)
        lent.player.set(now, entry=entry, position_ms=body.position_ms, rate=body.rate, playing=body.playing)
    return lent.player.as_json()


@router.post("/rooms/{slug}/player/next", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING))
def next_entry(request: ApiRequest, slug: str, body: Skip | None = None) -> PlayerJson:
    """Skip to the next entry."""
    room, caller, now = _allowed(request, slug, Action.SKIP)
    with change(room, now, by=caller) as lent:
        caller.check_may(lent, Action.SKIP)
        if body is not None and body.entry_id is not None:
            skip_vote.check_current(lent.player, body.entry_id)
        lent.player.skip(now)
    return lent.player.as_json()


@router.post(
    "/rooms/{slug}/player/previous", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING)
)
def previous_entry(request: ApiRequest, slug: str, body: Skip | None = None) -> PlayerJson:
    """Go back to the entry before, or to the start of the first."""
    room, caller, now = _allowed(request, slug, Action.SKIP)
    with change(room, now, by=caller) as lent:
        caller.check_may(lent, Action.SKIP)
        if body is not None and body.entry_id is not None:
            skip_vote.check_current(lent.player, body.entry_id)
        lent.player.previous(now)
    return lent.player.as_json()


@router.put(
    "/rooms/{slug}/player/skip-vote",
    openapi_extra=answers(200, SkipVotesJson, examples.PLAYER["skip"], refusals=CHANGING),
)
def vote_to_skip(request: ApiRequest, slug: str, body: SkipVote) -> SkipVotesJson:
    """A voice for skipping the current entry. Enough of those who play along skip it."""
    return skip_vote.vote(open_room(slug, request.auth), request.auth, body.entry_id, True, now_ms())


@router.delete(
    "/rooms/{slug}/player/skip-vote",
    openapi_extra=answers(200, SkipVotesJson, examples.PLAYER["skip"], refusals=CHANGING),
)
def withdraw_vote_to_skip(request: ApiRequest, slug: str, body: SkipVote) -> SkipVotesJson:
    """Take the voice back."""
    return skip_vote.vote(open_room(slug, request.auth), request.auth, body.entry_id, False, now_ms())


@router.post(
    "/rooms/{slug}/player/hints",
    response={202: dict[str, bool]},
    openapi_extra=answers(202, AcceptedJson, {"accepted": True}, refusals=CHANGING),
)
def hint(request: ApiRequest, slug: str, body: Hint) -> Status[dict[str, bool]]:
    """What a listener's player found out: a length, that there is none since it is live, an end, a failure, a title.

    It is weighed with what the others' players tell, and refused to callers who do not listen now, with a player.
    """
    room = open_room(slug, request.auth)
    if body.kind == "length" and body.length_ms is None:
        raise Invalid("length_ms is missing.", fields={"length_ms": "length_ms is missing."})
    if body.kind == "title":
        if body.title is None:
            raise Invalid("title is missing.", fields={"title": "title is missing."})
        accepted = title_reports.take(room, request.auth, body.entry_id, body.title, now_ms())
        return Status(202, {"accepted": accepted})
    accepted = listener_reports.take(room, request.auth, body.kind, body.entry_id, body.length_ms, now_ms())
    return Status(202, {"accepted": accepted})


@router.get(
    "/rooms/{slug}/queue",
    tags=["queue"],
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=(401, 404)),
)
def read_queue(request: ApiRequest, slug: str) -> dict[str, Any]:
    """The queue, in its order."""
    now = now_ms()
    parts = current_snapshot(current(open_room(slug, request.auth), now), now)
    return {"items": parts["queue"], "next": None, "version": parts["version"]}


@router.post(
    "/rooms/{slug}/queue",
    response={201: dict[str, Any]},
    tags=["queue"],
    openapi_extra=answers(201, AddedJson, examples.ADDED, refusals=CHANGING),
)
def add_to_queue(request: ApiRequest, slug: str, body: NewEntry) -> Status[Any]:
    """Add a link, which answers the entry; or several, which answers a list and what of the text was refused."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    at_end = "after" not in body.model_fields_set
    needed = (Action.ADD,) if at_end else (Action.ADD, Action.REORDER)
    for action in needed:
        caller.check_may(room, action)
    pasted = add_links.read(body.url, room.pk, site=request.get_host())
    with change(room, now, by=caller) as lent:
        for action in needed:
            caller.check_may(lent, action)
        after = _entry(lent, body.after) if body.after is not None else None
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
    tags=["queue"],
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
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    caller.check_may(room, Action.ADD)
    pasted = list_files.read(request.body, room.pk, site=request.get_host())
    with change(room, now, by=caller) as lent:
        caller.check_may(lent, Action.ADD)
        entries = add_links.add(lent, pasted.links, now, after=None, at_end=True, caller=caller, refused=pasted.refused)
    return Status(201, _added(entries, pasted, lent))


@router.get(
    "/rooms/{slug}/queue/export",
    tags=["queue"],
    openapi_extra=file_answers(
        200, ExportJson, examples.EXPORT, ("audio/x-mpegurl", "application/xspf+xml"), (401, 404)
    ),
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
    tags=["queue"],
    openapi_extra=answers(204, None, refusals=CHANGING),
)
def clear_queue(request: ApiRequest, slug: str, body: Cleared | None = None) -> Status[None]:
    """Take everything out, what plays too; or some entries; or what one person added. Their own they may themselves."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    if body is not None and body.entries is not None:
        return _remove_all(room, caller, body, now)
    public = body.added_by if body is not None else None
    with change(room, now, by=caller) as lent:
        caller.check_may_enter(lent)
        person = person_of(lent.pk, public) if public is not None else None
        member = lent.members.filter(person=person).first() if person is not None else None
        if member is None or member != caller.member_of(lent):
            caller.check_may(lent, Action.REORDER)
        if public is not None and member is None:
            message = gettext("There is no person “%(id)s” in “%(room)s”.") % {"id": public[:40], "room": lent.slug}
            raise Invalid(message, fields={"added_by": message})
        lent.queue.clear(now, member)
    return Status(204, None)


def _remove_all(room: Room, caller: Caller, body: Cleared, now: int) -> Status[None]:
    if body.added_by is not None:
        message = gettext("added_by and entries are not allowed together: name people or entries.")
        raise Invalid(message, fields={"entries": message})
    with change(room, now, by=caller) as lent:
        caller.check_may_enter(lent)
        entries = _entries(lent, body.entries or [])
        member = caller.member_of(lent)
        if member is None or any(entry.member_id != member.pk for entry in entries):
            caller.check_may(lent, Action.REORDER)
        lent.queue.remove_all(entries, now)
    return Status(204, None)


@router.post(
    "/rooms/{slug}/queue/next",
    tags=["queue"],
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=CHANGING),
)
def play_next(request: ApiRequest, slug: str, body: Chosen) -> dict[str, Any]:
    """Pin entries, as one change: they play next, in the order in which they are named, in any order of the room."""
    room, caller, now = _allowed(request, slug, Action.REORDER)
    with change(room, now, by=caller) as lent:
        caller.check_may(lent, Action.REORDER)
        moves.put_all_next(lent.queue, _entries(lent, body.entries))
    return {"items": lent.queue.as_json(), "next": None, "version": lent.version}


@router.post(
    "/rooms/{slug}/queue/shuffle",
    tags=["queue"],
    openapi_extra=answers(200, QueueJson, examples.QUEUE, refusals=CHANGING),
)
def shuffle_queue(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Shuffle what waits, once. What is added later waits where the room's order has it."""
    room, caller, now = _allowed(request, slug, Action.REORDER)
    with change(room, now, by=caller) as lent:
        caller.check_may(lent, Action.REORDER)
        moves.shuffle(lent.queue)
    return {"items": lent.queue.as_json(), "next": None, "version": lent.version}


@router.patch(
    "/rooms/{slug}/queue/{entry_id}",
    tags=["queue"],
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
        caller.check_may(room, action)
    with change(room, now, by=caller) as lent:
        caller.check_may_enter(lent)
        for action in needed:
            caller.check_may(lent, action)
        entry = _entry(lent, entry_id)
        if given & {"title", "artist"}:
            _check_own(lent, entry, caller)
            entry.rename(body.title, body.artist)
        if "after" in given:
            _move(lent, entry, _entry(lent, body.after) if body.after is not None else None)
        if given & {"start_ms", "end_ms"}:
            start_ms = body.start_ms if "start_ms" in given else entry.start_ms
            entry.trim(start_ms, body.end_ms if "end_ms" in given else entry.end_ms, now)
        if "length_ms" in given:
            entry.set_length(body.length_ms, now)
        if "unplayable" in given:
            entry.try_again(now)
        if body.vote is not None:
            listener_reports.vote(entry, caller, body.vote)
    return _entry(room, entry_id).as_json()


@router.delete(
    "/rooms/{slug}/queue/{entry_id}",
    response={204: None},
    tags=["queue"],
    openapi_extra=answers(204, None, refusals=CHANGING),
)
def remove_from_queue(request: ApiRequest, slug: str, entry_id: int) -> Status[None]:
    """Remove an entry: a host any, others their own."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    with change(room, now, by=caller) as lent:
        caller.check_may_enter(lent)
        entry = _entry(lent, entry_id)
        _check_own(lent, entry, caller)
        lent.queue.remove(entry, now)
    return Status(204, None)


def _added(entries: list[Entry], pasted: add_links.Pasted, lent: Room) -> dict[str, Any]:
    items = [entry.as_json() for entry in entries]
    return {"items": items, "refused": pasted.refused, "next": None, "version": lent.version}


def _check_own(lent: Room, entry: Entry, caller: Caller) -> None:
    """Raise a refusal unless ``caller`` added ``entry`` or may reorder."""
    member = caller.member_of(lent)
    if member is None or entry.member_id != member.pk:
        caller.check_may(lent, Action.REORDER)


def _move(lent: Room, entry: Entry, after: Entry | None) -> None:
    """Put ``entry`` behind ``after``; behind what plays, or to the top, it is pinned: in any order it plays next."""
    current = lent.player.entry
    if after == current or (after is None and entry != current):
        moves.put_next(lent.queue, entry)
    else:
        lent.queue.move(entry, after=after)


def _allowed(request: ApiRequest, slug: str, action: Action) -> tuple[Room, Caller, int]:
    room = open_room(slug, request.auth)
    request.auth.check_may(room, action)
    return room, request.auth, now_ms()


def _entry(room: Room, entry_id: int) -> Entry:
    entry = room.queue.entry(entry_id)
    if entry is None:
        message = gettext("There is no entry %(entry)s in the queue of “%(room)s”.")
        raise Unknown(message % {"entry": entry_id, "room": room.slug})
    return entry


def _entries(room: Room, entry_ids: list[int]) -> list[Entry]:
    """The entries of those ids, each once and in their order; raises Unknown for the first that is not there."""
    found = {entry.pk: entry for entry in room.queue.listed()} if len(entry_ids) > 1 else {}
    for entry in found.values():
        room.queue.own(entry)
    return [found.get(one) or _entry(room, one) for one in dict.fromkeys(entry_ids)]


def _check_possible(player: Player, entry: Entry | None, body: PlayerChange) -> None:
    """Raise Invalid for what the timeline of the entry does not allow."""
    target = entry or player.entry
    if entry is not None and entry.track.problem:
        message, reason = gettext("Entry %(entry)s cannot be played. %(reason)s"), entry.as_json()["unplayable"]
        raise Invalid(message % {"entry": entry.pk, "reason": gettext(reason)})
    if target is None and body.position_ms is not None:
        raise Invalid(f"position_ms {body.position_ms} is not allowed while nothing is loaded; name an entry_id.")
    if target is None and body.playing and not player.room.queue.length():
        raise Invalid(gettext("There is nothing to play: the queue is empty."))
    if target is not None and target.is_live and body.position_ms is not None:
        message = gettext("position_ms %(position)s is not allowed: “%(track)s” is live and cannot be sought in.")
        raise Invalid(message % {"position": body.position_ms, "track": target})
    length_ms = target.length_ms if target else None
    if length_ms is not None and body.position_ms is not None and body.position_ms > length_ms:
        message = gettext("position_ms %(position)s lies beyond the end of “%(track)s”, which is %(length)s.")
        raise Invalid(message % {"position": body.position_ms, "track": target, "length": length_ms})
