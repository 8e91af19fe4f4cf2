"""One POST to an address that a stranger named, without redirects, of whose answer the head alone is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
from ada_url import URL
from django.conf import settings

from rooms.outgoing.budget import Budget, Unanswered
from rooms.outgoing.connection import guarded

SECONDS = 15.0
"""For the whole of it; Standard Webhooks recommends 15 to 30."""

BYTES = 64 * 1024
"""Off the network: TLS's certificates and the head of the answer."""

_SECONDS = re.compile(rb"[0-9]{1,9}")
"""Of a ``Retry-After``; a date, and what is longer than any pause, counts as none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, and its ``Retry-After`` in seconds if it has one of these."""

    status: int
    retry_after_s: int | None


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What ``url`` answers to ``body``; raises Unanswered if it does not, or may not be told."""
    place = URL(url)
    sent = {"Host": place.host, "User-Agent": "Musicrooms", "Content-Length": str(len(body)), "Connection": "close"}
    sent |= {"Content-Type": "application/json", **headers}
    budget = Budget(seconds=SECONDS, byte_count=BYTES)
    try:
        with (
            guarded(place.hostname.strip("[]"), budget, settings.WEBHOOK_PRIVATE_NETWORKS) as pool,
            pool.stream("POST", url, headers=list(sent.items()), content=body) as response,
        ):
            received = {name.lower(): value for name, value in response.headers}
            seconds = _SECONDS.fullmatch(received.get(b"retry-after", b""))
            return Answer(response.status, int(seconds[0]) if seconds else None)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise Unanswered(f"{place.host} could not be told: {str(error) or type(error).__name__}.") from None
