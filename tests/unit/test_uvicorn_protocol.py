"""A connection of uvicorn without a socket: what a peer that sends too much, or nothing at all, costs the server."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from musicrooms.serving.request_limits import IDLE_S
from musicrooms.serving.uvicorn_protocol import MOST_PIPELINED, BoundedProtocol
from tools import virtual_time

REQUEST = b"GET / HTTP/1.1\r\nHost: rooms\r\n\r\n"


class Transport(asyncio.Transport):
    """A peer that takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.is_closed = b"", False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def connected(answers: asyncio.Event) -> tuple[BoundedProtocol, Transport]:
    """A connection to an application that answers with nothing, once it ``answers``."""

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await answers.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    return connected_to(application)


def connected_to(application: Any) -> tuple[BoundedProtocol, Transport]:
    config = Config(application, lifespan="off", access_log=False, log_config=None)
    config.load()
    protocol = BoundedProtocol(config=config, server_state=ServerState(), app_state={})
    transport = Transport()
    protocol.connection_made(transport)
    return protocol, transport


def test_requests_that_are_sent_ahead_are_answered_in_their_turn() -> None:
    async def run() -> None:
        answers = asyncio.Event()
        protocol, transport = connected(answers)
        protocol.data_received(REQUEST * MOST_PIPELINED)
        answers.set()
        await asyncio.sleep(1)
        assert transport.written.count(b"HTTP/1.1 204") == MOST_PIPELINED
        assert not transport.is_closed

    virtual_time.run(run())


def test_more_requests_are_not_kept_for_a_peer_that_does_not_wait_for_its_answers() -> None:
    async def run() -> None:
        protocol, transport = connected(asyncio.Event())
        for _ in range(20):
            protocol.data_received(REQUEST * 1_000)
        assert transport.is_closed
        assert len(protocol.pipeline) <= MOST_PIPELINED

    virtual_time.run(run())


def test_an_empty_line_between_two_requests_does_not_keep_a_connection_for_ever() -> None:
    async def run() -> None:
        answers = asyncio.Event()
        answers.set()
        protocol, transport = connected(answers)
        protocol.data_received(REQUEST)
        await asyncio.sleep(1)
        protocol.data_received(b"\r\n")
        await asyncio.sleep(IDLE_S - 1)
        protocol.data_received(b"\r\n")  # whatever of this kind follows
        assert not transport.is_closed
        await asyncio.sleep(2)
        assert transport.is_closed

    virtual_time.run(run())


def test_who_is_gone_is_gone_for_the_request_that_is_being_answered() -> None:
    async def run() -> None:
        told: list[str] = []

        async def application(_scope: Any, receive: Any, _send: Any) -> None:
            while not told or told[-1] != "http.disconnect":
                told.append((await receive())["type"])

        protocol, _transport = connected_to(application)
        protocol.data_received(REQUEST * 2)
        await asyncio.sleep(1)
        protocol.connection_lost(None)
        await asyncio.sleep(1)
        assert told[-1] == "http.disconnect"

    virtual_time.run(run())
