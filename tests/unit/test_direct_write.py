"""The direct write to a socket: the same bytes as through the server's own send, or none at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

import pytest

from rooms.live.hub.sse import Chunk
from rooms.live.stream import direct_write

HELLO = Chunk(b"event: x\ndata: {}\n\n")


class Transport:
    """A transport of asyncio as a lane sees it, over a real socket."""

    sockets: ClassVar[list[socket.socket]] = []

    def __init__(self) -> None:
        self.ours, self.peers = socket.socketpair()
        Transport.sockets.extend([self.ours, self.peers])
        self.ours.setblocking(False)
        self.waiting = b""
        self.is_closed = False

    def get_extra_info(self, name: str) -> Any:
        return self.ours if name == "socket" else None

    def get_write_buffer_size(self) -> int:
        return len(self.waiting)

    def is_closing(self) -> bool:
        return self.is_closed

    def write(self, data: bytes) -> None:
        self.waiting += data

    def abort(self) -> None:
        self.is_closed = True


class RequestResponseCycle:
    """A response of uvicorn as a lane sees it."""

    __module__ = "uvicorn.protocols.http.httptools_impl"

    def __init__(self, *, chunked: bool = True, framing: bytes = b"%x\r\n%b\r\n", is_gone: bool = False) -> None:
        self.transport: Any = Transport()
        self.chunked_encoding = chunked
        self.framing = framing
        self.is_gone = is_gone

    async def send(self, message: dict[str, Any]) -> None:
        if not self.is_gone:
            self.transport.write(self.framing % (len(message["body"]), message["body"]))


@pytest.fixture(autouse=True)
def _nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(direct_write, "_proven", {})
    yield
    while Transport.sockets:
        Transport.sockets.pop().close()


def test_a_chunk_goes_to_the_socket_at_once_and_the_proof_to_nobody() -> None:
    cycle = RequestResponseCycle()
    direct = direct_write.direct_write_of(cycle.send)
    assert direct is not None
    assert direct.write(HELLO.framed)
    assert cycle.transport.peers.recv(1_000) == b"%x\r\n%b\r\n" % (len(HELLO.body), HELLO.body)
    assert cycle.transport.waiting == b""


def test_nothing_overtakes_what_waits_and_nothing_is_written_to_what_is_closing() -> None:
    cycle = RequestResponseCycle()
    direct = direct_write.direct_write_of(cycle.send)
    assert direct is not None
    cycle.transport.waiting = b"before"
    assert not direct.write(HELLO.framed)
    cycle.transport.waiting, cycle.transport.is_closed = b"", True
    assert not direct.write(HELLO.framed)
    cycle.transport.peers.setblocking(False)
    with pytest.raises(BlockingIOError):
        cycle.transport.peers.recv(1)


def test_what_the_socket_does_not_take_waits_in_the_transport() -> None:
    cycle = RequestResponseCycle()
    direct = direct_write.direct_write_of(cycle.send)
    assert direct is not None
    large = Chunk(b"x" * 5_000_000)
    assert direct.write(large.framed)
    assert 0 < len(cycle.transport.waiting) < len(large.framed)
    assert large.framed.endswith(cycle.transport.waiting)
    cycle.transport.waiting = b""
    assert not direct.write(HELLO.framed)  # the socket is full


def test_a_broken_socket_is_left_to_the_transport() -> None:
    cycle = RequestResponseCycle()
    direct = direct_write.direct_write_of(cycle.send)
    assert direct is not None
    cycle.transport.peers.close()
    assert not direct.write(HELLO.framed)
    direct.abort()
    assert cycle.transport.is_closed


@pytest.mark.parametrize(
    "response",
    [{"chunked": False}, {"framing": b"%x;extension\r\n%b\r\n"}, {"is_gone": True}],
    ids=["not chunked", "framed in another way", "a peer that is gone"],
)
def test_there_is_no_lane_where_it_is_not_proven(response: dict[str, Any]) -> None:
    assert direct_write.direct_write_of(RequestResponseCycle(**response).send) is None


def test_a_peer_that_is_gone_proves_nothing_about_the_server() -> None:
    assert direct_write.direct_write_of(RequestResponseCycle(is_gone=True).send) is None
    assert direct_write.direct_write_of(RequestResponseCycle().send) is not None


def test_a_server_that_frames_in_another_way_is_never_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert direct_write.direct_write_of(RequestResponseCycle(framing=b"%x \r\n%b\r\n").send) is None
    assert len(caplog.records) == 1


def test_a_server_that_nobody_knows_has_no_lane() -> None:
    async def send(message: dict[str, Any]) -> None:
        raise AssertionError("it was asked to send")

    assert direct_write.direct_write_of(send) is None
    assert direct_write.direct_write_of(partial(send)) is None
    assert direct_write.direct_write_of(print) is None


def test_the_lane_can_be_closed_by_a_setting(settings: Any) -> None:
    settings.FAST_LANE = False
    assert direct_write.direct_write_of(RequestResponseCycle().send) is None
