"""One GET for a part of a file, redirects followed, each hop as guarded as the first."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

import httpcore
from django.conf import settings

from players.links import LinkError, address
from players.probe.budget import Budget, Unanswered
from players.probe.connection import Guarded, Refused
from players.probe.resolver import Resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_HEADERS = {"User-Agent": "Musicrooms", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
_BEYOND_ASCII = re.compile(r"[\x80-\xff]")
_NOBODYS_NAMES = frozenset({"*", "localhost", "127.0.0.1", "[::1]"})


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
    if is_own(place.host):
        raise Refused(f"{place.host} is this server itself.")
    guarded = Guarded(budget, settings.PROBE_PRIVATE_NETWORKS, resolver)
    sent = {**_DEFAULT_HEADERS, "Host": place.origin.partition("://")[2], **headers}
    with (
        httpcore.ConnectionPool(network_backend=guarded, ssl_context=_authorities(), max_connections=1) as pool,
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


def is_own(host: str) -> bool:
    """Whether ``host`` is a name of this server, as far as the settings say it.

    Loopback is not told apart by name: other programs of the machine are there as well.
    """
    names = [name for name in settings.ALLOWED_HOSTS if name not in _NOBODYS_NAMES]
    names += [origin.rpartition("://")[2].partition(":")[0] for origin in settings.CSRF_TRUSTED_ORIGINS]
    return any(host == name or (name[:1] == "." and f".{host}".endswith(name)) for name in names)


@cache
def _authorities() -> ssl.SSLContext:
    """The certificate authorities; reading them costs 25 ms of CPU."""
    return httpcore.default_ssl_context()
