"""Rooms by REST: make, list, read, change, close."""

from __future__ import annotations

import zlib
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from ninja import Query, Router, Status
from pydantic import ConfigDict, Field, StrictBool, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, READING, answers, conditional
from rooms.api.rules import Preset, Rules
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change, current, current_snapshot
from rooms.core.create_room import check_may_make, check_number, make_room
from rooms.core.find_room import open_room
from rooms.core.invitations import standing
from rooms.core.let_stay import let_stay
from rooms.core.ownership import closed_room
from rooms.core.publish import encode
from rooms.core.rate_limit import check_rearranging
from rooms.core.reopen import reopen
from rooms.live.hub import hub
from rooms.live.public_rooms import public_rooms
from rooms.models import Token, hashed
from rooms.models.roles import Role
from rooms.shapes.answers import TimeJson
from rooms.shapes.room import ChangedRoomJson, CreatedRoomJson, RoomListJson
from rooms.shapes.snapshot import SnapshotJson, YouJson
from rooms.shapes.words import ChatKeptWord, VisibilityWord

router = Router(tags=["rooms"])

PAGE = 50

Name = Annotated[StrictStr, StringConstraints(max_length=1_000)]
ShortText = Annotated[StrictStr, StringConstraints(max_length=100)]


Password = Annotated[
    Annotated[StrictStr, StringConstraints(max_length=1_000)] | None,
    Field(description="Asked of all who are no members; null for none."),
]
Permanent = Annotated[
    StrictBool | None, NotNull, Field(description="A room that is not closes when nobody was there for a day.")
]


class NewRoom(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Lounge", "visibility": "public", "preset": "party"}}
    )

    name: Name
    visibility: VisibilityWord = "unlisted"
    preset: Preset = None
    rules: Rules = Rules()
    password: Password = None
    permanent: Permanent = None


class RoomChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Late lounge", "rules": {"add": "host"}}})

    name: Annotated[Name | None, NotNull] = None
    visibility: Annotated[VisibilityWord | None, NotNull] = None
    guests: Annotated[
        Literal["leave", "stay"] | None,
        NotNull,
        Field(
            description="With the visibility private: what becomes of those who listen now and are no members. They "
            "leave, unless they stay as members."
        ),
    ] = None
    chat_kept: Annotated[
        ChatKeptWord | None, NotNull, Field(description="How long what is said is kept; off: nobody writes.")
    ] = None
    reactions: Annotated[
        list[ShortText] | None, NotNull, Field(description="Six different emoji that people react with.")
    ] = None
    preset: Preset = None
    rules: Rules = Rules()
    password: Password = None
    permanent: Permanent = None


@router.get("/time", auth=None, openapi_extra=answers(200, TimeJson, {"server_now_ms": 1_790_000_000_000}))
def time(request: ApiRequest) -> dict[str, int]:
    """The server's clock, in Unix milliseconds."""
    return {"server_now_ms": now_ms()}


@router.get(
    "/rooms",
    openapi_extra=answers(200, RoomListJson, {"items": [examples.LISTED_ROOM], "next": None}, refusals=(401,)),
)
def list_rooms(
    request: ApiRequest,
    search: Annotated[str, Query(max_length=80)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, Any]:
    """The public rooms, with how many listen and what plays."""
    found = public_rooms(search, offset, PAGE + 1)
    query = urlencode({"search": search, "offset": str(offset + PAGE)})
    following = request.build_absolute_uri(f"{request.path}?{query}") if len(found) > PAGE else None
    return {"items": found[:PAGE], "next": following}


@router.post(
    "/rooms",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, CreatedRoomJson, examples.NEW_ROOM, refusals=(401, 403, 413, 429)),
)
def create_room(request: ApiRequest, body: NewRoom) -> Status[dict[str, Any]]:
    """Make a room. The answer has its ``host_token``, for the only time, and the link that makes a browser its host."""
    caller = request.auth
    password = hashed(body.password) if body.password is not None else None
    with transaction.atomic():
        check_may_make(caller)
        rules, is_permanent = body.rules.changes(body.preset), body.permanent is not False
        room, owner = make_room(body.name, caller, body.visibility, rules, password=password, is_permanent=is_permanent)
        token = Token.issue(owner, "host_token")
    host = standing(room, Role.HOST)
    told = {**room.as_json(), "version": room.version, "host_token": token}
    links = {
        "url": request.build_absolute_uri(room.get_absolute_url()),
        "host_url": request.build_absolute_uri(host.get_absolute_url()) if host else "",
    }
    return Status(201, told | links)


