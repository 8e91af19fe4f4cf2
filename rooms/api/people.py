"""People of a room by REST: who is here, what they call themselves, and what moderators do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Path, Router, Status
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, READING, answers
from rooms.api.schemas import Body, NotNull, PersonId
from rooms.clock import now_ms
from rooms.core import moderation, ownership, renaming, reports
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.core.person_id import public_id
from rooms.errors import Invalid, Unidentified
from rooms.live.hub import hub
from rooms.models import MAX_BAN_REASON_LENGTH, Member, Room, Scope
from rooms.models.ids import LARGEST_ID
from rooms.models.report import MAX_REASON_LENGTH
from rooms.models.roles import Role
from rooms.shapes.people import BanJson, BanListJson, PeopleJson, PersonJson, ReportedJson
from rooms.shapes.words import ListenerState

router = Router(tags=["people"], auth=Identify(Scope.MODERATE))


class MyChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"state": "silent"}})

    name: Annotated[StrictStr | None, StringConstraints(max_length=1_000), NotNull] = None
    state: Annotated[
        ListenerState | None, NotNull, Field(description="What the caller's own player does. Nobody asks: say changes.")
    ] = None


class PersonChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"role": "host"}})

    role: Annotated[Literal["guest", "member", "host"] | None, NotNull] = None
    muted: Annotated[StrictBool | None, NotNull] = None


class NewBan(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"until_ms": 1_790_003_600_000, "reason": "Skips all day."}}
    )

    until_ms: Annotated[StrictInt | None, Field(description="The instant of its end; null or left out for none.")] = (
        None
    )
    reason: Annotated[StrictStr, StringConstraints(max_length=MAX_BAN_REASON_LENGTH)] = ""


class NewReport(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"id": examples.PERSON["id"], "reason": "Insults others."}})

    id: Annotated[PersonId | None, NotNull, Field(description="Of a person; or else “message”.")] = None
    message: Annotated[StrictInt | None, NotNull, Field(description="Of a message in the chat.")] = None
    reason: Annotated[StrictStr, StringConstraints(min_length=1, max_length=MAX_REASON_LENGTH)]


@router.get("/rooms/{slug}/people", openapi_extra=answers(200, PeopleJson, examples.PEOPLE, refusals=READING))
def read_people(request: ApiRequest, slug: str) -> PeopleJson:
    """All who are here or hold a role, the highest first; in a crowd ``items`` is null."""
    room = open_room(slug, request.auth)
    return hub.people(room.pk, request.auth.place_in(room).person_id)


@router.patch(
    "/rooms/{slug}/people/me",
    auth=Identify(Scope.CHAT),
    openapi_extra=answers(200, PersonJson, examples.PERSON, refusals=CHANGING),
)
def change_me(request: ApiRequest, response: HttpResponse, slug: str, body: MyChange) -> PersonJson:
    """Change the caller's nickname, here and in all rooms of this browser, or say what their player does now."""
    caller = request.auth
    room = open_room(slug, caller)
    person = caller.place_in(room).person_id
    if person is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to have a name.")
    if body.name is not None:
        name = renaming.rename(caller, room, body.name)
        hub.rename(room.pk, person, name)
        if caller.person is not None:
            caller.person.keep(request, response)
    if body.state is not None:
        hub.change_state(room.pk, person, body.state)
    told = hub.person(room.pk, person, room.members.filter(person=person).first(), name=caller.place_in(room).name)
    return {**told, "is_you": True, "state": body.state or told["state"]}


@router.patch(
    "/rooms/{slug}/people/{person}",
    auth=Identify(Scope.MODERATE, Scope.MANAGE),
    openapi_extra=answers(200, PersonJson, examples.PERSON, refusals=CHANGING),
)
def change_person(request: ApiRequest, slug: str, person: str, body: PersonChange) -> PersonJson:
    """Give a person a role, mute them, or take that back; also of one who only listens."""
    caller = request.auth
    room = open_room(slug, caller)
    caller.check_identified(gettext("change roles") if body.role is not None else gettext("mute or remove people"))
    present = hub.present(room.pk)
    with change(room, now_ms(), by=caller) as lent:
        caller.place_in(lent).check_may_enter()
        member = ownership.member_of(lent, person, present)
        if body.role is not None:
            ownership.set_role(caller, lent, member, Role.of(body.role))
        if body.muted is not None:
            moderation.mute(caller, lent, member, body.muted)
    return hub.person(room.pk, member.person, member)


