"""How often a wrong password may be tried at the admin's login: django-axes counts, and this says how.

It keeps its counts in the database, so that all processes share them, and looks at no request but a login.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from rooms.core.client_address import address_of_request, counted_as

FAILURES = 10
COOL_OFF: timedelta = timedelta(minutes=15)
LONGEST_NAME = 255
"""Characters."""


def address(request: HttpRequest) -> str | None:
    """The address that a login counts for, an IPv6 one with its whole /64; None behind a socket without addresses.

    Other than for rooms, loopback counts too: a proxy that TRUSTED_PROXIES does not name is no way around the limit.
    """
    own = address_of_request(request)
    return counted_as(own).partition("/")[0] or own or None


def name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The name that was tried, as far as django-axes has room for it: PostgreSQL refuses a longer one."""
    tried = credentials or request.POST
    found = tried.get("username")
    return str(found)[:LONGEST_NAME] if found is not None else None


def in_log(name: str | None, address: str | None, agent: str, path: str, request: HttpRequest) -> str:
    """Who failed, for the log: only what the address needs to be found and blocked by."""
    return f"{(name or '')[:40]!a} from {address or 'an unknown address'}"


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What is answered instead of the login."""
    minutes = int(COOL_OFF.total_seconds() // 60)
    sentence = f"Too many wrong passwords came from your address; try again in {minutes} minutes."
    refusal = HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=429)
    refusal["Retry-After"] = str(int(COOL_OFF.total_seconds()))
    return refusal
