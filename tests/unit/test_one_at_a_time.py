"""Jobs in threads take turns while they are quick, and never wait for one that is not."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from rooms.core import one_at_a_time
from rooms.core.one_at_a_time import OneAtATime

LANGUAGE = ContextVar("LANGUAGE", default="en")


class Work:
    """Jobs that say who is at work."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most_at_work = 0
        self.done: list[str] = []
        self._lock = threading.Lock()

    def job(self, name: str, until: Callable[[], object] = lambda: time.sleep(0.002)) -> str:
        with self._lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
        until()
        with self._lock:
            self.at_work -= 1
            self.done.append(name)
        return name


def test_quick_jobs_come_one_after_the_other_in_the_order_of_their_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "PATIENCE_S", 30)
    work = Work()

    async def story() -> list[str]:
        one_by_one = OneAtATime("test")
        return await asyncio.gather(*(one_by_one.run(work.job, str(number)) for number in range(20)))

    names = [str(number) for number in range(20)]
    assert asyncio.run(story()) == names
    assert work.done == names
    assert work.most_at_work == 1


def test_a_job_that_says_that_it_will_wait_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "PATIENCE_S", 30)
    work, others_are_done = Work(), threading.Event()

    def wait() -> None:
        one_at_a_time.give_way()
        others_are_done.wait(30)

    async def story() -> None:
        one_by_one = OneAtATime("test")
        waiting = asyncio.create_task(one_by_one.run(work.job, "waiting", wait))
        await asyncio.gather(*(one_by_one.run(work.job, "quick") for _ in range(3)))
        others_are_done.set()
        await waiting

    asyncio.run(story())
    assert work.done == ["quick"] * 3 + ["waiting"]
    one_at_a_time.give_way()  # where there is no turn, as in a command, it does nothing


def test_a_job_that_takes_long_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "PATIENCE_S", 0.05)
    work, others_are_done = Work(), threading.Event()

    async def story() -> None:
        one_by_one = OneAtATime("test")
        slow = [asyncio.create_task(one_by_one.run(work.job, "slow", others_are_done.wait)) for _ in range(3)]
        quick = [asyncio.create_task(one_by_one.run(work.job, "quick")) for _ in range(5)]
        await asyncio.gather(*quick)
        others_are_done.set()
        await asyncio.gather(*slow)
        # The turns that were taken from them are not given twice.
        monkeypatch.setattr(one_at_a_time, "PATIENCE_S", 30)
        work.most_at_work = 0
        await asyncio.gather(*(one_by_one.run(work.job, "later") for _ in range(5)))

    asyncio.run(story())
    assert work.done == ["quick"] * 5 + ["slow"] * 3 + ["later"] * 5
    assert work.most_at_work == 1


def test_a_job_that_fails_tells_its_caller_and_passes_its_turn_on() -> None:
    def fail() -> None:
        raise LookupError("no such room")

    async def story() -> list[object]:
        one_by_one = OneAtATime("test")
        jobs = [one_by_one.run(fail), one_by_one.run(Work().job, "next")]
        return list(await asyncio.gather(*jobs, return_exceptions=True))

    error, following = asyncio.run(story())
    assert isinstance(error, LookupError)
    assert following == "next"


@pytest.mark.parametrize("gives_up", ["while it waits", "as its turn comes"])
def test_a_caller_who_gives_up_passes_its_turn_on(gives_up: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "PATIENCE_S", 30)
    work, may_end = Work(), threading.Event()

    async def story() -> str:
        one_by_one = OneAtATime("test")

        async def go_first() -> None:
            await one_by_one.run(work.job, "first", may_end.wait)
            if gives_up == "as its turn comes":
                second.cancel()  # in the same step that gave it its turn, of which it does not know yet

        first = asyncio.create_task(go_first())
        second = asyncio.create_task(one_by_one.run(work.job, "second"))
        third = asyncio.create_task(one_by_one.run(work.job, "third"))
        await asyncio.sleep(0.01)
        if gives_up == "while it waits":
            second.cancel()
        may_end.set()
        await first
        return await asyncio.wait_for(third, 5)

    assert asyncio.run(story()) == "third"
    assert work.done == ["first", "third"]


def test_what_a_job_sets_in_its_context_ends_with_it() -> None:
    def speak_german() -> None:
        LANGUAGE.set("de")

    async def story() -> str:
        one_by_one = OneAtATime("test")
        await one_by_one.run(speak_german)
        return await one_by_one.run(LANGUAGE.get)

    assert asyncio.run(story()) == "en"
