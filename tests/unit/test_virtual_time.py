"""The event loop whose clock jumps: what the tests of live rooms rest on."""

from __future__ import annotations

import asyncio
import time

from rooms.clock import monotonic_s, now_ms
from tools import virtual_time


def test_timers_come_in_their_order_and_both_clocks_are_there_when_they_do() -> None:
    async def scene() -> None:
        loop, began_s, began_ms = asyncio.get_running_loop(), monotonic_s(), now_ms()
        came: list[str] = []
        loop.call_later(86_400, came.append, "a day")
        loop.call_later(60, came.append, "a minute")
        await asyncio.sleep(3_600)
        assert came == ["a minute"]
        assert 3_600 <= monotonic_s() - began_s < 3_601
        assert 3_600_000 <= now_ms() - began_ms < 3_601_000
        await asyncio.sleep(86_400)
        assert came == ["a minute", "a day"]

    virtual_time.run(scene())


def test_no_time_passes_while_a_thread_works() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        late = loop.call_later(0.001, lambda: None)
        await loop.run_in_executor(None, time.sleep, 0.05)
        assert monotonic_s() < late.when()

    virtual_time.run(scene())


def test_time_passes_while_a_thread_is_held_and_stands_once_it_may_go_on() -> None:
    async def scene() -> None:
        gate = virtual_time.Gate()
        gate.clear()
        job = asyncio.get_running_loop().run_in_executor(None, gate.wait, 30)
        await asyncio.sleep(3_600)
        assert not job.done()
        gate.set()
        before_s = monotonic_s()
        await job
        assert monotonic_s() - before_s < 1

    virtual_time.run(scene())


def test_the_real_clock_is_back_afterwards() -> None:
    virtual_time.run(asyncio.sleep(86_400))
    assert abs(monotonic_s() - time.monotonic()) < 3_600
