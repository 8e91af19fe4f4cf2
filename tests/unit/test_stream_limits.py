"""Which of the open streams gives way, and who is refused: limits by person, address and room."""

from __future__ import annotations

import logging
import time
import tracemalloc
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.core.client_address import counted_as
from rooms.errors import TooMany
from rooms.live.hub.limits import MOST_SUSPECTED, Limits

ALICE, BOB, CHARLIE = (UUID(int=number) for number in (1, 2, 3))
HOME, OFFICE = "203.0.113.5", "2001:db8:1:2::1"
LOUNGE, BAR = 1, 2
Join = tuple[str, str, UUID | None, int]


def admit(limits: Limits[Hashable], stream: Hashable, address: str, person: UUID | None, room: int) -> list[Hashable]:
    """Admit a stream as the application does, which knows what an address counts as."""
    return limits.admit(stream, counted_as(address), person, room)


@pytest.mark.parametrize(
    ("most", "joins", "last", "gives_way"),
    [
        pytest.param(
            {"per_person": 2},
            [("a", HOME, ALICE, LOUNGE), ("b", OFFICE, ALICE, BAR)],
            ("c", HOME, ALICE, BAR),
            ["a"],
            id="a person's oldest gives way, wherever it is",
        ),
        pytest.param(
            {"per_person": 1},
            [("a", HOME, ALICE, LOUNGE)],
            ("b", HOME, BOB, LOUNGE),
            [],
            id="another person's does not",
        ),
        pytest.param(
            {"per_address": 2},
            [("a", OFFICE, ALICE, LOUNGE), ("b", HOME, ALICE, LOUNGE), ("c", HOME, BOB, LOUNGE)],
            ("d", HOME, ALICE, BAR),
            ["b"],
            id="at a full address the person's oldest there gives way",
        ),
        pytest.param(
            {"per_address": 2},
            [("a", HOME, BOB, LOUNGE), ("b", HOME, None, LOUNGE), ("c", OFFICE, ALICE, LOUNGE)],
            ("d", HOME, ALICE, LOUNGE),
            None,
            id="at a full address without one of the person's, the stream is refused",
        ),
        pytest.param(
            {"per_room": 2},
            [("a", HOME, ALICE, BAR), ("b", HOME, ALICE, LOUNGE), ("c", HOME, BOB, LOUNGE)],
            ("d", OFFICE, ALICE, LOUNGE),
            ["b"],
            id="in a full room the person's oldest there gives way",
        ),
        pytest.param(
            {"per_room": 2},
            [("a", HOME, BOB, LOUNGE), ("b", OFFICE, None, LOUNGE), ("c", HOME, ALICE, BAR)],
            ("d", HOME, ALICE, LOUNGE),
            None,
            id="in a full room without one of the person's, the stream is refused",
        ),
        pytest.param(
            {"per_room": 1, "per_address": 1},
            [("a", HOME, None, LOUNGE)],
            ("b", HOME, None, LOUNGE),
            None,
            id="without a person nothing gives way",
        ),
        pytest.param(
            {"per_person": 2, "per_address": 2, "per_room": 2},
            [("a", HOME, ALICE, LOUNGE), ("b", HOME, ALICE, LOUNGE)],
            ("c", HOME, ALICE, LOUNGE),
            ["a"],
            id="one that gives way is enough for all three",
        ),
        pytest.param(
            {"per_person": 3, "per_address": 2, "per_room": 2},
            [
                ("a", "192.0.2.1", ALICE, 3),
                ("b", HOME, ALICE, BAR),
                ("c", OFFICE, ALICE, LOUNGE),
                ("d", HOME, BOB, 4),
                ("e", OFFICE, BOB, LOUNGE),
            ],
            ("f", HOME, ALICE, LOUNGE),
            ["a", "b", "c"],
            id="one for each limit, if no stream is at all three places",
        ),
        pytest.param(
            {"per_person": 2, "per_address": 1},
            [("a", OFFICE, ALICE, LOUNGE), ("b", "192.0.2.1", ALICE, LOUNGE), ("c", HOME, BOB, LOUNGE)],
            ("d", HOME, ALICE, LOUNGE),
            None,
            id="whoever is refused loses nothing",
        ),
        pytest.param(
            {"per_address": 1},
            [("a", "2001:db8:1:2::1", BOB, LOUNGE)],
            ("b", "2001:db8:1:2:ffff::9", ALICE, LOUNGE),
            None,
            id="an IPv6 network is one address",
        ),
        pytest.param(
            {"per_address": 1},
            [("a", "127.0.0.1", BOB, LOUNGE), ("b", "::1", BOB, LOUNGE), ("c", "", BOB, LOUNGE)],
            ("d", "127.0.0.1", ALICE, LOUNGE),
            [],
            id="loopback is no address",
        ),
        pytest.param(
            {},
            [(f"{number}", HOME, ALICE, LOUNGE) for number in range(100)],
            ("last", HOME, ALICE, LOUNGE),
            [],
            id="0 is no limit",
        ),
    ],
)
def test_who_gives_way(most: dict[str, int], joins: list[Join], last: Join, gives_way: list[str] | None) -> None:
    limits: Limits[Hashable] = Limits(**most)
    for join in joins:
        assert admit(limits, *join) == []
    if gives_way is not None:
        assert admit(limits, *last) == gives_way
        return
    for _ in range(2):  # the second attempt meets what the first one met: it changed nothing
        with pytest.raises(TooMany) as refusal:
            admit(limits, *last)
    assert refusal.value.status == 429
    assert (refusal.value.retry_after_s or 0) > 0
    assert refusal.value.message.endswith(".")


