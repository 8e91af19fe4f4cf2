"""A request is one visit to one thread, from its first signal to its last."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation

from musicrooms.handler import OneHopHandler
from rooms.core import one_at_a_time

seen: list[tuple[str, int]] = []


def note(what: str) -> None:
    seen.append((what, threading.get_ident()))


def note_start(**_: Any) -> None:
    note("started")


def note_end(**_: Any) -> None:
    note("finished")


def upper(request: HttpRequest) -> HttpResponse:
    note("view")
    translation.activate("de")
    return HttpResponse(request.body.upper(), content_type="text/plain")


def language(request: HttpRequest) -> HttpResponse:
    return HttpResponse(translation.get_language())


def in_pieces(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        yield b"a" * 100_000
        note("half")
        yield b"b"

    return StreamingHttpResponse(pieces())


begun, released = threading.Event(), threading.Event()


def stuck(request: HttpRequest) -> HttpResponse:
    begun.set()
    released.wait(30)
    return HttpResponse()


urlpatterns = [
    path("stuck", stuck),
    path("healthz", language),
    path("upper", upper),
    path("language", language),
    path("pieces", in_pieces),
]


@pytest.fixture
def handler(settings: Any) -> Iterator[OneHopHandler]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    request_started.connect(note_start)
    request_finished.connect(note_end)
    seen.clear()
    yield OneHopHandler()
    request_started.disconnect(note_start)
    request_finished.disconnect(note_end)


def ask(handler: OneHopHandler, target: str, *pieces: bytes, query: bytes = b"") -> tuple[int, bytes]:
    """What is answered to a POST whose body comes in these pieces: status and body."""
    sent: list[dict[str, Any]] = []
    body = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces or (b"",), 1)
    ]

    async def receive() -> dict[str, Any]:
        return body.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": target,
        "query_string": query,
        "headers": [(b"host", b"testserver")],
        "server": ("testserver", 80),
    }
    asyncio.run(handler(scope, receive, send))
    assert not sent[-1].get("more_body")
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_signals_and_view_share_a_thread_that_is_not_the_event_loops(handler: OneHopHandler) -> None:
    assert ask(handler, "/upper", b"alice ", b"and bob") == (200, b"ALICE AND BOB")
    assert [what for what, _ in seen] == ["started", "view", "finished"]
    assert len({thread for _, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()


def test_the_thread_serves_the_next_requests_which_find_nothing_of_the_last(handler: OneHopHandler) -> None:
    for _ in range(20):
        ask(handler, "/upper")
        assert ask(handler, "/language") == (200, b"en")
    # A request that comes in the instant in which the last one's thread is not yet idle may find another one.
    assert len({thread for _, thread in seen}) <= 3


def test_a_response_in_pieces_is_sent_whole_and_then_finished(handler: OneHopHandler) -> None:
    with pytest.warns(Warning, match="synchronous iterators"):
        assert ask(handler, "/pieces") == (200, b"a" * 100_000 + b"b")
    assert [what for what, _ in seen] == ["started", "half", "finished"]


def test_a_request_that_cannot_be_read_is_refused_and_finished(handler: OneHopHandler) -> None:
    assert ask(handler, "/upper", query=b"\xff")[0] == 400
    assert [what for what, _ in seen] == ["started", "finished"]


def test_a_caller_who_hangs_up_in_the_middle_of_the_request_is_not_answered(handler: OneHopHandler) -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"al", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError("nobody is there")

    asyncio.run(handler({"type": "http", "method": "POST", "path": "/upper"}, receive, send))
    assert not seen


def test_a_probe_is_answered_though_every_thread_of_the_requests_waits(
    handler: OneHopHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_at_a_time, "MAX_THREADS", 1)
    monkeypatch.setattr("musicrooms.handler._requests", one_at_a_time.OneAtATime("stuck"))
    waiting = threading.Thread(target=ask, args=(handler, "/stuck"))
    waiting.start()
    try:
        assert begun.wait(30)
        assert ask(handler, "/healthz") == (200, b"en")
        assert waiting.is_alive()
    finally:
        released.set()
        waiting.join()
