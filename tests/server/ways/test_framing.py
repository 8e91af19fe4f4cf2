"""Each way to a listener frames a stream as HTTP and the standard of server-sent events have it."""

from __future__ import annotations

import resource

import pytest

from tests.support.raw import Head, Raw
from tools.people import Lounge
from tools.server import Server

BOM = "\ufeff".encode()


@pytest.fixture
def lounge(any_server: Server) -> Lounge:
    return Lounge.open(any_server)


def events_path(lounge: Lounge) -> str:
    return f"/api/v1/rooms/{lounge.slug}/events"


def stream_head(lounge: Lounge, *headers: tuple[str, str | bytes]) -> Head:
    with Raw(lounge.server.url) as raw:
        return raw.get(events_path(lounge), *headers)


def can_still_be_used(raw: Raw) -> bool:
    """Whether the kept-alive connection answers the next call."""
    return "server_now_ms" in raw.json(raw.get("/api/v1/time"))


# Status and headers


def test_status_and_headers_are_those_of_a_stream_that_nobody_may_keep(lounge: Lounge) -> None:
    head = stream_head(lounge, ("Accept-Encoding", "gzip, br"))
    assert head.status == 200
    assert head.get("content-type") == "text/event-stream; charset=utf-8"
    assert head.get("cache-control") == "no-store, no-transform"
    assert head.get("x-accel-buffering") == "no"
    assert head.get("x-content-type-options") == "nosniff"
    assert head.get("vary") == "Origin"
    for absent in ("content-length", "content-encoding", "access-control-allow-origin", "set-cookie"):
        assert head.get(absent) is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate, br, zstd", "*"])
def test_no_event_is_ever_compressed(lounge: Lounge, encoding: str) -> None:
    """Compressed chunk by chunk, browsers would show the first event and no other."""
    with Raw(lounge.server.url) as raw:
        assert raw.get(events_path(lounge), ("Accept-Encoding", encoding)).get("content-encoding") is None
        raw.read_until(b"event: snapshot")
        lounge.add("https://media.example.org/a.mp3")
        raw.read_until(b"event: queue")
        assert [event["event"] for event in raw.events() if "id" in event] == ["snapshot", "queue"]


def test_head_answers_the_same_headers_and_leaves_the_connection_usable(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.ask("HEAD", events_path(lounge))
        head = raw.head()
        assert can_still_be_used(raw)
    of_get = stream_head(lounge)
    assert head.status == 200
    unlike = {"date", "transfer-encoding"}
    assert {pair for pair in head.headers if pair[0] not in unlike} == {
        pair for pair in of_get.headers if pair[0] not in unlike
    }


def test_more_streams_than_the_process_has_descriptors_for_are_a_429(lounge: Lounge) -> None:
    with lounge.bob():
        pid = lounge.server.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (201, before[1]))
        try:
            head = stream_head(lounge)
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        assert head.status == 429
        assert int(head.get("retry-after") or 0) > 0
    assert stream_head(lounge).status == 200


def test_every_write_is_whole_events(lounge: Lounge) -> None:
    with Raw(lounge.server.url) as raw:
        raw.get(events_path(lounge))
        lounge.add("https://media.example.org/a.mp3")
        lounge.control(playing=True)
        lounge.alice.patch(lounge.path, json={"name": "Salon"})
        raw.read_until(b"event: room")
        for chunk in raw.chunks:
            assert chunk.endswith(b"\n\n")
            assert not chunk.startswith(BOM)
            assert b"data: " in chunk
        assert [event["event"] for event in raw.events() if "id" in event] == ["snapshot", "queue", "player", "room"]
