"""What a request for a stream says."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from rooms.core.client_address import address_of_scope
from rooms.errors import Forbidden, Invalid

LONGEST_EVENT_ID = 19
"""Digits of the largest version; whatever is longer was not sent by us."""


class Request:
    """The parts of an ASGI scope that a stream looks at. All of it is a stranger's text."""

    def __init__(self, scope: dict[str, Any]) -> None:
        self.method: str = scope["method"]
        self.query_string: bytes = scope.get("query_string", b"")
        self.headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            separator = "; " if name == "cookie" else ","
            self.headers[name] = f"{self.headers[name]}{separator}{value}" if name in self.headers else value
        self.address = address_of_scope(scope)
        self.cookies = parse_cookie(self.headers.get("cookie", ""))

    @property
    def last_event_id(self) -> int | None:
        """The version that the listener claims to have; None for whatever is not one of ours."""
        query = parse_qs(self.query_string.decode("latin-1"), errors="replace")
        text = self.headers.get("last-event-id") or ",".join(query.get("lastEventId", []))
        is_ours = text.isascii() and text.isdigit() and len(text) <= LONGEST_EVENT_ID
        return int(text) if is_ours else None

    @property
    def allowed_origin(self) -> str | None:
        origin = self.headers.get("origin")
        return origin if origin in settings.STREAM_ORIGINS else None

    def check(self) -> None:
        """Raise Refusal for a request that no room should see."""
        host, _port = split_domain_port(self.headers.get("host", ""))
        if not (settings.ALLOWED_HOSTS and validate_host(host, settings.ALLOWED_HOSTS)):
            raise Invalid(f"The host “{host[:80]}” is not among those that this server answers to.")
        is_forged = self.headers.get("sec-fetch-site") == "cross-site" and self.allowed_origin is None
        if is_forged and self.cookies and "authorization" not in self.headers:
            raise Forbidden("A page of another site may not open this stream in your name.")