def test_whoever_left_counts_no_more() -> None:
    limits: Limits[Hashable] = Limits(per_person=1, per_address=1, per_room=1)
    limits.admit("a", HOME, ALICE, LOUNGE)
    limits.forget("a")
    limits.forget("a")
    limits.forget("unknown")
    assert limits.admit("b", HOME, BOB, LOUNGE) == []


def test_what_gave_way_counts_no_more_and_may_still_say_that_it_ended() -> None:
    limits: Limits[Hashable] = Limits(per_person=2)
    for stream in "abcd":
        limits.admit(stream, HOME, ALICE, LOUNGE)
    limits.forget("a")
    limits.forget("b")
    assert limits.admit("e", HOME, ALICE, LOUNGE) == ["c"]


def test_all_networks_of_a_site_have_as_many_as_four_of_them() -> None:
    limits: Limits[Hashable] = Limits(per_address=2)
    for number in range(8):
        assert admit(limits, number, f"2001:db8:1:{number // 2:x}::1", None, LOUNGE) == []
    with pytest.raises(TooMany, match=r"8 streams are open from 2001:db8:1::/48"):
        admit(limits, "ninth", "2001:db8:1:ffff::1", None, LOUNGE)
    assert admit(limits, "elsewhere", "2001:db8:2::1", None, LOUNGE) == []
    limits.forget(0)
    assert admit(limits, "ninth", "2001:db8:1:ffff::1", None, LOUNGE) == []


def test_a_full_address_is_named_to_the_operator_once(caplog: pytest.LogCaptureFixture) -> None:
    limits: Limits[Hashable] = Limits(per_address=1)
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            limits.admit(number, "10.0.0.5", ALICE, LOUNGE)
    assert caplog.text.count("If 10.0.0.5 is a proxy of yours, name it in TRUSTED_PROXIES.") == 1


def test_the_log_does_not_grow_with_the_addresses_that_are_full(caplog: pytest.LogCaptureFixture) -> None:
    limits: Limits[Hashable] = Limits(per_address=1)
    with caplog.at_level(logging.WARNING):
        for number in range(300):
            for stream in ("a", "b"):
                limits.admit((number, stream), f"203.0.{number // 200}.{number % 200}", UUID(int=number), LOUNGE)
    assert len(caplog.records) == MOST_SUSPECTED


# Against a model that counts everything anew each time


@dataclass
class Model:
    """The rules, told plainly."""

    per_person: int
    per_address: int
    per_room: int

    def __post_init__(self) -> None:
        self.open: list[tuple[Hashable, str, UUID | None, int]] = []

    def admit(self, stream: Hashable, address: str, person: UUID | None, room: int) -> list[Hashable] | None:
        mine = [one for one in self.open if person is not None and one[2] == person]
        gone = mine[:1] if self.per_person and len(mine) >= self.per_person else []
        for most, part, value in ((self.per_address, 1, counted_as(address)), (self.per_room, 3, room)):
            there = [one for one in self.open if one[part] == value and one not in gone]
            if value and most and len(there) >= most:
                oldest = [one for one in mine if one in there][:1]
                if not oldest:
                    return None
                gone = gone + oldest
        self.open = [one for one in self.open if one not in gone]
        self.open.append((stream, counted_as(address), person, room))
        return [one[0] for one in gone]

    def forget(self, stream: Hashable) -> None:
        self.open = [one for one in self.open if one[0] != stream]


