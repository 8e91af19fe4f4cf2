"""API tokens of a room by REST: a program's right to act as the host who made it, within scopes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

from ninja import Path, Router, Status
from pydantic import ConfigDict, Field, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest
from rooms.api.openapi import CHANGING, answers
from rooms.api.schemas import Body, ExpiresAtMs, expiry
from rooms.clock import now_ms
from rooms.core import tokens
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.core.person_id import public_id
from rooms.models import Scope, Token
from rooms.models.ids import LARGEST_ID
from rooms.shapes.tokens import IssuedTokenJson, TokenJson, TokenListJson
from rooms.shapes.words import ScopeWord

router = Router(tags=["bots"])


class NewToken(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Jukebox", "scopes": ["read", "queue"]}})

    name: Annotated[StrictStr, StringConstraints(max_length=1_000)]
    scopes: Annotated[
        list[ScopeWord],
        Field(
            min_length=1,
            max_length=len(Scope),
            description="What it is good for: “read” for every GET and the stream, “queue” to add, move, remove and "
            "vote, “control” for the player, “chat” to write and react, “moderate” to mute, kick and ban, “manage” for "
            "all else. The role of its maker decides as ever.",
        ),
    ]
    expires_at_ms: ExpiresAtMs = None


@router.get(
    "/rooms/{slug}/tokens",
    openapi_extra=answers(200, TokenListJson, examples.TOKENS, refusals=(401, 403, 404)),
)
def list_tokens(request: ApiRequest, slug: str) -> TokenListJson:
    """The tokens that the caller may withdraw: their own, and those of people with a lower role; an owner all."""
    room = open_room(slug, request.auth)
    return {"items": [_told(room.pk, token) for token in tokens.of_room(request.auth, room)], "next": None}


@router.post(
    "/rooms/{slug}/tokens",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, IssuedTokenJson, examples.NEW_TOKEN, refusals=CHANGING),
)
def make_token(request: ApiRequest, slug: str, body: NewToken) -> Status[IssuedTokenJson]:
    """Make a token by which a program acts as the caller here. The answer has its text, for the only time."""
    caller, now = request.auth, now_ms()
    room = open_room(slug, caller)
    tokens.hosting(caller, room)
    expires_at = expiry(body.expires_at_ms, now)
    with change(room, now, by=caller) as lent:
        made, text = tokens.make(caller, lent, body.name, set(map(Scope, body.scopes)), expires_at)
    return Status(201, {**_told(room.pk, made), "token": text})


@router.delete(
    "/rooms/{slug}/tokens/{token}", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING)
)
def withdraw_token(request: ApiRequest, slug: str, token: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> Status[None]:
    """Withdraw a token: it is worthless at once, and its streams end."""
    caller = request.auth
    room = open_room(slug, caller)
    tokens.hosting(caller, room)
    with change(room, now_ms(), by=caller) as lent:
        tokens.withdraw(caller, lent, token)
    return Status(204, None)


def _told(room_id: int, token: Token) -> TokenJson:
    return {
        "id": token.pk,
        "name": token.name,
        "scopes": cast("list[ScopeWord]", token.scopes.split()),
        "made_by": {"id": public_id(room_id, token.member.person), "name": token.member.nickname},
        "created_at_ms": _ms(token.created_at),
        "expires_at_ms": token.expires_at_ms,
        "last_used_at_ms": _ms(token.last_used_at) if token.last_used_at else None,
    }


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
