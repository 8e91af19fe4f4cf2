"""Process supervisor: several workers behind one listening socket, as a pre-fork server has them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from musicrooms.serving.supervisor.link import SupervisorLink
from musicrooms.serving.supervisor.supervisor import Supervisor

__all__ = ["MOST", "SupervisorLink", "supervise"]

MOST = 256
"""Workers at most; a larger number is a typing error on any machine."""


def supervise(sock: socket.socket, server: str, count: int, on_serving: Callable[[], object]) -> None:
    """Serve ``sock`` with ``count`` processes until SIGTERM or SIGINT; ``on_serving`` is called once all serve."""

    async def run() -> None:
        await Supervisor(sock, server, count, on_serving).run()

    asyncio.run(run())