@router.get(
    "/rooms/{slug}",
    openapi_extra=conditional(answers(200, SnapshotJson, examples.SNAPSHOT, refusals=READING)),
)
def read_room(request: ApiRequest, slug: str) -> HttpResponse:
    """The snapshot: everything that a newcomer needs, at one version, which with the room is its ETag."""
    room, now = open_room(slug, request.auth), now_ms()
    # Settled before the tags are compared: a room whose track is over is no longer at the version that is known.
    room, you = current(room, now), request.auth.place_in(room).you()
    etag = _etag(room.pk, room.version, you)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        told = current_snapshot(room, now) | {
            "people": hub.people(room.pk, request.auth.place_in(room).person_id),
            "server_now_ms": now_ms(),
            "you": you,
        }
        etag = _etag(room.pk, told["version"], you)
        response = JsonResponse(told)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Authorization"
    return response


def _etag(room_id: int, version: int, you: YouJson) -> str:
    """A tag that no other room, state or caller ever has: neither ids nor versions are used again."""
    return f'"{room_id}-{version}-{zlib.crc32(encode(you).encode(errors="replace")):x}"'


@router.patch("/rooms/{slug}", openapi_extra=answers(200, ChangedRoomJson, examples.CHANGED_ROOM, refusals=CHANGING))
def change_room(request: ApiRequest, slug: str, body: RoomChange) -> dict[str, Any]:
    """Change name, visibility, rules, password, chat and reactions, and whether the room stays when it is empty.

    Where the visibility turns private, the streams of those who are no members end, unless `guests` is “stay”.
    """
    room = open_room(slug, request.auth)
    request.auth.place_in(room).check_may(Action.MANAGE)
    password = hashed(body.password) if body.password is not None else None
    present = hub.present(room.pk) if body.guests == "stay" else {}
    with change(room, now_ms(), by=request.auth) as lent:
        request.auth.place_in(lent).check_may(Action.MANAGE)
        if body.name is not None:
            lent.rename(body.name)
        if body.visibility is not None:
            lent.visibility = body.visibility
        if body.guests == "stay":
            let_stay(lent, present, request.auth.place_in(lent).member)
        if body.chat_kept is not None:
            lent.chat_kept = body.chat_kept
        if body.reactions is not None:
            lent.set_reactions(body.reactions)
        if "password" in body.model_fields_set:
            lent.set_password(password)
        if body.permanent is not None:
            lent.is_permanent = body.permanent
        if rules := body.rules.changes(body.preset):
            if "order" in rules:
                check_rearranging(request.auth, lent, now_ms())
            lent.set_rules(**rules)
    return {**lent.as_json(), "version": lent.version}


@router.delete("/rooms/{slug}", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING))
def close_room(request: ApiRequest, slug: str) -> Status[None]:
    """Close the room: its streams end, and its address is free again. It can be reopened within 30 days."""
    room = open_room(slug, request.auth)
    request.auth.place_in(room).check_may(Action.CLOSE)
    with change(room, now_ms(), by=request.auth) as lent:
        request.auth.place_in(lent).check_may(Action.CLOSE)
        lent.close()
    return Status(204, None)


@router.post(
    "/rooms/{slug}/reopen", openapi_extra=answers(200, ChangedRoomJson, examples.CHANGED_ROOM, refusals=CHANGING)
)
def reopen_room(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Open a room again that its owner closed, or that closed by itself, within the last 30 days.

    A room that is open stays as it is; one whose address was taken meanwhile is refused.
    """
    closed = closed_room(slug, request.auth)
    if closed is None:
        room = open_room(slug, request.auth)
        request.auth.place_in(room).check_may(Action.CLOSE)
    else:
        check_number(request.auth)
        room = reopen(closed, now_ms(), by=request.auth.place_in(closed).name)
    return {**room.as_json(), "version": room.version}