@router.post(
    "/rooms/{slug}/people/{person}/kick", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING)
)
def kick(request: ApiRequest, slug: str, person: str) -> Status[None]:
    """End a person's streams at once, with ``bye``; they may come back."""
    caller, room = _moderated(request, slug)
    present = hub.present(room.pk)
    with change(room, now_ms(), by=caller) as lent:
        moderation.kick(caller, lent, ownership.member_of(lent, person, present))
    return Status(204, None)


@router.post(
    "/rooms/{slug}/people/{person}/ban",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, BanJson, examples.BAN, refusals=CHANGING),
)
def ban(request: ApiRequest, slug: str, person: str, body: NewBan | None = None) -> Status[Any]:
    """Keep a person out, by whatever way they call; a guest by the address they listen from too."""
    caller, room = _moderated(request, slug)
    present, body, now = hub.present(room.pk), body or NewBan(), now_ms()
    with change(room, now, by=caller) as lent:
        member = ownership.member_of(lent, person, present)
        address = hub.address_of(room.pk, member.person)
        moderation.ban(caller, lent, member, now, until_ms=body.until_ms, reason=body.reason, address=address)
    return Status(201, _ban(room, member))


@router.get(
    "/rooms/{slug}/bans",
    openapi_extra=answers(200, BanListJson, {"items": [examples.BAN], "next": None}, refusals=(401, 403, 404)),
)
def read_bans(request: ApiRequest, slug: str) -> BanListJson:
    """Who is banned, for those who may moderate."""
    _caller, room = _moderated(request, slug)
    return {"items": [_ban(room, member) for member in moderation.bans(room)], "next": None}


@router.delete("/rooms/{slug}/bans/{ban}", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING))
def lift_ban(request: ApiRequest, slug: str, ban: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> Status[None]:
    """Lift a ban."""
    caller, room = _moderated(request, slug)
    with change(room, now_ms(), by=caller) as lent:
        moderation.lift_ban(caller, lent, ban)
    return Status(204, None)


@router.post(
    "/rooms/{slug}/reports",
    auth=Identify(Scope.CHAT),
    response={201: dict[str, Any]},
    openapi_extra=answers(201, ReportedJson, {"id": 5}, refusals=(401, 403, 404, 413, 429)),
)
def report(request: ApiRequest, slug: str, body: NewReport) -> Status[Any]:
    """Tell the operator of a person or a message. Nobody in the room is told."""
    caller = request.auth
    room = open_room(slug, caller)
    reports.check_may_report(caller, room)
    if (body.id is None) == (body.message is None):
        said = gettext("A report names a person by “id” or a message by “message”, one of both.")
        raise Invalid(said, fields={"id": said})
    present = hub.present(room.pk)
    with change(room, now_ms()) as lent:
        # With the room locked: who is reported may lose this place to an account's, as they sign in.
        member, text = reports.reported(lent, body.id, body.message, present)
        made = reports.report(caller, lent, member, body.reason, message=body.message, text=text)
    return Status(201, {"id": made.pk})


def _moderated(request: ApiRequest, slug: str) -> tuple[Caller, Room]:
    room = open_room(slug, request.auth)
    request.auth.place_in(room).check_may(Action.MODERATE)
    return request.auth, room


def _ban(room: Room, member: Member) -> BanJson:
    until, since = member.banned_until, member.banned_at
    return {
        "id": member.pk,
        "person": public_id(room.pk, member.person),
        "name": member.nickname,
        "reason": member.ban_reason,
        "by_address": bool(member.banned_address),
        "banned_at_ms": int(since.timestamp() * 1000) if since else 0,
        "until_ms": round(until.timestamp() * 1000) if until else None,
    }
