"""Ownership of a room by REST: the room handed over, and its recovery link."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from ninja import Router, Status
from pydantic import ConfigDict

from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, answers
from rooms.api.schemas import Body, PersonId
from rooms.clock import now_ms
from rooms.core import ownership
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.core.person_id import public_id
from rooms.live.hub import hub
from rooms.models import Member
from rooms.models.roles import Role
from rooms.shapes.people import PersonRoleJson, RecoveryJson

router = Router(tags=["people"])


class NewOwner(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"id": "0lFwK6Zl7gUeXb3-R8mPZg"}})

    id: PersonId


@router.post("/rooms/{slug}/owner", openapi_extra=answers(200, PersonRoleJson, examples.OWNER, refusals=CHANGING))
def hand_over(request: ApiRequest, slug: str, body: NewOwner) -> PersonRoleJson:
    """Hand the room over: that person owns it, and who did stays as a host."""
    caller = request.auth
    room = open_room(slug, caller)
    caller.place_in(room).check_may(Action.HAND_OVER)
    present = hub.present(room.pk)
    with change(room, now_ms(), by=caller) as lent:
        caller.place_in(lent).check_may(Action.HAND_OVER)
        member = ownership.member_of(lent, body.id, present)
        ownership.hand_over(caller, lent, member)
    return _told(room.pk, member)


@router.post(
    "/rooms/{slug}/recovery",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, RecoveryJson, examples.RECOVERY, refusals=CHANGING),
)
def make_recovery(request: ApiRequest, slug: str) -> Status[Any]:
    """A link that makes a browser the owner again after it lost its cookies. Shown once; the last one ends."""
    caller = request.auth
    room = open_room(slug, caller)
    caller.place_in(room).check_may(Action.HAND_OVER)
    with change(room, now_ms(), by=caller) as lent:
        secret = ownership.new_recovery(caller, lent)
    return Status(201, {"url": request.build_absolute_uri(reverse("recovery", args=[room.slug, secret]))})


@router.delete("/rooms/{slug}/recovery", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING))
def withdraw_recovery(request: ApiRequest, slug: str) -> Status[None]:
    """Make the recovery link worthless."""
    caller = request.auth
    room = open_room(slug, caller)
    caller.place_in(room).check_may(Action.HAND_OVER)
    with change(room, now_ms(), by=caller) as lent:
        caller.place_in(lent).check_may(Action.HAND_OVER)
        ownership.withdraw_recovery(lent)
    return Status(204, None)


def _told(room_id: int, member: Member) -> PersonRoleJson:
    role: Any = Role(member.role).word
    return {"id": public_id(room_id, member.person), "name": member.nickname, "role": role}
