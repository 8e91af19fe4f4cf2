"""What listeners' players report: believed of a host at once, of others when enough agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from players import listener_reports
from players.listener_reports import NEAR_END_MS, RECENT_MS
from players.models import Entry, ListenerReport
from players.timeline import TRACK_LEAD_MS
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.person import Person
from rooms.errors import Unidentified
from rooms.live.hub import hub
from rooms.models import Room
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, hear, link, make_lounge, queue_of

LENGTH_MS = 60_000


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def four_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "listeners", lambda _room_id: 4)


@pytest.fixture
def alice() -> Caller:
    return Caller(person=Person.new())


@pytest.fixture
def unknown(transactional_db: None, told: list[Told], alice: Caller) -> Room:
    """A room that plays a track of unknown length since NOW_MS, with another behind it; Alice hosts."""
    return playing(told, alice, None)


@pytest.fixture
def known(transactional_db: None, told: list[Told], alice: Caller) -> Room:
    """The same with a track of a minute."""
    return playing(told, alice, LENGTH_MS)


def playing(told: list[Told], alice: Caller, length_ms: int | None) -> Room:
    room = make_lounge(length_ms, LENGTH_MS)
    with change(room, NOW_MS) as lent:
        alice.join(lent, Role.HOST)
        lent.player.play(NOW_MS - TRACK_LEAD_MS)
    told.clear()
    return anew(room)


def tell(
    room: Room, caller: Caller, kind: str, *, length_ms: int | None = None, at_ms: int = 0, place: int = 0
) -> bool:
    """Give a hint about the entry at ``place``, ``at_ms`` after NOW_MS; whether the room changed by it."""
    return listener_reports.take(anew(room), caller, kind, queue_of(room)[place].pk, length_ms, NOW_MS + at_ms)


def somebody() -> Caller:
    return Caller(person=Person.new())


def current(room: Room) -> int:
    """The place of what plays."""
    player = anew(room).player
    return [entry.pk for entry in queue_of(room)].index(player.entry_id or 0)


# Length


def test_a_host_is_believed_a_length_at_once(unknown: Room, alice: Caller, told: list[Told]) -> None:
    assert tell(unknown, alice, "length", length_ms=90_000)
    assert queue_of(unknown)[0].track.length_ms == 90_000
    assert [(event.event, event.data["op"], event.data["entry"]["length_ms"]) for event in told] == [
        ("queue", "update", 90_000)
    ]
    assert told[0].data["advance_at_ms"] == anew(unknown).player.advance_at_ms is not None


def test_one_listener_is_not_believed_a_length_and_two_are(unknown: Room, told: list[Told]) -> None:
    assert not tell(unknown, somebody(), "length", length_ms=90_000)
    assert queue_of(unknown)[0].track.length_ms is None
    assert told == []
    assert tell(unknown, somebody(), "length", length_ms=91_000)
    assert queue_of(unknown)[0].track.length_ms == 90_500


def test_one_listener_is_one_voice_however_often_it_speaks(unknown: Room) -> None:
    bob = somebody()
    assert not tell(unknown, bob, "length", length_ms=90_000)
    assert not tell(unknown, bob, "length", length_ms=95_000)
    assert ListenerReport.objects.count() == 1


def test_a_length_that_is_known_is_not_changed_by_anybody(known: Room, alice: Caller, told: list[Told]) -> None:
    assert not tell(known, alice, "length", length_ms=90_000)
    assert queue_of(known)[0].track.length_ms == LENGTH_MS
    assert told == []


def test_a_length_is_told_to_every_room_that_has_the_track(unknown: Room, alice: Caller, told: list[Told]) -> None:
    bar = make_lounge()
    with change(bar, NOW_MS) as lent:
        lent.queue.add([link(f"{unknown.slug}/0")], NOW_MS, after=None, at_end=True, member=None)
    told.clear()
    tell(unknown, alice, "length", length_ms=90_000)
    assert sorted(event.data["entry"]["id"] for event in told) == sorted([queue_of(unknown)[0].pk, queue_of(bar)[0].pk])


# End


@pytest.mark.parametrize(("before_end_ms", "is_believed"), [(NEAR_END_MS, True), (NEAR_END_MS + 1, False)])
def test_an_end_is_believed_near_the_computed_one(known: Room, before_end_ms: int, is_believed: bool) -> None:
    assert tell(known, somebody(), "ended", at_ms=LENGTH_MS - before_end_ms) is is_believed
    assert current(known) == int(is_believed)


def test_a_second_voice_about_the_same_end_skips_nothing_more(known: Room) -> None:
    assert tell(known, somebody(), "ended", at_ms=LENGTH_MS - 1_000)
    assert not tell(known, somebody(), "ended", at_ms=LENGTH_MS - 999)
    assert current(known) == 1


def test_an_end_in_a_paused_room_is_no_end(known: Room, alice: Caller) -> None:
    with change(known, NOW_MS) as lent:
        lent.player.set(NOW_MS, playing=False, position_ms=LENGTH_MS)
    assert not tell(known, alice, "ended")


@pytest.mark.usefixtures("four_listeners")
def test_an_unknown_end_takes_half_of_the_listeners(unknown: Room) -> None:
    assert not tell(unknown, somebody(), "ended", at_ms=30_000)
    assert current(unknown) == 0
    assert tell(unknown, somebody(), "ended", at_ms=30_500)
    assert current(unknown) == 1


@pytest.mark.usefixtures("four_listeners")
def test_an_unknown_end_is_believed_a_host(unknown: Room, alice: Caller) -> None:
    assert tell(unknown, alice, "ended", at_ms=30_000)
    assert current(unknown) == 1


@pytest.mark.usefixtures("four_listeners")
def test_an_unknown_end_is_not_believed_a_host_who_is_demoted_before_the_lock(
    unknown: Room, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def change_late(*args: Any) -> Iterator[Room]:
        with change(unknown, NOW_MS) as lent:
            lent.members.get(role=Role.HOST).give_role(Role.GUEST)
        with change(*args) as lent:
            yield lent

    monkeypatch.setattr(listener_reports, "change", change_late)
    assert not tell(unknown, alice, "ended")
    assert current(unknown) == 0


@pytest.mark.usefixtures("four_listeners")
def test_what_was_heard_on_an_earlier_round_says_nothing_of_this_one(unknown: Room) -> None:
    assert not tell(unknown, somebody(), "ended", at_ms=0)
    assert not tell(unknown, somebody(), "ended", at_ms=RECENT_MS + 1)
    assert current(unknown) == 0


# Failure


@pytest.mark.usefixtures("four_listeners")
def test_a_track_is_skipped_when_it_fails_for_half_of_the_listeners(unknown: Room, told: list[Told]) -> None:
    bob = somebody()
    assert not tell(unknown, bob, "failed", at_ms=1_000)
    assert not tell(unknown, bob, "failed", at_ms=2_000)
    assert told == []
    assert tell(unknown, somebody(), "failed", at_ms=3_000)
    assert current(unknown) == 1
    assert [event.event for event in told] == ["player"]


@pytest.mark.usefixtures("four_listeners")
def test_not_even_a_host_speaks_for_all_of_a_failure(unknown: Room, alice: Caller) -> None:
    assert not tell(unknown, alice, "failed")
    assert current(unknown) == 0


def test_a_track_that_fails_for_the_only_listener_is_skipped(unknown: Room) -> None:
    assert tell(unknown, somebody(), "failed")
    assert current(unknown) == 1


# What is no hint


@pytest.mark.parametrize("kind", ["length", "ended", "failed"])
def test_only_the_current_entry_can_be_spoken_of(unknown: Room, alice: Caller, told: list[Told], kind: str) -> None:
    assert not tell(unknown, alice, kind, length_ms=90_000, place=1, at_ms=LENGTH_MS)
    assert ListenerReport.objects.count() == 0
    assert told == []


@pytest.mark.parametrize("kind", ["length", "ended", "failed"])
def test_somebody_whom_nobody_knows_cannot_speak(unknown: Room, kind: str) -> None:
    with pytest.raises(Unidentified):
        tell(unknown, Caller(), kind, length_ms=90_000)


# Votes


def vote(room: Room, caller: Caller, likes: bool) -> int:
    with change(room, NOW_MS) as lent:
        listener_reports.vote(lent.queue.listed()[1], caller, likes)
    return queue_of(room)[1].votes


def test_a_vote_counts_once_and_can_be_taken_back(known: Room, told: list[Told]) -> None:
    bob, charlie = somebody(), somebody()
    assert [vote(known, bob, True), vote(known, bob, True), vote(known, charlie, True)] == [1, 1, 2]
    assert [vote(known, bob, False), vote(known, bob, False)] == [1, 1]
    assert [(event.data["op"], event.data["entry"]["votes"]) for event in told] == [
        ("update", 1),
        ("update", 2),
        ("update", 1),
    ]


def test_somebody_whom_nobody_knows_cannot_vote(known: Room) -> None:
    with pytest.raises(Unidentified):
        vote(known, Caller(), True)


def test_the_votes_of_a_removed_entry_go_with_it(known: Room) -> None:
    vote(known, somebody(), True)
    with change(known, NOW_MS) as lent:
        lent.queue.remove(lent.queue.listed()[1], NOW_MS)
    assert ListenerReport.objects.count() == 0
    assert Entry.objects.filter(playlist__room=known).count() == 1
