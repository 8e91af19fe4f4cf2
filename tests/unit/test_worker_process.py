"""What the supervisor of several workers hears of one of them."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any, cast

from musicrooms.serving.supervisor.link import ASKED, STOPPING
from musicrooms.serving.supervisor.worker_process import WorkerProcess
from tools import virtual_time


def test_a_worker_that_is_busy_for_a_second_says_in_time_that_it_is_probed() -> None:
    async def scene() -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            ours.setblocking(False)
            theirs.send(b"+")
            worker = WorkerProcess(cast(Any, SimpleNamespace(pid=1)), ours)
            assert await worker.serves()
            announcing = asyncio.create_task(worker.announce_stop())
            await asyncio.sleep(1)
            assert theirs.recv(1) == STOPPING
            theirs.send(ASKED)
            assert await announcing

    virtual_time.run(scene())
