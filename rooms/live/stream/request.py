"""Parsed request for a stream."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from rooms.core.client_address import counted_address_of
from rooms.errors import Forbidden, Invalid
from rooms.live.hub.identity import Credentials

LONGEST_EVENT_ID = 19
"""Digits of the largest version (a signed 64-bit integer)."""

MOST_HOSTS = 64
"""Size of the cache of checked Host headers."""


class Request:
    """The parts of an ASGI HTTP scope that a stream depends on; all of them are untrusted input.

    Repeated headers are joined as Django and HTTP do: cookies by “; ”, others by commas.
    """

    def __init__(self, scope: dict[str, Any]) -> None:
        self.method: str = scope["method"]
        self.headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name in self.headers:
                value = f"{self.headers[name]}{'; ' if name == 'cookie' else ','}{value}"
            self.headers[name] = value
        cookies = self.headers.get("cookie")
        self.cookies: dict[str, str] = parse_cookie(cookies) if cookies else {}
        self._scope = scope

    @property
    def credentials(self) -> Credentials:
        return Credentials.of(self.headers.get("authorization", ""), self.cookies, self.counted_address)

    @cached_property
    def counted_address(self) -> str:
        """The client's address for limits and bans (IPv6 by its /64); empty if it is not counted."""
        peer, _port = self._scope.get("client") or ("", 0)
        return counted_address_of(peer or "", self.headers.get("x-forwarded-for", ""))

    @property
    def last_event_id(self) -> int | None:
        """``Last-Event-ID``, or the parameter ``lastEventId``: the client's version; None if missing or malformed."""
        text = self.headers.get("last-event-id") or self._queried("lastEventId")
        is_ours = text.isascii() and text.isdigit() and len(text) <= LONGEST_EVENT_ID
        return int(text) if is_ours else None

    @property
    def has_player(self) -> bool:
        """Whether the page plays the music; overlays and screens send the parameter ``player=0``."""
        return self._queried("player") != "0"

    @property
    def allowed_origin(self) -> str | None:
        """The ``Origin``, if STREAM_ORIGINS lists it (CORS); else None."""
        origin = self.headers.get("origin")
        return origin if origin in settings.STREAM_ORIGINS else None

    def _queried(self, name: str) -> str:
        """A parameter of the query string; empty if missing."""
        query: bytes = self._scope.get("query_string", b"")
        if not query:
            return ""
        return ",".join(parse_qs(query.decode("latin-1"), errors="replace").get(name, []))

    def check(self) -> None:
        """Check the Host header and cross-site requests (by Fetch Metadata); raises Invalid or Forbidden."""
        host = self.headers.get("host", "")
        if not _is_allowed(host, tuple(settings.ALLOWED_HOSTS)):
            raise unknown_host(host)
        is_forged = self.headers.get("sec-fetch-site") == "cross-site" and self.allowed_origin is None
        if is_forged and self.cookies and "authorization" not in self.headers:
            raise Forbidden("A page of another site may not open this stream in your name.")


def unknown_host(host: str) -> Invalid:
    """The refusal of a Host header that is not in ``ALLOWED_HOSTS``."""
    named, _port = split_domain_port(host)
    return Invalid(f"The host “{named[:80]}” is not among those that this server answers to.")


@lru_cache(MOST_HOSTS)
def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(allowed) and validate_host(domain, allowed)
