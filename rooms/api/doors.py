"""Who gets into a room and as what, by REST: its password and its invitations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Router, Status
from pydantic import ConfigDict, Field, StrictInt, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, answers
from rooms.api.schemas import Body, ExpiresAtMs, expiry
from rooms.clock import now_ms
from rooms.core import invitations, password_door
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.find_room import known_room, open_room
from rooms.core.person_id import public_id
from rooms.models import Invitation
from rooms.models.invitation import still_valid
from rooms.models.roles import Role
from rooms.shapes.people import InvitationJson, InvitationListJson
from rooms.shapes.snapshot import YouJson

router = Router(tags=["people"])


class Password(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"password": "open sesame"}})

    password: Annotated[StrictStr, StringConstraints(max_length=1_000)]


class NewInvitation(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"role": "host", "max_uses": 1}})

    role: Literal["member", "host"]
    max_uses: Annotated[
        Annotated[StrictInt, Field(ge=1, le=10_000)] | None, Field(description="How many may join by it; null for all.")
    ] = None
    expires_at_ms: ExpiresAtMs = None


@router.post(
    "/rooms/{slug}/enter", openapi_extra=answers(200, YouJson, examples.YOU, refusals=(401, 403, 404, 413, 429))
)
def enter(request: ApiRequest, slug: str, body: Password) -> YouJson:
    """Open a room with a password to the caller."""
    room = known_room(slug, request.auth)
    password_door.enter(room, request.auth, body.password, now_ms())
    return request.auth.place_in(open_room(slug, request.auth)).you()


@router.get(
    "/rooms/{slug}/invitations",
    openapi_extra=answers(200, InvitationListJson, examples.INVITATIONS, refusals=(401, 403, 404)),
)
def list_invitations(request: ApiRequest, slug: str) -> InvitationListJson:
    """The invitations that still let somebody in, newest first, to roles that the caller may give."""
    room = open_room(slug, request.auth)
    place = request.auth.place_in(room)
    place.check_may(Action.INVITE)
    found = room.invitations.filter(still_valid(timezone.now()), role__lte=place.role)
    told = [_told(request, one) for one in found.select_related("room", "made_by").order_by("-pk")]
    return {"items": told, "next": None}


@router.post(
    "/rooms/{slug}/invitations",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, InvitationJson, examples.INVITATION, refusals=CHANGING),
)
def invite(request: ApiRequest, slug: str, body: NewInvitation) -> Status[Any]:
    """Make a link that gives a role. Opening it shows a page; only the button there joins."""
    caller, now = request.auth, now_ms()
    room = open_room(slug, caller)
    caller.place_in(room).check_may(Action.INVITE)
    expires_at = expiry(body.expires_at_ms, now)
    with change(room, now, by=caller) as lent:
        made = invitations.invite(caller, lent, Role.of(body.role), body.max_uses, expires_at)
    return Status(201, _told(request, made))


@router.delete(
    "/rooms/{slug}/invitations/{invitation}",
    response={204: None},
    openapi_extra=answers(204, None, refusals=CHANGING),
)
def withdraw_invitation(request: ApiRequest, slug: str, invitation: int) -> Status[None]:
    """Withdraw a link: it gives nothing any more. Who joined by it keeps the role."""
    caller = request.auth
    room = open_room(slug, caller)
    caller.place_in(room).check_may(Action.INVITE)
    with change(room, now_ms(), by=caller) as lent:
        invitations.withdraw(caller, lent, invitation)
    return Status(204, None)


def _told(request: ApiRequest, invitation: Invitation) -> InvitationJson:
    maker, ends = invitation.made_by, invitation.expires_at
    return {
        "id": invitation.pk,
        "role": "host" if invitation.role == Role.HOST else "member",
        "url": request.build_absolute_uri(invitation.get_absolute_url()),
        "max_uses": invitation.max_uses,
        "uses": invitation.uses,
        "expires_at_ms": int(ends.timestamp() * 1000) if ends else None,
        "made_by": {"id": public_id(invitation.room_id, maker.person), "name": maker.nickname} if maker else None,
        "created_at_ms": int(invitation.created_at.timestamp() * 1000),
    }
