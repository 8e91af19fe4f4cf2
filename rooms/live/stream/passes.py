"""A pass: whom a session stands for in one room, signed, so that a stream comes back without asking the database.

It says who somebody is, not what they may: that is for the rights of the room, which the room's channel keeps new.
Operators get none, since theirs is a right of the account, whose loss no room is told.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core import signing

from rooms.core.person import COOKIE as PERSON_COOKIE
from rooms.live.stream.request import Request

if TYPE_CHECKING:
    from rooms.live.hub.live_room import LiveRoom
    from rooms.live.stream.identity import Identity

COOKIE = "pass"
MAX_AGE_S = 3_600
"""Somewhat longer than a stream lives: whoever listens has a valid one at each reconnect."""

_SALT = "rooms.pass"


def headers(request: Request, live: LiveRoom, identity: Identity) -> list[tuple[bytes, bytes]]:
    """The ``Set-Cookie`` of a pass for the session of ``request``, sent back to the stream of this room alone."""
    person = str(identity.person_id) if identity.person_id else None
    value = signing.dumps([live.room_id, _session(request), person, identity.name], salt=_SALT)
    path = f"/api/v1/rooms/{quote(live.slug)}/events"
    secure = "; Secure" if settings.HTTPS else ""
    cookie = f"{COOKIE}={value}; Path={path}; Max-Age={MAX_AGE_S}; HttpOnly; SameSite=Lax{secure}"
    return [(b"set-cookie", cookie.encode())]


def person_of(request: Request, room_id: int) -> tuple[UUID | None, str] | None:
    """The person and nickname that the pass of ``request`` names; None without one that was made for this session."""
    try:
        said: Any = signing.loads(request.cookies.get(COOKIE, ""), salt=_SALT, max_age=MAX_AGE_S)
        known_room_id, session, person, name = said
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if (known_room_id, session) != (room_id, _session(request)):
        return None
    return (UUID(person) if person else None), name


def _session(request: Request) -> str:
    """Names the session, without giving it away, together with the browser's own cookie."""
    parts = [request.cookies.get(name, "") for name in (settings.SESSION_COOKIE_NAME, PERSON_COOKIE)]
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
