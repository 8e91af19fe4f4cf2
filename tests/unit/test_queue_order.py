"""The order of a queue in each mode, held to what it promises for any people, votes and pins."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from players.models.order import Waiting, arranged, renumbered

ALICE, BOB, CHARLIE = 1, 2, 3
MODES = ("queue", "fair", "votes", "shuffle")

people = st.integers(1, 5) | st.none()
queues = st.lists(
    st.builds(Waiting, st.just(0), people, st.integers(0, 3), st.none() | st.integers(1, 3), st.booleans())
)


def numbered(waiting: list[Waiting]) -> list[Waiting]:
    """``waiting`` with ids, and each pin given once."""
    pins: set[int] = set()
    made = []
    for number, one in enumerate(waiting, 1):
        pin = one.pin if one.pin not in pins else None
        pins |= {pin} if pin else set()
        made.append(one._replace(id=number, pin=pin))
    return made


def test_people_take_turns_and_the_one_that_plays_counts() -> None:
    added = [
        Waiting(1, ALICE),
        Waiting(2, ALICE),
        Waiting(3, ALICE),
        Waiting(4, BOB),
        Waiting(5, BOB),
        Waiting(6, CHARLIE),
    ]
    assert arranged("fair", added) == [1, 4, 6, 2, 5, 3]
    assert arranged("fair", added[1:], plays=added[0]) == [4, 6, 2, 5, 3]
    assert arranged("fair", added[:-1], plays=Waiting(7, BOB)) == [1, 4, 2, 5, 3]


def test_the_most_votes_come_first_and_of_as_many_the_oldest() -> None:
    added = [Waiting(1, ALICE), Waiting(2, BOB, 2), Waiting(3, ALICE, 1), Waiting(4, BOB, 2)]
    assert arranged("votes", added) == [2, 4, 3, 1]


@pytest.mark.parametrize("mode", MODES)
def test_what_was_pinned_last_is_next_and_fillers_are_last(mode: str) -> None:
    waiting = [Waiting(1, None, is_filler=True), Waiting(2, ALICE, 9), Waiting(3, BOB, pin=1), Waiting(4, BOB, pin=2)]
    assert arranged(mode, waiting) == [4, 3, 2, 1]


@given(st.sampled_from(MODES), queues)
def test_nothing_is_lost(mode: str, waiting: list[Waiting]) -> None:
    waiting = numbered(waiting)
    assert Counter(arranged(mode, waiting)) == Counter(one.id for one in waiting)


@given(st.sampled_from(MODES), queues)
def test_what_is_announced_is_what_plays(mode: str, waiting: list[Waiting]) -> None:
    by_id = {one.id: one for one in numbered(waiting)}
    announced, plays = arranged(mode, list(by_id.values())), None
    while announced:
        plays, rest = by_id[announced[0]], announced[1:]
        announced = arranged(mode, [by_id[one] for one in rest], plays=plays)
        assert announced == rest


@given(st.lists(st.lists(people, max_size=4), min_size=1, max_size=12))
def test_nobody_waits_for_more_turns_than_people_waited(rounds: list[list[int | None]]) -> None:
    """However many come while they wait: each turn of another person's is one of those who waited already."""
    plays, waiting, patience = None, list[Waiting](), dict[int | None, int]()
    newest = 0
    for comers in [*rounds, *[[]] * 50]:
        for newest, person in enumerate(comers, newest + 1):  # noqa: B020
            waiting.append(Waiting(newest, person))
            order = arranged("fair", waiting, plays=plays)
            waiting.sort(key=lambda one: order.index(one.id))
        # Who plays waits from the end of their turn on.
        here = {one.person for one in waiting}
        patience = {person: patience.get(person, len(here)) for person in here}
        if waiting:
            plays = waiting.pop(0)
            patience = {person: turns - 1 for person, turns in patience.items() if person != plays.person}
            assert all(patience.values())


def test_who_takes_back_their_next_entry_keeps_their_turn() -> None:
    waiting = [Waiting(1, ALICE), Waiting(2, BOB), Waiting(3, ALICE), Waiting(4, BOB)]
    assert arranged("fair", waiting, without={1}) == [3, 2, 4]


@given(st.lists(st.integers(-50, 50), unique=True), st.integers(1, 3))
def test_new_numbers_rise_and_are_few(numbers: list[int], gap: int) -> None:
    low = min(numbers, default=0) - 1
    new = renumbered(numbers, low, gap)
    result = [new.get(place, number) for place, number in enumerate(numbers)]
    assert result == sorted(set(result))
    assert all(number > low for number in result)
    if numbers == sorted(numbers):
        assert new == {}
