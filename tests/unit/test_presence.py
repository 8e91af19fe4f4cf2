"""Who listens in one process, by a clock that the test moves."""

from __future__ import annotations

from uuid import UUID

import pytest

from rooms.clock import now_ms
from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener as Stream
from rooms.live.presence.people import FLAP_S, GOODBYE_S, RENAMED_MS, Crowd, Presence, people
from rooms.live.presence.people_json import Place
from rooms.models.roles import Role

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


def stream_of(person_id: UUID | None, name: str = "", named_at_ms: int = 0) -> Stream:
    return Stream(None, None, Identity(person_id, name, named_at_ms=named_at_ms))  # type: ignore[arg-type]  # nothing is sent


def names_after(presence: Presence, clock: Clock, seconds: float) -> list[str]:
    clock.now_s += seconds
    presence.forget_departed()
    return [person["name"] for person in presence.as_json()["items"] or []]


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
    presence.rename(CHARLIE, "Charles", "1000")
    assert names_after(presence, clock, 60) == ["Bob"]


@pytest.mark.parametrize("is_here", [True, False], ids=["one more stream", "the first stream"])
def test_a_stream_that_was_asked_for_before_a_rename_brings_no_former_name_back(is_here: bool, clock: Clock) -> None:
    presence, now = Presence(), now_ms()
    if is_here:
        presence.arrive(stream_of(BOB, "Bob", now - 5_000))
    presence.rename(BOB, "Robert", str(now))
    presence.arrive(stream_of(BOB, "Bob", now - 5_000))
    assert names_after(presence, clock, 1) == ["Robert"]


def test_a_name_that_was_chosen_after_the_last_rename_is_taken_from_the_stream(clock: Clock) -> None:
    """As in another room, whose rename this one did not hear of."""
    presence, now = Presence(), now_ms()
    presence.rename(BOB, "Robert", str(now - 1_000))
    presence.arrive(stream_of(BOB, "Bobby", now))
    assert names_after(presence, clock, 1) == ["Bobby"]


def test_a_rename_is_remembered_for_as_long_as_a_stream_may_be_on_its_way(clock: Clock) -> None:
    presence, now = Presence(), now_ms()
    presence.rename(BOB, "Robert", str(now - RENAMED_MS - 1))
    presence.forget_departed()
    presence.arrive(stream_of(BOB, "Bob"))
    assert names_after(presence, clock, 1) == ["Bob"]


@pytest.mark.parametrize(
    ("crowds", "listeners", "names"),
    [
        ([], 0, []),
        ([Crowd(2, {BOB.hex: "Bob"})], 2, ["Bob"]),
        ([Crowd(1, {BOB.hex: "Bob"}), Crowd(1, {BOB.hex: "Bob"})], 1, ["Bob"]),
        ([Crowd(1, {BOB.hex: "Bob"}), Crowd(3, {BOB.hex: "Bob", CHARLIE.hex: "Charlie"})], 3, ["Bob", "Charlie"]),
        ([Crowd(1, {BOB.hex: ""})], 1, ["Guest 1001"]),
        ([Crowd(500), Crowd(1, {BOB.hex: "Bob"})], 501, None),
        ([Crowd(60, {}), Crowd(41, {BOB.hex: "Bob"})], 101, None),
    ],
)
def test_people_of_several_processes_count_once_if_they_are_known(
    crowds: list[Crowd], listeners: int, names: list[str] | None
) -> None:
    told = people(crowds)
    assert told["listeners"] == listeners
    assert (None if told["items"] is None else [person["name"] for person in told["items"]]) == names


def test_who_is_here_and_who_holds_a_role_are_told_with_what_their_players_do() -> None:
    presence = Presence(room_id=1)
    joined_ms = 1_700_000_000_000
    places = {CHARLIE: Place("Charlie", Role.HOST, False, joined_ms), BOB: Place("Bob", Role.GUEST, True, joined_ms)}
    presence.set_places(places)
    presence.arrive(stream_of(BOB, "Bob"))
    presence.change_state(BOB, "buffering")
    presence.change_state(BOB, "dancing")
    presence.change_state(UUID(int=9), "silent")
    told = presence.as_json()["items"] or []
    assert [(person["name"], person["role"], person["state"], person["muted"]) for person in told] == [
        ("Charlie", "host", "away", False),
        ("Bob", "guest", "buffering", True),
    ]
    assert told[0]["since_ms"] == joined_ms < told[1]["since_ms"]
    assert len({person["id"] for person in told}) == 2
    assert BOB.hex not in str(told)


def test_another_process_hears_the_state_and_knows_the_address_of_who_is_named() -> None:
    here = Presence()
    here.arrive(Stream(None, None, Identity(BOB, "Bob", address="192.0.2.7")))  # type: ignore[arg-type]
    here.apply(str(BOB), "change_state", "silent")
    (person,) = people([here.crowd()])["items"] or []
    assert person["state"] == "silent"
    assert here.crowd().details[BOB.hex][2] == here.address_of(BOB) == "192.0.2.7"


def test_a_guest_who_brought_a_host_s_name_along_is_shown_without_it() -> None:
    presence = Presence()
    presence.set_places({CHARLIE: Place("Charlie", Role.HOST, False, 0)})
    presence.arrive(stream_of(BOB, "CharIie"))
    assert [person["name"] for person in presence.as_json()["items"] or []] == ["Charlie", "Guest 1001"]


def test_the_eldest_is_who_came_first_to_any_process() -> None:
    here = Presence()
    here.arrive(stream_of(BOB, "Bob"))
    since_ms = now_ms() - 3_600_000
    here.elsewhere = [Crowd(1, {CHARLIE.hex: "Charlie"}, 1, {CHARLIE.hex: ["listening", since_ms, ""]})]
    assert list(here.all_names() or {}) == [CHARLIE, BOB]


def test_whoever_goes_over_to_another_process_is_here_as_long_as_before() -> None:
    presence, since_ms = Presence(), now_ms() - 3_600_000
    presence.elsewhere = [Crowd(1, {BOB.hex: "Bob"}, 1, {BOB.hex: ["listening", since_ms, ""]})]
    presence.arrive(stream_of(BOB, "Bob"))
    presence.elsewhere = []
    assert [person["since_ms"] for person in presence.as_json()["items"] or []] == [since_ms]


@pytest.mark.parametrize(("is_reloaded", "state"), [(True, "listening"), (False, "buffering")])
def test_a_page_that_is_reloaded_is_taken_for_a_newcomer_s(is_reloaded: bool, state: str, clock: Clock) -> None:
    """It tells of its player what differs from that; a page that reconnects has told it."""
    presence, stream = Presence(), stream_of(BOB, "Bob")
    presence.arrive(stream)
    presence.change_state(BOB, "buffering")
    if is_reloaded:
        presence.goodbye(BOB)
    presence.leave(stream, for_good=False)
    if is_reloaded:
        presence.expect(BOB)
    presence.arrive(stream_of(BOB, "Bob"))
    assert presence.state_of(BOB) == state
