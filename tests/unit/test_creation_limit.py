"""The limit of rooms by address: so many in any window, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rooms.core.creation_limit import MOST_ADDRESSES, WINDOW_S, CreationLimit


def test_a_new_hour_begins_anew() -> None:
    creation_limit = CreationLimit()
    assert [creation_limit.admit("a", 2, now_s) for now_s in (100.0, 200.0)] == [0, 0]
    assert creation_limit.admit("a", 2, 100.0 + WINDOW_S - 10) == 10
    assert creation_limit.admit("a", 2, 100.0 + WINDOW_S) == 0


def test_any_number_of_addresses_takes_a_bounded_memory() -> None:
    creation_limit = CreationLimit()
    for number in range(MOST_ADDRESSES + 500):
        assert creation_limit.admit(str(number), 1, 0.0) == 0
    assert creation_limit.admit(str(MOST_ADDRESSES), 1, 0.0) > 0
    assert creation_limit.admit("0", 1, 0.0) == 0  # forgotten, which is the price
    assert len(creation_limit._counts) == MOST_ADDRESSES


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 2_000)), max_size=60), st.integers(1, 4))
def test_nobody_gets_more_than_so_many_in_any_window(steps: list[tuple[str, float]], most: int) -> None:
    creation_limit, now_s, admitted = CreationLimit(), 0.0, []
    for address, pause_s in steps:
        now_s += pause_s
        wait_s = creation_limit.admit(address, most, now_s)
        assert 0 <= wait_s <= WINDOW_S
        if not wait_s:
            admitted.append((address, now_s))
        recent = [at for who, at in admitted if who == address and now_s - at < WINDOW_S]
        assert len(recent) <= 2 * most  # at most one window's end and the next one's beginning
