"""Who listens in one process, by a clock that the test moves."""

from __future__ import annotations

from uuid import UUID

import pytest

from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener as Stream
from rooms.live.presence.people import FLAP_S, GOODBYE_S, Crowd, Presence, people

BOB, CHARLIE = UUID(int=1), UUID(int=2)


class Clock:
    """Stands in for the clock of presence."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1_000.0
        monkeypatch.setattr("rooms.live.presence.people.monotonic_s", self.monotonic)

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def stream_of(person_id: UUID | None, name: str = "") -> Stream:
    return Stream(None, None, Identity(person_id, name))  # type: ignore[arg-type]  # nothing is sent


def names_after(presence: Presence, clock: Clock, seconds: float) -> list[str]:
    clock.now_s += seconds
    presence.forget_the_gone()
    return list(presence.as_json()["names"])


def test_whoever_comes_back_within_five_seconds_was_never_away(clock: Clock) -> None:
    presence, first = Presence(), stream_of(BOB, "Bob")
    presence.arrive(first)
    presence.leave(first, for_good=False)
    assert names_after(presence, clock, FLAP_S - 0.1) == ["Bob"]
    second = stream_of(BOB, "Bob")
    presence.arrive(second)
    assert names_after(presence, clock, 60) == ["Bob"]
    presence.leave(second, for_good=False)
    assert names_after(presence, clock, FLAP_S + 0.1) == []


@pytest.mark.parametrize("is_said_first", [True, False], ids=["goodbye, then the end", "the end, then goodbye"])
def test_whoever_says_goodbye_is_gone_sooner(is_said_first: bool, clock: Clock) -> None:
    presence, stream = Presence(), stream_of(BOB, "Bob")
    presence.arrive(stream)
    if is_said_first:
        presence.goodbye(BOB)
    presence.leave(stream, for_good=False)
    presence.goodbye(BOB)
    assert names_after(presence, clock, GOODBYE_S - 0.1) == ["Bob"]
    assert names_after(presence, clock, 0.2) == []


def test_whoever_reloads_says_goodbye_and_is_expected_again(clock: Clock) -> None:
    presence, stream = Presence(), stream_of(BOB, "Bob")
    presence.arrive(stream)
    presence.goodbye(BOB)
    presence.leave(stream, for_good=False)
    assert names_after(presence, clock, GOODBYE_S - 0.1) == ["Bob"]
    presence.expect(BOB)
    assert names_after(presence, clock, FLAP_S - 0.1) == ["Bob"]
    presence.arrive(stream_of(BOB, "Bob"))
    assert names_after(presence, clock, 60) == ["Bob"]


def test_a_goodbye_of_one_tab_leaves_the_other_there_and_is_forgotten(clock: Clock) -> None:
    presence, first, second = Presence(), stream_of(BOB, "Bob"), stream_of(BOB, "Bob")
    presence.arrive(first)
    presence.arrive(second)
    presence.goodbye(BOB)
    presence.leave(first, for_good=False)
    assert names_after(presence, clock, FLAP_S + 1) == ["Bob"]
    presence.leave(second, for_good=False)  # by the network, long after
    assert names_after(presence, clock, GOODBYE_S + 0.1) == ["Bob"]


def test_a_stranger_s_goodbye_changes_nothing(clock: Clock) -> None:
    presence = Presence()
    presence.arrive(stream_of(BOB, "Bob"))
    presence.goodbye(CHARLIE)
    presence.expect(CHARLIE)
    presence.rename(CHARLIE, "Charles")
    assert names_after(presence, clock, 60) == ["Bob"]


@pytest.mark.parametrize(
    ("crowds", "listeners", "names"),
    [
        ([], 0, []),
        ([Crowd(2, {"b": "Bob"})], 2, ["Bob"]),
        ([Crowd(1, {"b": "Bob"}), Crowd(1, {"b": "Bob"})], 1, ["Bob"]),
        ([Crowd(1, {"b": "Bob"}), Crowd(3, {"b": "Bob", "c": "Charlie"})], 3, ["Bob", "Charlie"]),
        ([Crowd(1, {"b": ""})], 1, []),
        ([Crowd(500), Crowd(1, {"b": "Bob"})], 501, []),
        ([Crowd(60, {}), Crowd(41, {"b": "Bob"})], 101, []),
    ],
)
def test_people_of_several_processes_count_once_if_they_are_known(
    crowds: list[Crowd], listeners: int, names: list[str]
) -> None:
    assert people(crowds) == {"listeners": listeners, "names": names}
