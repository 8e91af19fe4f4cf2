"""The stream of a room: an ASGI application beside Django's.

Django would hold a thread and a database connection for as long as a response lives; here an idle listener is one
suspended coroutine. What the standard asks of a stream is in ``docs/stream.md``.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string

from rooms.callers import Caller, Person, member_of_token
from rooms.errors import Forbidden, Invalid, Refusal, Unknown
from rooms.hub import hub, wire
from rooms.hub.listener import Listener
from rooms.models import Room
from rooms.push import encode

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Any]

PATH = re.compile(r"/api/v1/rooms/([^/]+)/events")
METHODS = "GET, HEAD, OPTIONS"
LONGEST_EVENT_ID = 19
"""Digits of the largest version; whatever is longer was not sent by us."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who opens a stream."""

    person: Person | None = None
    is_operator: bool = False


class Request:
    """The parts of an ASGI scope that a stream looks at."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            self.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        self.query_string: bytes = scope.get("query_string", b"")
        self.cookies = parse_cookie(self.headers.get("cookie", ""))

    @property
    def last_event_id(self) -> int | None:
        """The version that the listener claims to have; None for whatever is not one of ours."""
        query = parse_qs(self.query_string.decode("latin-1"), errors="replace")
        text = self.headers.get("last-event-id") or next(iter(query.get("lastEventId", [])), "")
        is_ours = text.isascii() and text.isdigit() and len(text) <= LONGEST_EVENT_ID
        return int(text) if is_ours else None

    @property
    def allowed_origin(self) -> str | None:
        origin = self.headers.get("origin")
        return origin if origin in settings.STREAM_ORIGINS else None

    def cors(self) -> list[tuple[bytes, bytes]]:
        """The headers that let a listed origin read the stream; ``Vary`` in any case, for caches."""
        headers = [(b"vary", b"Origin")]
        if self.allowed_origin:
            headers += [
                (b"access-control-allow-origin", self.allowed_origin.encode("latin-1")),
                (b"access-control-allow-credentials", b"true"),
            ]
        return headers

    def check(self) -> None:
        """Raise Refusal for a request that no room should see."""
        host, _port = split_domain_port(self.headers.get("host", ""))
        if not (settings.ALLOWED_HOSTS and validate_host(host, settings.ALLOWED_HOSTS)):
            raise Invalid(f"The host “{host[:80]}” is not among those that this server answers to.")
        is_forged = self.headers.get("sec-fetch-site") == "cross-site" and self.allowed_origin is None
        if is_forged and self.cookies and "authorization" not in self.headers:
            raise Forbidden("A page of another site may not open this stream in your name.")


def slug_of(scope: Scope) -> str | None:
    """The slug of the room whose stream ``scope`` asks for; None if it asks for something else."""
    if scope["type"] != "http":
        return None
    match = PATH.fullmatch(scope["path"])
    return match[1] if match else None


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream. Nothing is raised from here: daphne would leak every later request (see docs/stream.md)."""
    request = Request(scope)
    try:
        await _serve(request, slug_of(scope) or "", receive, send)
    except Refusal as refusal:
        await _refuse(request, refusal, send)
    except Exception:
        logger.exception("A stream failed.")
        await _end_softly(request, send)


async def _serve(request: Request, slug: str, receive: Receive, send: Send) -> None:
    if request.method == "OPTIONS":
        allow = [(b"allow", METHODS.encode()), (b"access-control-allow-methods", METHODS.encode())]
        await _respond(send, 204, [*allow, *request.cors()])
        return
    if request.method not in ("GET", "HEAD"):
        await _respond(send, 405, [(b"allow", METHODS.encode())])
        return
    request.check()
    if hub.is_stopping:
        await _end_softly(request, send)
        return
    live = await hub.live_room(slug)
    if live is None:
        raise Unknown(f"There is no room “{slug[:80]}”.")
    identity = await _identify(request, live.room_id)
    person_id = identity.person.id if identity.person else None
    if not identity.is_operator and not live.rights.may_listen(person_id):
        raise Unknown(f"There is no room “{slug[:80]}”.")
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *request.cors()]})
    if request.method == "HEAD":
        await send(wire.message(b"", more=False))
        return
    name = identity.person.name if identity.person else ""
    listener = Listener(live, send, person_id=person_id, name=name, is_operator=identity.is_operator)
    try:
        await live.join(listener, request.last_event_id)
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        live.leave(listener)


async def _identify(request: Request, room_id: int) -> Identity:
    """Who opens the stream. A browser's signed cookie says so by itself; a token or an account takes the database."""
    person = Person.of_cookies(request.cookies)
    live = hub.rooms.get(room_id)
    knows_person = live is not None and live.rights.may_listen(person.id if person else None)
    has_session = settings.SESSION_COOKIE_NAME in request.cookies
    if "authorization" in request.headers or (has_session and not knows_person):
        return await hub.in_thread(_identify_in_database, request, room_id, person)
    return Identity(person)


def _identify_in_database(request: Request, room_id: int, person: Person | None) -> Identity:
    room = Room.objects.get(pk=room_id)
    if "authorization" in request.headers:
        member = member_of_token(request.headers["authorization"])
        return Identity(Person(member.person, member.nickname))
    caller = Caller(person=person, user=_user_of(request))
    member = caller.member_of(room)
    if member is not None:
        person = Person(member.person, member.nickname)
    return Identity(person, is_operator=member is None and caller.may_read(room))


def _user_of(request: Request) -> AbstractBaseUser | AnonymousUser:
    """The account of the session that the cookies name."""
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    django_request = HttpRequest()
    django_request.session = engine(request.cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(django_request)


async def _refuse(request: Request, refusal: Refusal, send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *request.cors()]
    body = b"" if request.method == "HEAD" else encode(refusal.as_json()).encode(errors="replace")
    await _respond(send, refusal.status, headers, body)


async def _end_softly(request: Request, send: Send) -> None:
    """Answer so that a browser comes back by itself: any error status would end its EventSource for good."""
    chunk = b"" if request.method == "HEAD" else wire.retry(random.randint(3_000, 8_000)) + b"\n"
    try:
        await _respond(send, 200, [*HEADERS, *request.cors()], chunk)
    except Exception as error:  # noqa: BLE001  # the response had begun, or the peer is gone: there is nobody to tell
        logger.debug("A stream could not be ended: %r.", error)


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    length = [] if HEADERS[0] in headers else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send(wire.message(body, more=False))
