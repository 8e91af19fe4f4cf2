"""The ASGI application: admission, then the stream until the client disconnects."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from rooms.errors import Refusal
from rooms.live.hub import hub
from rooms.live.hub.identity import ANONYMOUS, Identity
from rooms.live.hub.listener import Feed, Listener
from rooms.live.hub.room_reader import Outdated
from rooms.live.lobby import lobby
from rooms.live.stream.direct_write import direct_write_of
from rooms.live.stream.request import Request
from rooms.live.stream.response import Response, Send

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

PATH = re.compile(r"/api/v1/rooms/([^/]+)/events")
LOBBY_PATH = "/events"


def is_stream(scope: Scope) -> bool:
    """Whether ``scope`` is a request for a stream, of a room or of the home page."""
    return scope["type"] == "http" and (scope["path"] == LOBBY_PATH or PATH.fullmatch(scope["path"]) is not None)


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application of a stream. Raises nothing: daphne would leak every later request (see docs/stream.md).

    Little stays in memory while a stream is open: this coroutine, ``_listen``'s, the listener and the response.
    """
    response = Response(send)
    try:
        try:
            listening = await _admit(Request(scope), response, scope["path"])
        except Refusal as refusal:
            await response.refuse(refusal)
        else:
            if listening is not None:
                await _listen(*listening, receive)
    except asyncio.CancelledError:
        # By the server, or by the listener after ``send`` failed.
        await response.end_softly()
    except (DatabaseError, Outdated) as error:
        logger.warning("The stream %.120s has to come back later: %r.", scope["path"], error)
        await response.end_softly()
    except Exception:
        logger.exception("The stream %.120s failed.", scope["path"])
        await response.end_softly()


async def _admit(request: Request, response: Response, path: str) -> tuple[Listener, int | None] | None:
    """Send the head of the stream; returns its listener and last event id, or None if the response is complete.

    Raises Refusal for a request that is denied.
    """
    response.answers(request)
    if request.method == "OPTIONS":
        await response.allow()
        return None
    if request.method not in ("GET", "HEAD"):
        await response.refuse_method()
        return None
    request.check()
    if hub.is_stopping:
        await response.end_softly()
        return None
    if path == LOBBY_PATH:
        return await _admit_to_lobby(request, response)
    match = PATH.fullmatch(path)
    return await _admit_to_room(request, response, match[1] if match else "")


async def _admit_to_lobby(request: Request, response: Response) -> tuple[Listener, int | None] | None:
    person = request.credentials.person
    # No name: the home page shows no list of people.
    return await _begin(request, response, lobby, Identity(person.id) if person else ANONYMOUS)


async def _admit_to_room(request: Request, response: Response, slug: str) -> tuple[Listener, int | None] | None:
    live, identity = await hub.enter(slug, request.credentials)
    with live:
        if not await live.may_listen(identity):
            raise live.refusal_to(identity)
        return await _begin(request, response, live, identity)


async def _begin(
    request: Request, response: Response, feed: Feed, identity: Identity
) -> tuple[Listener, int | None] | None:
    if request.method == "HEAD":
        await response.begin()
        await response.end()
        return None
    serving = asyncio.current_task()
    listener = Listener(feed, response.send, identity, has_player=request.has_player, serving=serving)
    hub.admit(listener, request.counted_address)
    try:
        await response.begin()
        listener.use(direct_write_of(response.send))
    except BaseException:
        hub.dismiss(listener)
        raise
    return listener, request.last_event_id


async def _listen(listener: Listener, last_event_id: int | None, receive: Receive) -> None:
    feed = listener.feed
    with feed:
        try:
            await feed.join(listener, last_event_id)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            feed.leave(listener)
            hub.dismiss(listener)
