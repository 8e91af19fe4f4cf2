"""The order of a room's versions: what comes in any order is told in one, and what does not come is looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rooms.live.hub import ordering as module
from rooms.live.hub.event import Event
from rooms.live.hub.ordering import GAP_PATIENCE_S, IN_FLIGHT_S, Ordering, Step


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ordering(clock: Clock) -> Ordering:
    """A room whose listeners were told version 1, which was read, too."""
    return Ordering(1, clock)


def event(version: int, name: str = "queue") -> Event:
    return Event(name, {"version": version, "prev": version - 1}, version, version - 1)


def receive(ordering: Ordering, *versions: int | tuple[str, int]) -> list[tuple[int, int]]:
    """What is told of these, each by its ``prev`` and version; a plain number is an event of the queue."""
    told = []
    for version in versions:
        name, number = version if isinstance(version, tuple) else ("queue", version)
        told += ordering.receive(event(number, name))
    return [(one.prev, one.version or 0) for one in told]


SNAPSHOT_5 = ("snapshot", 5)


@pytest.mark.parametrize(
    ("arriving", "told", "waits"),
    [
        pytest.param([], [], False, id="nothing"),
        pytest.param([2, 3], [(1, 2), (2, 3)], False, id="in order"),
        pytest.param([4, 2, 3, 6, 5], [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6)], False, id="in any order"),
        pytest.param([2, 2, 3, 2, 1, 3], [(1, 2), (2, 3)], False, id="again"),
        pytest.param([3], [], True, id="one is missing"),
        pytest.param([2, 4], [(1, 2)], True, id="a later one is missing"),
        pytest.param([SNAPSHOT_5], [(1, 5)], False, id="a snapshot skips what it contains"),
        pytest.param([3, 6, SNAPSHOT_5], [(1, 5), (5, 6)], False, id="what follows a snapshot follows it"),
        pytest.param([SNAPSHOT_5, 4, 3], [(1, 5)], False, id="what a snapshot contains comes too late"),
        pytest.param([7, SNAPSHOT_5], [(1, 5)], True, id="a snapshot that does not reach what came"),
        pytest.param([2, ("snapshot", 1)], [(1, 2)], False, id="a snapshot of the past"),
    ],
)
def test_versions_are_told_in_their_order_each_once(
    ordering: Ordering, arriving: list[Any], told: list[tuple[int, int]], waits: bool
) -> None:
    assert receive(ordering, *arriving) == told
    assert (ordering.wait_until is not None) == waits
    assert ordering.sent == (told[-1][1] if told else 1)


Act = Callable[[Ordering, Clock], object]


def arrives(*versions: int | tuple[str, int]) -> Act:
    return lambda ordering, clock: receive(ordering, *versions)


def is_expected(version: int) -> Act:
    return lambda ordering, clock: ordering.expect(version)


def is_missed(version: int) -> Act:
    return lambda ordering, clock: ordering.miss(version)


def is_read(version: int) -> Act:
    return lambda ordering, clock: ordering.take_reading(version)


def passes(seconds: float) -> Act:
    return lambda ordering, clock: clock.advance(seconds)


@pytest.mark.parametrize(
    ("acts", "is_being_read", "step"),
    [
        pytest.param([], False, Step.WAIT, id="nothing is missing"),
        pytest.param([arrives(3)], False, Step.WAIT, id="a gap has just opened"),
        pytest.param([arrives(3), passes(GAP_PATIENCE_S)], False, Step.READ, id="a gap stays open"),
        pytest.param([arrives(3), passes(GAP_PATIENCE_S), arrives(2)], False, Step.WAIT, id="a gap was closed at last"),
        pytest.param([arrives(3), passes(GAP_PATIENCE_S)], True, Step.WAIT, id="a reading goes on that may be too old"),
        pytest.param([arrives(3), is_read(3), passes(GAP_PATIENCE_S)], False, Step.SEND_SNAPSHOT, id="it was read"),
        pytest.param([arrives(4), is_read(3), passes(GAP_PATIENCE_S)], False, Step.READ, id="it was read too early"),
        pytest.param([is_expected(2), passes(GAP_PATIENCE_S)], False, Step.WAIT, id="it may be in flight"),
        pytest.param([is_expected(2), passes(IN_FLIGHT_S)], False, Step.READ, id="it never came"),
        pytest.param([is_read(2), passes(IN_FLIGHT_S)], False, Step.SEND_SNAPSHOT, id="it was read and never came"),
        pytest.param([is_read(2), passes(0.5), arrives(2), passes(1)], False, Step.WAIT, id="it came in time"),
        pytest.param([is_expected(1), passes(IN_FLIGHT_S)], False, Step.WAIT, id="it was told long ago"),
        pytest.param([is_missed(2), passes(GAP_PATIENCE_S)], False, Step.READ, id="it was missed"),
        pytest.param([is_missed(2), arrives(2), passes(GAP_PATIENCE_S)], False, Step.WAIT, id="it was about to come"),
        pytest.param([is_missed(1), passes(GAP_PATIENCE_S)], False, Step.WAIT, id="it was told before it was missed"),
        pytest.param([is_expected(3), arrives(SNAPSHOT_5), passes(1)], False, Step.WAIT, id="a snapshot had it"),
    ],
)
def test_what_does_not_come_in_time_is_read_or_told_from_what_was_read(
    ordering: Ordering, clock: Clock, acts: list[Act], is_being_read: bool, step: Step
) -> None:
    for act in acts:
        act(ordering, clock)
    assert ordering.check(is_being_read=is_being_read) is step


def test_the_next_check_is_due_when_the_first_patience_ends(ordering: Ordering, clock: Clock) -> None:
    ordering.expect(2)
    assert ordering.wait_until == 100 + IN_FLIGHT_S
    clock.advance(0.1)
    receive(ordering, 4)
    assert ordering.wait_until == 100.1 + GAP_PATIENCE_S
    clock.advance(0.01)
    receive(ordering, 6)
    assert ordering.wait_until == 100.1 + GAP_PATIENCE_S
    receive(ordering, 2, 3)
    assert ordering.wait_until == 100.11 + GAP_PATIENCE_S
    receive(ordering, 5)
    assert ordering.wait_until is None


def test_a_reading_that_may_be_too_old_is_followed_by_another(ordering: Ordering, clock: Clock) -> None:
    receive(ordering, 3)
    clock.advance(GAP_PATIENCE_S)
    assert ordering.check(is_being_read=True) is Step.WAIT
    assert not ordering.take_reading(2)
    assert ordering.check(is_being_read=False) is Step.WAIT
    clock.advance(GAP_PATIENCE_S)
    assert ordering.check(is_being_read=False) is Step.READ
    assert ordering.wait_until is None  # the reading that was asked for answers it
    assert ordering.take_reading(3)


def test_a_reading_that_was_asked_for_is_told_at_once_and_only_if_it_is_news(ordering: Ordering, clock: Clock) -> None:
    receive(ordering, 3)
    clock.advance(GAP_PATIENCE_S)
    assert ordering.check(is_being_read=False) is Step.READ
    assert ordering.check(is_being_read=True) is Step.WAIT  # and is not asked for again
    receive(ordering, 2)
    assert not ordering.take_reading(3)
    ordering.resync()
    assert ordering.take_reading(4)
    assert not ordering.take_reading(5)  # this one nobody asked for


def test_without_listeners_a_reading_counts_as_told(ordering: Ordering) -> None:
    receive(ordering, 3)
    assert not ordering.take_reading(5, has_listeners=False)
    assert (ordering.sent, ordering.wait_until) == (5, None)
    assert receive(ordering, 4, 6) == [(5, 6)]


def test_a_newcomer_s_bridge_leads_from_the_reading_to_what_was_told(
    ordering: Ordering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_bridged() -> bool:
        return ordering.is_bridged

    assert not is_bridged()
    receive(ordering, 2, 3)
    assert is_bridged()
    assert [one.version for one in ordering.since] == [2, 3]
    ordering.take_reading(2)
    assert [one.version for one in ordering.since] == [3]
    receive(ordering, ("room", 4))
    assert not is_bridged()  # it may have taken a right away
    ordering.take_reading(4)
    receive(ordering, 5)
    assert is_bridged()
    monkeypatch.setattr(module, "MOST_SINCE", 2)
    receive(ordering, 6, 7)
    assert not is_bridged()  # more was told than is kept
    ordering.take_reading(9)
    receive(ordering, 8, 9)
    assert ordering.since == []  # the reading has them already
    assert ordering.newest == 9


def test_a_few_messages_and_nothing_else_are_no_reason_to_read_again(
    ordering: Ordering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_bridged_by_chat() -> bool:
        return ordering.is_bridged_by_chat

    monkeypatch.setattr(module, "MOST_MESSAGES_SINCE", 2)
    assert not is_bridged_by_chat()
    receive(ordering, ("chat", 2), ("chat", 3))
    assert is_bridged_by_chat()
    receive(ordering, ("chat", 4))
    assert not is_bridged_by_chat()
    ordering.take_reading(4)
    receive(ordering, ("chat", 5), 6)
    assert not is_bridged_by_chat()


def test_what_comes_early_is_kept_up_to_a_limit_and_the_next_always(
    ordering: Ordering, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_EARLY", 2)
    assert receive(ordering, 3, 4, 5) == []
    assert receive(ordering, 2) == [(1, 2), (2, 3), (3, 4)]
    assert ordering.wait_until is None
    assert receive(ordering, 10, 11) == []
    assert receive(ordering, ("snapshot", 20), 22, 23, 21) == [(4, 20), (20, 21), (21, 22), (22, 23)]
