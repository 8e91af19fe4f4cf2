"""An executor whose jobs go to the thread that became idle last."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait

import pytest

from rooms.core.warm_threads import WarmThreads

PATIENCE_S = 30


def hold(threads: WarmThreads, count: int) -> tuple[threading.Event, list[Future[int]]]:
    """Jobs that are at work, each in a thread, until the event is set; each returns its thread."""
    released, began = threading.Event(), threading.Barrier(count + 1)

    def job() -> int:
        began.wait(PATIENCE_S)
        assert released.wait(PATIENCE_S)
        return threading.get_ident()

    jobs = [threads.submit(job) for _ in range(count)]
    began.wait(PATIENCE_S)
    return released, jobs


def test_a_caller_who_asks_as_soon_as_it_was_answered_meets_the_same_thread() -> None:
    threads = WarmThreads(10, "test")
    assert len({threads.submit(threading.get_ident).result(PATIENCE_S) for _ in range(200)}) == 1


def test_of_several_idle_threads_the_last_one_works_on() -> None:
    threads = WarmThreads(10, "test")
    released, jobs = hold(threads, 3)
    released.set()
    wait(jobs, PATIENCE_S)
    assert len({job.result() for job in jobs}) == 3
    one = threads.submit(threading.get_ident).result(PATIENCE_S)
    assert {threads.submit(threading.get_ident).result(PATIENCE_S) for _ in range(50)} == {one}


def test_a_job_that_finds_all_threads_at_work_waits_for_the_first_to_be_idle() -> None:
    threads = WarmThreads(2, "test")
    released, jobs = hold(threads, 2)
    late = [threads.submit(threading.get_ident) for _ in range(5)]
    assert not any(job.done() for job in late)
    released.set()
    assert {job.result(PATIENCE_S) for job in late} <= {job.result(PATIENCE_S) for job in jobs}


def test_what_a_job_raises_is_raised_to_its_caller_and_ends_no_thread() -> None:
    threads = WarmThreads(1, "test")
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(PATIENCE_S)
    assert threads.submit(divmod, 7, 2).result(PATIENCE_S) == (3, 1)


def test_a_job_that_was_given_up_while_it_waited_is_not_done() -> None:
    threads, done = WarmThreads(1, "test"), list[str]()
    released, _jobs = hold(threads, 1)
    given_up, other = threads.submit(done.append, "given up"), threads.submit(done.append, "other")
    assert given_up.cancel()
    released.set()
    other.result(PATIENCE_S)
    assert done == ["other"]
