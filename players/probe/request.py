"""One GET for a part of a file, redirects followed, each hop as guarded as the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore
from django.conf import settings

from players.links import LinkError, address
from rooms.outgoing.budget import Budget, Unanswered
from rooms.outgoing.connection import guarded
from rooms.outgoing.resolver import Resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_HEADERS = {"User-Agent": "Musicrooms", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
_BEYOND_ASCII = re.compile(r"[\x80-\xff]")


@dataclass
class Answer:
    """An open answer. ``headers`` has names in lower case, and values as Latin-1, which loses no byte."""

    url: str
    status: int
    headers: Mapping[str, str]
    parts: Iterator[bytes]


@contextmanager
def opened(url: str, budget: Budget, headers: Mapping[str, str], resolver: Resolve | None = None) -> Iterator[Answer]:
    """What ``url`` answers, after redirects. Raises Unanswered if it does not, or may not be asked."""
    try:
        while True:
            budget.take_request()
            with _asked(url, budget, headers, resolver) as answer:
                target = answer.headers.get("location", "")
                if answer.status not in _REDIRECTS or not target:
                    yield answer
                    return
            url = _joined(url, target)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise Unanswered(f"{url} could not be asked: {str(error) or type(error).__name__}.") from None


@contextmanager
def _asked(url: str, budget: Budget, headers: Mapping[str, str], resolver: Resolve | None) -> Iterator[Answer]:
    try:
        place = address.read(url)
    except LinkError as error:
        raise Unanswered(str(error)) from None
    sent = {**_DEFAULT_HEADERS, "Host": place.origin.partition("://")[2], **headers}
    with (
        guarded(place.host, budget, settings.PROBE_PRIVATE_NETWORKS, resolver) as pool,
        pool.stream("GET", place.url, headers=list(sent.items())) as response,
    ):
        received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        yield Answer(place.url, response.status, received, response.iter_stream())


def _joined(url: str, target: str) -> str:
    # Servers write names of files as they are, in UTF-8; the bytes are what counts, as for browsers.
    target = _BEYOND_ASCII.sub(lambda match: f"%{ord(match[0]):02X}", target)
    try:
        return urljoin(url, target)
    except ValueError:
        raise Unanswered(f"{url} leads to {target!r:.80}, which is no address.") from None