joins = st.tuples(
    st.sampled_from([HOME, OFFICE, "2001:db8:1:2::2", "192.0.2.1", "127.0.0.1"]),
    st.sampled_from([ALICE, BOB, CHARLIE, None]),
    st.sampled_from([LOUNGE, BAR]),
)
leaves = st.integers(0, 30)
mosts = st.integers(0, 4)


@given(mosts, mosts, mosts, st.lists(joins | leaves, max_size=40))
def test_any_coming_and_going_keeps_the_rules(
    per_person: int, per_address: int, per_room: int, steps: list[tuple[str, UUID | None, int] | int]
) -> None:
    limits: Limits[Hashable] = Limits(per_person=per_person, per_address=per_address, per_room=per_room)
    model = Model(per_person, per_address, per_room)
    for number, step in enumerate(steps):
        if isinstance(step, int):
            limits.forget(step)
            model.forget(step)
            continue
        expected = model.admit(number, *step)
        try:
            assert admit(limits, number, *step) == expected
        except TooMany:
            assert expected is None


# What it costs


def test_ten_thousand_streams_are_cheap_to_keep_and_leave_nothing_behind() -> None:
    limits: Limits[Hashable] = Limits(per_person=20, per_address=20_000, per_room=20_000)
    streams = [object() for _ in range(10_000)]
    people = [uuid4() for _ in streams]
    tracemalloc.start()
    try:
        began = tracemalloc.get_traced_memory()[0]
        for stream, person in zip(streams, people, strict=True):
            limits.admit(stream, HOME, person, LOUNGE)
        kept = tracemalloc.get_traced_memory()[0] - began
        for stream in streams:
            limits.forget(stream)
        left = tracemalloc.get_traced_memory()[0] - began
    finally:
        tracemalloc.stop()
    assert kept < 300 * len(streams)
    assert left < 1_000_000  # the tables' own size, which the next ten thousand use again
    assert limits.admit("last", HOME, people[0], LOUNGE) == []


def test_a_join_costs_no_more_among_many() -> None:
    def seconds_of_joins(crowd: int) -> float:
        limits: Limits[Hashable] = Limits(per_person=20, per_address=100_000, per_room=100_000)
        for number in range(crowd):
            limits.admit(number, HOME, UUID(int=number), LOUNGE)
        best = float("inf")
        for _ in range(5):
            began = time.process_time()
            for number in range(-500, 0):
                limits.admit(number, HOME, UUID(int=-number), LOUNGE)
            for number in range(-500, 0):
                limits.forget(number)
            best = min(best, time.process_time() - began)
        return best

    assert seconds_of_joins(20_000) < 10 * seconds_of_joins(1_000)


def test_streams_of_other_processes_count_and_those_of_this_one_give_way() -> None:
    here: Limits[Hashable] = Limits(per_person=2, per_address=3, per_room=4)
    there: Limits[Hashable] = Limits(per_person=2, per_address=3, per_room=4)
    admit(here, "a", HOME, ALICE, LOUNGE)
    admit(there, "b", HOME, ALICE, LOUNGE)
    here.elsewhere.update(there.told())
    there.elsewhere.update(here.told())
    assert admit(here, "c", HOME, ALICE, LOUNGE) == ["a"]
    admit(here, "d", HOME, BOB, LOUNGE)
    with pytest.raises(TooMany, match=f"3 streams are open from {HOME}"):
        admit(here, "e", HOME, CHARLIE, BAR)
    there.forget("b")
    here.elsewhere.clear()
    here.elsewhere.update(there.told())
    assert admit(here, "e", HOME, CHARLIE, BAR) == []
    there.elsewhere.clear()
    there.elsewhere.update({f"person {ALICE}": 2})
    with pytest.raises(TooMany, match="2 streams of yours are open"):
        admit(there, "f", OFFICE, ALICE, BAR)


def test_what_most_people_have_is_told_to_no_other_process() -> None:
    limits: Limits[Hashable] = Limits(per_person=20, per_address=200, per_room=20_000)
    for number in range(30):
        admit(limits, number, HOME, UUID(int=number), LOUNGE)
    admit(limits, "second", "", UUID(int=1), BAR)
    assert limits.told() == {f"person {UUID(int=1)}": 2, f"address {HOME}": 30}
