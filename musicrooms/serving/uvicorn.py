"""Uvicorn as the server program, for installations that outgrew one process of daphne."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from musicrooms.serving.process import (
    Serving,
    Source,
    exit_by_force_later,
    ignore_signals,
    loaded_application,
    seconds_of_grace,
)
from musicrooms.serving.sockets import BACKLOG
from musicrooms.serving.supervisor import SupervisorLink
from rooms.live import file_limit
from rooms.live.hub import hub


def serve(source: Source, on_serving: Serving = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; ``on_serving`` is called once requests are answered."""
    import uvicorn

    from musicrooms.serving.uvicorn_protocol import BoundedProtocol

    class Uvicorn(uvicorn.Server):
        loop: asyncio.AbstractEventLoop

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            self.loop = asyncio.get_running_loop()
            await super().startup(sockets)
            if isinstance(source, SupervisorLink):
                source.serve(self.adopt)
            on_serving()

        def adopt(self, connection: socket.socket) -> None:
            adopting = asyncio.get_running_loop().create_task(self.begin(connection))
            self.server_state.tasks.add(adopting)
            adopting.add_done_callback(self.server_state.tasks.discard)

        async def begin(self, connection: socket.socket) -> None:
            with suppress(OSError):  # the peer is gone already
                await asyncio.get_running_loop().connect_accepted_socket(self.protocol, connection)

        def protocol(self) -> asyncio.Protocol:
            state = self.lifespan.state
            return config.http_protocol_class(config=config, server_state=self.server_state, app_state=state)  # type: ignore[call-arg]

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # Uvicorn's own gives the signals back to Python in the end: another SIGTERM would be a death by signal.
            for signum in (signal.SIGTERM, signal.SIGINT):
                signal.signal(signum, self.handle_exit)
            try:
                yield
            finally:
                ignore_signals()

        def handle_exit(self, sig: int, frame: Any) -> None:
            exit_by_force_later()
            grace_s = seconds_of_grace(source)
            if grace_s:
                self.loop.call_soon_threadsafe(self.loop.call_later, grace_s, self.end)
            else:
                self.end()

        def end(self) -> None:
            # Uvicorn waits for open responses, so the streams end first. Its own handler would also re-raise the signal
            # in the end, which service managers do not take for a clean exit.
            hub.stop_soon()
            logging.getLogger("uvicorn.error").addFilter(_is_no_cut_off_request)
            self.force_exit = self.should_exit
            self.should_exit = True

    file_limit.raise_limit()
    config = uvicorn.Config(
        loaded_application(),
        lifespan="off",
        http=BoundedProtocol,
        ws="none",
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    Uvicorn(config).run(sockets=[] if isinstance(source, SupervisorLink) else [source])


def _is_no_cut_off_request(record: logging.LogRecord) -> bool:
    """Log filter during shutdown: drops the errors of requests whose bodies were still being received."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
