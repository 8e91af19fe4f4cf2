"""Look-ups in the background: few threads, in turn between rooms, bounded, and put off without a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from rooms.clock import monotonic_s
from rooms.fair_pool import FairPool, Full
from tools.patience import PATIENCE_S, until

LOUNGE, BAR = 1, 2


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What holds up a job until the end of the test at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()


def pool_of(threads: int = 1, most_waiting: int = 5_000, most_of_a_group: int = 5_000) -> FairPool:
    return FairPool("test", threads=threads, most_waiting=most_waiting, most_of_a_group=most_of_a_group)


def held_up(pool: FairPool, gate: threading.Event) -> None:
    """Keep the one thread of ``pool`` busy."""
    begun = threading.Event()

    def wait() -> None:
        begun.set()
        gate.wait()

    pool.submit("held up", "held up", wait)
    assert begun.wait(PATIENCE_S)


def test_rooms_take_turns_however_many_look_ups_each_has(gate: threading.Event) -> None:
    pool, done = pool_of(), []
    held_up(pool, gate)
    for number in range(100):
        pool.submit(LOUNGE, number, lambda: done.append(LOUNGE))
    pool.submit(BAR, "one", lambda: done.append(BAR))
    gate.set()
    until(lambda: len(done) == 101)
    assert done.index(BAR) == 1


def test_what_comes_at_once_for_an_idle_thread_has_another_one_start(gate: threading.Event) -> None:
    pool, begun = pool_of(threads=2), []
    pool.ask(LOUNGE, lambda: None, PATIENCE_S)
    until(lambda: pool.is_idle)

    def begin(name: str) -> None:
        begun.append(name)
        gate.wait()

    for name in ("one", "two"):
        pool.submit(LOUNGE, name, partial(begin, name))
    until(lambda: len(begun) == 2)


def test_what_waits_already_is_not_looked_up_twice(gate: threading.Event) -> None:
    pool, done = pool_of(), []
    held_up(pool, gate)
    for _ in range(10):
        pool.submit(LOUNGE, "song", lambda: done.append("song"))
    gate.set()
    until(lambda: pool.is_idle)
    assert done == ["song"]


def test_a_thousand_look_ups_are_put_off_without_a_thread_for_each() -> None:
    pool, before = pool_of(threads=2), threading.active_count()
    for number in range(1_000):
        pool.submit(LOUNGE, number, lambda: None, delay_s=3_600)
    assert threading.active_count() <= before + 2


def test_what_was_put_off_is_done_when_it_is_time_and_not_before(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, done, now_s = pool_of(), [], monotonic_s()
    held_up(pool, gate)
    with monkeypatch.context() as patch:  # they are put off from one instant on, however long the three calls take
        patch.setattr("rooms.fair_pool.monotonic_s", lambda: now_s)
        pool.submit(LOUNGE, "late", lambda: done.append("late"), delay_s=0.2)
        pool.submit(LOUNGE, "early", lambda: done.append("early"), delay_s=0.1)
        pool.submit(LOUNGE, "now", lambda: done.append("now"))
    gate.set()
    until(lambda: len(done) == 3)
    assert done == ["now", "early", "late"]


@pytest.mark.parametrize("bounds", [{"most_waiting": 3}, {"most_of_a_group": 2}])
def test_so_many_wait_and_no_more_are_taken(gate: threading.Event, bounds: dict[str, int]) -> None:
    pool = pool_of(**bounds)
    held_up(pool, gate)
    for number in range(2):
        pool.submit(LOUNGE, number, lambda: None)
    if "most_waiting" in bounds:
        pool.submit(BAR, 3, lambda: None)
    with pytest.raises(Full):
        pool.submit(LOUNGE, 4, lambda: None)
    gate.set()
    until(lambda: pool.is_idle)
    pool.submit(LOUNGE, 4, lambda: None)


def test_an_answer_is_waited_for_no_longer_than_was_said_and_never_begun_after(gate: threading.Event) -> None:
    pool, begun = pool_of(), []
    assert pool.ask(LOUNGE, lambda: 7, PATIENCE_S) == 7
    held_up(pool, gate)
    with pytest.raises(TimeoutError):
        pool.ask(LOUNGE, lambda: begun.append("too late"), 0.05)
    gate.set()
    until(lambda: pool.is_idle)
    assert begun == []


def test_a_job_that_fails_ends_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    pool = pool_of()

    def fail() -> None:
        raise ConnectionError("the disk is gone")

    pool.submit(LOUNGE, "bad", fail)
    with pytest.raises(ConnectionError):
        pool.ask(LOUNGE, fail, PATIENCE_S)
    assert pool.ask(LOUNGE, lambda: 7, PATIENCE_S) == 7
    assert "the disk is gone" in caplog.text
