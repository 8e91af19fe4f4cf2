"""One small GET to one fixed host, with a bound on everything that the other side decides."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore, Thread

import httpx

from rooms.clock import monotonic_s

TIMEOUT_S = 4.0
"""Seconds for the whole lookup, while a person waits for the pasted link to appear."""

MAX_BYTES = 256 * 1024
"""An answer has a few kilobytes; more than this is no answer to our question."""

MOST_AT_ONCE = 16
"""Requests in flight, late ones that nobody waits for any more included: each has a thread."""

# A compressed answer could unpack to a thousand times what was counted.
_HEADERS = {"User-Agent": "Musicrooms", "Accept-Encoding": "identity"}

_places = BoundedSemaphore(MOST_AT_ONCE)


class Unavailable(Exception):
    """The lookup could not be made; it says nothing about the video, and may succeed later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is empty unless ``status`` is 200, or the one who asked wanted it of any status."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Question:
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    any_body: bool


def get(
    url: str,
    query: Mapping[str, str],
    timeout_s: float,
    *,
    headers: Mapping[str, str] | None = None,
    any_body: bool = False,
) -> Answer:
    """The answer of ``url``, whatever its status, within ``timeout_s`` seconds; no redirect is followed.

    What is secret goes into ``headers``: addresses are logged. With ``any_body`` the body of a refusal is read as well.

    The request runs in a thread of its own: httpx bounds each step, but resolving a name, trying address
    after address of a host and headers that trickle in can add up to minutes. A late thread is left to end by
    those bounds.
    """
    began_s = monotonic_s()
    if not _places.acquire(timeout=timeout_s):
        raise Unavailable(f"{url} was not asked: {MOST_AT_ONCE} questions wait for their answers.")
    timeout_s -= monotonic_s() - began_s
    answer: Future[Answer] = Future()
    question = _Question(url, query, _HEADERS | dict(headers or {}), any_body)
    Thread(target=_settle, args=(answer, question, timeout_s), name="oembed", daemon=True).start()
    try:
        return answer.result(timeout_s)
    except TimeoutError:
        raise Unavailable(f"{url} did not answer within {timeout_s:g} s.") from None


def _settle(answer: Future[Answer], question: _Question, timeout_s: float) -> None:
    try:
        answer.set_result(_request(question, timeout_s))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        answer.set_exception(Unavailable(f"{question.url} could not be asked: {str(error) or type(error).__name__}."))
    except BaseException as error:  # noqa: BLE001 - the waiting thread must hear of it
        answer.set_exception(error)
    finally:
        _places.release()


def _request(question: _Question, timeout_s: float) -> Answer:
    deadline = monotonic_s() + timeout_s
    with (
        httpx.Client(
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            verify=_authorities(),
            headers=dict(question.headers),
        ) as client,
        client.stream("GET", question.url, params=dict(question.query)) as response,
    ):
        is_read = question.any_body or response.status_code == httpx.codes.OK
        body = _body(response, deadline) if is_read else b""
        return Answer(response.status_code, body)


@cache
def _authorities() -> ssl.SSLContext:
    """The certificate authorities; reading them costs 25 ms of CPU, more than a thousand deliveries."""
    return httpx.create_ssl_context(trust_env=False)


def _body(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unavailable(f"{response.url.host} answered with more than {MAX_BYTES:,} bytes.")
        if monotonic_s() > deadline:
            raise Unavailable(f"{response.url.host} did not finish its answer in time.")
    return bytes(body)
