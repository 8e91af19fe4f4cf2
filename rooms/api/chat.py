"""The chat of a room, and reactions, by REST."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.http import urlencode
from ninja import Query, Router, Status
from pydantic import ConfigDict, Field, StrictStr, StringConstraints

from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, READING, answers
from rooms.api.schemas import Body
from rooms.clock import now_ms
from rooms.core import speaking
from rooms.core.access import Action
from rooms.core.change import change
from rooms.core.chat import page_of
from rooms.core.find_room import open_room
from rooms.live.hub import hub
from rooms.models import Scope
from rooms.models.ids import LARGEST_ID
from rooms.models.message import MAX_TEXT_LENGTH
from rooms.shapes.chat import MessageJson, MessageListJson, ReactedJson

router = Router(tags=["chat"], auth=Identify(Scope.CHAT))

Text = Annotated[
    StrictStr,
    StringConstraints(max_length=100_000),
    Field(description=f"Plain text of 1 to {MAX_TEXT_LENGTH:,} characters; control characters are left out."),
]


class NewMessage(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "What a bass line"}})

    text: Text


class MessageChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "What a bassline"}})

    text: Text


class Reaction(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"emoji": "🔥"}})

    emoji: Annotated[StrictStr, StringConstraints(max_length=100), Field(description="One of `reactions` of the room.")]


@router.get("/rooms/{slug}/chat", openapi_extra=answers(200, MessageListJson, examples.MESSAGES, refusals=READING))
def read_chat(
    request: ApiRequest,
    slug: str,
    before: Annotated[
        int, Query(ge=1, le=LARGEST_ID, description="The id of a message; only older ones are answered.")
    ] = LARGEST_ID,
) -> dict[str, Any]:
    """The last messages, the oldest of them first, and where the older ones are; none where the chat is off."""
    items, has_older = page_of(open_room(slug, request.auth), before)
    query = urlencode({"before": items[0]["id"]}) if has_older else ""
    return {"items": items, "next": request.build_absolute_uri(f"{request.path}?{query}") if has_older else None}


@router.post(
    "/rooms/{slug}/chat",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, MessageJson, examples.MESSAGE, refusals=CHANGING),
)
def say(request: ApiRequest, slug: str, body: NewMessage) -> Status[Any]:
    """Say something. Who writes too fast, or in slow mode too soon, is answered 429."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    caller.place_in(room).check_may(Action.CHAT)
    with change(room, now, by=caller.place_in(room).name) as lent:
        said = speaking.say(lent, caller, body.text, now)
    return Status(201, said)


@router.patch(
    "/rooms/{slug}/chat/{message_id}",
    openapi_extra=answers(200, MessageJson, examples.EDITED_MESSAGE, refusals=CHANGING),
)
def edit_message(request: ApiRequest, slug: str, message_id: int, body: MessageChange) -> MessageJson:
    """Replace the text of one's own message."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    caller.place_in(room).check_may(Action.CHAT)
    with change(room, now, by=caller.place_in(room).name) as lent:
        return speaking.edit(lent, caller, message_id, body.text, now)


@router.delete(
    "/rooms/{slug}/chat/{message_id}", response={204: None}, openapi_extra=answers(204, None, refusals=CHANGING)
)
def remove_message(request: ApiRequest, slug: str, message_id: int) -> Status[None]:
    """Remove one's own message; with the right to moderate, any."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    with change(room, now, by=caller.place_in(room).name) as lent:
        speaking.remove(lent, caller, message_id, now)
    return Status(204, None)


@router.post(
    "/rooms/{slug}/reactions",
    response={202: dict[str, Any]},
    openapi_extra=answers(202, ReactedJson, {"emoji": "🔥"}, refusals=(401, 403, 404, 413, 429)),
)
def react(request: ApiRequest, slug: str, body: Reaction) -> Status[Any]:
    """React to what plays. It is kept nowhere; the stream tells how many there were since the last time."""
    room = open_room(slug, request.auth)
    emoji = speaking.reaction_of(request.auth, room, body.emoji, now_ms())
    hub.react(room.pk, emoji)
    return Status(202, {"emoji": emoji})
