"""Serving one stream."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from rooms import descriptors
from rooms.errors import Refusal, TooMany, Unknown
from rooms.hub import hub
from rooms.hub.listener import Listener
from rooms.hub.live import LiveRoom, Outdated
from rooms.stream.identity import Identity, identify
from rooms.stream.request import Request
from rooms.stream.response import Response, Send

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

PATH = re.compile(r"/api/v1/rooms/([^/]+)/events")


def slug_of(scope: Scope) -> str | None:
    """The slug of the room whose stream ``scope`` asks for; None if it asks for something else."""
    if scope["type"] != "http":
        return None
    match = PATH.fullmatch(scope["path"])
    return match[1] if match else None


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream. Nothing is raised from here: daphne would leak every later request (see docs/stream.md)."""
    request = Request(scope)
    response = Response(request, send)
    slug = slug_of(scope) or ""
    try:
        try:
            await _answer(request, response, slug, receive)
        except Refusal as refusal:
            await response.refuse(refusal)
    except asyncio.CancelledError:
        # By the server, or because nothing can be sent any more: an end like others.
        await response.end_softly()
    except (DatabaseError, Outdated) as error:
        logger.warning("A stream of the room “%s” has to come back later: %r.", slug[:80], error)
        await response.end_softly()
    except Exception:
        logger.exception("A stream of the room “%s” failed.", slug[:80])
        await response.end_softly()


async def _answer(request: Request, response: Response, slug: str, receive: Receive) -> None:
    if request.method == "OPTIONS":
        await response.allow()
    elif request.method not in ("GET", "HEAD"):
        await response.refuse_method()
    else:
        request.check()
        if hub.is_stopping:
            await response.end_softly()
            return
        if hub.streams >= descriptors.for_streams():
            raise TooMany(f"{hub.streams} streams are open here, and no more fit; try again later.", retry_after_s=30)
        with hub.counted():
            await _serve(request, response, slug, receive)


async def _serve(request: Request, response: Response, slug: str, receive: Receive) -> None:
    live = await hub.live_room(slug)
    if live is None:
        raise Unknown(f"There is no room “{slug[:80]}”.")
    with live.visited():
        identity = await identify(request, live.room_id)
        if not live.head.latest.rights.may_listen(identity.person_id, is_operator=identity.is_operator):
            raise Unknown(f"There is no room “{slug[:80]}”.")
        await response.begin()
        if request.method == "HEAD":
            await response.end()
        else:
            await _listen(live, identity, request.last_event_id, response.send, receive)


async def _listen(live: LiveRoom, identity: Identity, last_event_id: int | None, send: Send, receive: Receive) -> None:
    serving = asyncio.current_task()
    assert serving is not None
    listener = Listener(
        live,
        send,
        person_id=identity.person_id,
        name=identity.name,
        is_operator=identity.is_operator,
        lost=serving.cancel,
    )
    try:
        await live.join(listener, last_event_id)
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        live.leave(listener)
