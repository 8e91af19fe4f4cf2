"""What each event makes of the state that a listener knows, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.engine import engine

State = dict[str, Any]
Apply = Callable[[State | None, str, dict[str, Any]], tuple[Any, bool]]


@pytest.fixture(scope="module")
def apply() -> Iterator[Apply]:
    with engine() as started:
        page = started.page()

        def apply(state: State | None, name: str, data: dict[str, Any]) -> tuple[Any, bool]:
            script = "async (args) => (await import('/static/rooms/stream/state.js')).apply(...args)"
            applied = page.evaluate(script, [state, name, data])
            return applied["state"], applied["gap"]

        yield apply


def entry(entry_id: int, **fields: Any) -> dict[str, Any]:
    return {"id": entry_id, "title": f"Track {entry_id}", "length_ms": None, **fields}


def player(version: int, **fields: Any) -> dict[str, Any]:
    state = {"playing": True, "position_ms": 0, "rate": 1, "effective_at_ms": 1_000, "entry_id": 1, "entry": entry(1)}
    return {"version": version, **state, **fields}


def state_at(version: int) -> State:
    return {
        "version": version,
        "room": {"name": "Lounge", "created_at_ms": 7},
        "player": player(version),
        "queue": [entry(1), entry(2), entry(3)],
        "people": {"listeners": 2, "names": ["Alice", "Bob"]},
        "advance_at_ms": None,
    }


def ids(state: State) -> list[int]:
    return [entry["id"] for entry in state["queue"]]


# The rule of versions


@pytest.mark.parametrize(
    ("claim", "version", "prev", "becomes", "gap"),
    [
        ("the next one is applied", 11, 10, 11, False),
        ("several that became one are applied", 14, 10, 14, False),
        ("one that reaches back further is applied too", 11, 8, 11, False),
        ("what is known is ignored", 10, 9, 10, False),
        ("what is old is ignored", 3, 2, 10, False),
        ("what follows something unknown is a gap", 12, 11, 10, True),
    ],
)
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("player", player(0, position_ms=5)),
        ("room", {"room": {"name": "Salon", "created_at_ms": 7}}),
        ("queue", {"op": "remove", "entry_id": 2}),
    ],
)
def test_the_rule_of_versions(
    apply: Apply, name: str, change: dict[str, Any], claim: str, version: int, prev: int, becomes: int, gap: bool
) -> None:
    before = state_at(10)
    after, is_gap = apply(before, name, {**change, "version": version, "prev": prev})
    assert (after["version"], is_gap) == (becomes, gap), claim
    if becomes == 10:
        assert after == before, claim


def test_before_the_first_snapshot_everything_is_a_gap(apply: Apply) -> None:
    state, gap = apply(None, "player", {**player(1), "prev": 0})
    assert (state, gap) == (None, True)


@pytest.mark.parametrize("name", ["tick", "resumed"])
def test_a_beat_shows_a_gap_and_changes_nothing(apply: Apply, name: str) -> None:
    before = state_at(10)
    assert apply(before, name, {"version": 10, "server_now_ms": 1}) == (before, False)
    assert apply(before, name, {"version": 11, "server_now_ms": 1}) == (before, True)
    assert apply(before, name, {"version": 9, "server_now_ms": 1}) == (before, False)


# Snapshots


def test_a_snapshot_is_taken_whole(apply: Apply) -> None:
    told = {**state_at(12), "server_now_ms": 5, "advance_at_ms": None, "prev": 10, "by": "Alice"}
    assert apply(None, "snapshot", told) == (state_at(12), False)
    assert apply(state_at(10), "snapshot", told) == (state_at(12), False)


def test_a_snapshot_that_is_told_to_all_leaves_who_is_there(apply: Apply) -> None:
    told = {**state_at(12)}
    del told["people"]
    assert apply(state_at(10), "snapshot", told)[0]["people"] == {"listeners": 2, "names": ["Alice", "Bob"]}


def test_nobody_is_taken_backwards_by_a_snapshot(apply: Apply) -> None:
    assert apply(state_at(10), "snapshot", state_at(9)) == (state_at(10), False)


def test_a_new_room_of_the_same_name_starts_from_its_own_beginning(apply: Apply) -> None:
    told = {**state_at(2), "room": {"name": "Lounge", "created_at_ms": 8}}
    assert apply(state_at(57), "snapshot", told) == (told, False)


# The player


def test_a_player_is_taken_whole_and_without_what_only_the_event_says(apply: Apply) -> None:
    told = player(11, playing=False, position_ms=777, entry_id=2, entry=entry(2))
    state, _ = apply(state_at(10), "player", {**told, "prev": 10, "by": "Alice", "advance_at_ms": 5})
    assert state["player"] == told


# The queue


@pytest.mark.parametrize(
    ("change", "becomes"),
    [
        ({"op": "add", "entry": entry(9), "after": 3}, [1, 2, 3, 9]),
        ({"op": "add", "entry": entry(9), "after": 1}, [1, 9, 2, 3]),
        ({"op": "add", "entry": entry(9), "after": None}, [9, 1, 2, 3]),
        ({"op": "add", "entries": [entry(8), entry(9)], "after": 2}, [1, 2, 8, 9, 3]),
        ({"op": "add", "entries": [], "after": 2}, [1, 2, 3]),
        ({"op": "move", "entry_id": 3, "after": None}, [3, 1, 2]),
        ({"op": "move", "entry_id": 1, "after": 3}, [2, 3, 1]),
        ({"op": "move", "entry_id": 1, "after": 2}, [2, 1, 3]),
        ({"op": "remove", "entry_id": 2}, [1, 3]),
        ({"op": "update", "entry": entry(2, title="New")}, [1, 2, 3]),
        ({"op": "replace", "entries": [entry(5)]}, [5]),
        ({"op": "replace", "entries": []}, []),
    ],
)
def test_a_change_of_the_queue(apply: Apply, change: dict[str, Any], becomes: list[int]) -> None:
    state, gap = apply(state_at(10), "queue", {**change, "version": 11, "prev": 10})
    assert (ids(state), gap, state["version"]) == (becomes, False, 11)


@pytest.mark.parametrize(
    "change",
    [
        {"op": "add", "entry": entry(9), "after": 99},
        {"op": "move", "entry_id": 99, "after": 1},
        {"op": "move", "entry_id": 1, "after": 99},
        {"op": "move", "entry_id": 1, "after": 1},
        {"op": "remove", "entry_id": 99},
        {"op": "update", "entry": entry(99)},
        {"op": "shuffle"},
        {"op": "constructor"},
    ],
)
def test_a_change_that_does_not_fit_is_a_gap(apply: Apply, change: dict[str, Any]) -> None:
    assert apply(state_at(10), "queue", {**change, "version": 11, "prev": 10}) == (state_at(10), True)


def test_an_update_reaches_the_queue_and_the_player_that_plays_it(apply: Apply) -> None:
    state, _ = apply(state_at(10), "queue", {"op": "update", "entry": entry(1, length_ms=5), "version": 11, "prev": 10})
    assert state["queue"][0]["length_ms"] == 5
    assert state["player"]["entry"]["length_ms"] == 5


def test_an_update_of_another_entry_leaves_the_player(apply: Apply) -> None:
    state, _ = apply(state_at(10), "queue", {"op": "update", "entry": entry(2, length_ms=5), "version": 11, "prev": 10})
    assert state["player"] == player(10)


# People, and what is not known


def test_people_have_no_version(apply: Apply) -> None:
    state, gap = apply(state_at(10), "people", {"listeners": 5_000, "names": []})
    assert (state, gap) == ({**state_at(10), "people": {"listeners": 5_000, "names": []}}, False)


def test_an_unknown_event_changes_nothing(apply: Apply) -> None:
    assert apply(state_at(10), "toString", {"version": 11, "prev": 10}) == (state_at(10), False)


def test_every_change_brings_the_instant_at_which_the_server_goes_on(apply: Apply) -> None:
    removed = {"version": 3, "prev": 2, "op": "remove", "entry_id": 2, "advance_at_ms": 7_000}
    state, _ = apply(state_at(2), "queue", removed)
    assert state["advance_at_ms"] == 7_000
    state, _ = apply(state, "people", {"listeners": 1, "names": []})
    assert state["advance_at_ms"] == 7_000
    state, _ = apply(state, "room", {"version": 4, "prev": 3, "room": {"name": "Lounge"}})
    assert state["advance_at_ms"] is None
