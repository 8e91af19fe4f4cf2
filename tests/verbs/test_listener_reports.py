"""What listeners' players report: believed of a host at once, of others when enough agree, of strangers never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from players.models import Entry, ListenerReport, Outcome, Played
from players.models.player import BRIEF_MS, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, QUICK_FAILURES
from players.reports import listener_reports
from players.reports.listener_reports import agreed
from players.timeline import TRACK_LEAD_MS
from rooms.core.caller import Caller
from rooms.core.change import change, settled
from rooms.core.person import Person
from rooms.errors import Forbidden, Unidentified
from rooms.live.hub import hub
from rooms.models import Room
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, hear, link, make_lounge, queue_of, rule

LENGTH_MS = 60_000


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """Who listens with a player."""
    people: set[UUID] = set()
    monkeypatch.setattr(hub, "voices", lambda _room_id, persons: (len(persons & people), len(people)))
    return people


@pytest.fixture
def alice(here: set[UUID]) -> Caller:
    return listener(here)


@pytest.fixture
def unknown(transactional_db: None, told: list[Told], alice: Caller) -> Room:
    """A room that plays a track of unknown length since NOW_MS, with another behind it; Alice hosts."""
    return playing(told, alice, None, LENGTH_MS)


@pytest.fixture
def known(transactional_db: None, told: list[Told], alice: Caller) -> Room:
    """The same with a track of a minute."""
    return playing(told, alice, LENGTH_MS, LENGTH_MS)


def test_an_end_that_was_heard_of_the_round_before_does_not_end_the_next(
    unknown: Room, alice: Caller, here: set[UUID]
) -> None:
    rule(unknown, at_end="repeat-one")
    with change(unknown, NOW_MS) as lent:
        lent.queue.remove(lent.queue.listed().order_by("-order")[0], NOW_MS)
    as_charlie_read_it, bob, charlie = anew(unknown), listener(here), listener(here)
    tell(unknown, alice, "ended", at_ms=120_000)
    assert tell(unknown, bob, "ended", at_ms=120_000)
    began_ms = anew(unknown).player.effective_at_ms
    assert began_ms == NOW_MS + 120_000 + TRACK_LEAD_MS
    entry_id, at_ms = anew(unknown).player.entry_id or 0, NOW_MS + 120_300
    assert not listener_reports.take(as_charlie_read_it, charlie, "ended", entry_id, None, at_ms)
    assert anew(unknown).player.effective_at_ms == began_ms


def playing(told: list[Told], alice: Caller, *lengths_ms: int | None) -> Room:
    room = make_lounge(*lengths_ms)
    with change(room, NOW_MS) as lent:
        alice.join(lent, Role.HOST)
        lent.player.play(NOW_MS - TRACK_LEAD_MS)
    told.clear()
    return anew(room)


def tell(
    room: Room, caller: Caller, kind: str, *, length_ms: int | None = None, at_ms: int = 0, place: int | None = None
) -> bool:
    """Give a hint about the entry at ``place``, the current one, ``at_ms`` after NOW_MS; whether the room changed."""
    place = current(room) if place is None else place
    return listener_reports.take(anew(room), caller, kind, queue_of(room)[place].pk, length_ms, NOW_MS + at_ms)


def listener(here: set[UUID]) -> Caller:
    """Somebody who listens from now on."""
    person = Person.new()
    here.add(person.id)
    return Caller(person=person)


def current(room: Room) -> int:
    """The place of what plays."""
    player = anew(room).player
    return [entry.pk for entry in queue_of(room)].index(player.entry_id or 0)


# Length


def test_a_host_is_believed_a_length_at_once(unknown: Room, alice: Caller, told: list[Told]) -> None:
    assert tell(unknown, alice, "length", length_ms=90_000)
    assert queue_of(unknown)[0].length_ms == 90_000
    assert [(event.event, event.data["op"], event.data["entry"]["length_ms"]) for event in told] == [
        ("queue", "update", 90_000)
    ]
    assert told[0].data["advance_at_ms"] == anew(unknown).player.advance_at_ms is not None


def test_one_listener_is_not_believed_a_length_and_two_are(unknown: Room, here: set[UUID], told: list[Told]) -> None:
    bob, charlie = listener(here), listener(here)
    assert not tell(unknown, bob, "length", length_ms=90_000)
    assert not tell(unknown, bob, "length", length_ms=95_000)
    assert (queue_of(unknown)[0].length_ms, told) == (None, [])
    assert tell(unknown, charlie, "length", length_ms=94_000)
    assert queue_of(unknown)[0].length_ms == 94_500


@pytest.mark.parametrize(
    ("lengths_ms", "length_ms"),
    [
        ([], None),
        ([90_000], None),
        ([1, 90_000], None),
        ([90_000, 93_000], None),
        ([1, 90_000, 91_000], 90_500),
        ([1, 2, 90_000, 90_000], None),
    ],
)
def test_a_length_is_what_most_agree_on(lengths_ms: list[int], length_ms: int | None) -> None:
    assert agreed(lengths_ms) == length_ms


def test_a_later_measurement_corrects_a_length(known: Room, here: set[UUID], told: list[Told]) -> None:
    for at_ms, bob in enumerate([listener(here), listener(here)]):
        tell(known, bob, "length", length_ms=30_000, at_ms=at_ms)
    assert queue_of(known)[0].length_ms == 30_000
    assert told[-1].data["entry"]["length_ms"] == 30_000


def test_a_length_that_is_known_is_no_news(known: Room, alice: Caller, told: list[Told]) -> None:
    assert not tell(known, alice, "length", length_ms=LENGTH_MS + 200)
    assert told == []


def test_what_players_measure_reaches_no_other_room(unknown: Room, alice: Caller, told: list[Told]) -> None:
    bar = make_lounge()
    with change(bar, NOW_MS) as lent:
        lent.queue.add([link(f"{unknown.slug}/0")], NOW_MS, after=None, at_end=True, member=None)
    told.clear()
    assert tell(unknown, alice, "length", length_ms=1)
    assert queue_of(bar)[0].length_ms is None
    assert [event.data["entry"]["id"] for event in told] == [queue_of(unknown)[0].pk]


def test_a_host_mends_a_length_for_good(known: Room, alice: Caller, told: list[Told]) -> None:
    with change(known, NOW_MS) as lent:
        entry = lent.queue.entry(queue_of(known)[0].pk)
        assert entry is not None
        entry.set_length(120_000, NOW_MS)
    assert not tell(known, alice, "length", length_ms=1_000)
    assert not tell(known, alice, "live")
    assert anew(known).player.timeline.ends_at_ms == NOW_MS + 120_000


# Live


def test_what_is_live_has_no_end_and_cannot_be_sought_in(known: Room, alice: Caller, told: list[Told]) -> None:
    assert tell(known, alice, "live")
    assert told[-1].data["entry"]["is_live"]
    assert told[-1].data["entry"]["length_ms"] is None
    assert not tell(known, alice, "length", length_ms=11_800)
    player = anew(known).player
    assert (player.advance_at_ms, player.timeline.last_ms) == (None, None)
    with change(known, NOW_MS + 5_000) as lent:
        lent.player.seek(30_000, NOW_MS + 5_000)
    assert anew(known).player.state == player.state


def test_one_listener_alone_makes_nothing_live(known: Room, here: set[UUID]) -> None:
    bob, charlie = (listener(here) for _ in range(2))
    tell(known, bob, "length", length_ms=LENGTH_MS)
    assert not tell(known, bob, "live")
    assert tell(known, charlie, "live")


@pytest.mark.parametrize(("kind", "length_ms"), [("length", 1_000), ("live", None)])
def test_two_strangers_among_many_who_listen_measure_nothing(
    known: Room, here: set[UUID], kind: str, length_ms: int | None
) -> None:
    """Those who say nothing hear what is known: two streams opened by a script may not cut every track."""
    bob, charlie, _dora = (listener(here) for _ in range(3))
    assert not tell(known, bob, kind, length_ms=length_ms)
    assert not tell(known, charlie, kind, length_ms=length_ms)
    entry = queue_of(known)[0]
    assert (entry.length_ms, entry.is_live) == (LENGTH_MS, False)
    assert tell(known, listener(here), kind, length_ms=length_ms)


# Ends and failures: one rule


@pytest.mark.parametrize("kind", ["ended", "failed"])
def test_more_than_half_of_those_who_listen_move_on(unknown: Room, here: set[UUID], kind: str) -> None:
    bob, charlie, _hears_it = (listener(here) for _ in range(3))
    assert not tell(unknown, bob, kind, at_ms=1_000)
    assert not tell(unknown, bob, kind, at_ms=1_100)
    assert not tell(unknown, charlie, kind, at_ms=2_000)
    assert current(unknown) == 0
    assert tell(unknown, listener(here), kind, at_ms=3_000)
    assert current(unknown) == 1


@pytest.mark.parametrize("kind", ["ended", "failed"])
def test_of_two_people_one_decides_nothing_not_even_a_host(
    unknown: Room, here: set[UUID], alice: Caller, kind: str
) -> None:
    listener(here)
    assert not tell(unknown, alice, kind, at_ms=1_000)
    assert current(unknown) == 0


@pytest.mark.parametrize("at_ms", [10_000, LENGTH_MS - 1_000])
def test_an_end_that_all_heard_is_believed_whatever_the_length_says(known: Room, alice: Caller, at_ms: int) -> None:
    assert tell(known, alice, "ended", at_ms=at_ms)
    assert current(known) == 1
    assert not tell(known, alice, "ended", at_ms=at_ms + 1, place=0)


def test_an_end_in_a_paused_room_is_no_end(known: Room, alice: Caller) -> None:
    with change(known, NOW_MS) as lent:
        lent.player.pause(NOW_MS)
    assert not tell(known, alice, "ended")


def test_what_was_heard_on_an_earlier_round_says_nothing_of_this_one(unknown: Room, here: set[UUID]) -> None:
    bob, charlie = listener(here), listener(here)
    tell(unknown, bob, "ended", at_ms=1_000)
    with change(unknown, NOW_MS + 2_000) as lent:
        lent.player.seek(0, NOW_MS + 2_000)
    assert not tell(unknown, charlie, "ended", at_ms=9_000)


def test_who_left_has_no_voice_any_more(unknown: Room, here: set[UUID]) -> None:
    bob, charlie = listener(here), listener(here)
    tell(unknown, bob, "failed", at_ms=1_000)
    here.discard(bob.person.id)  # type: ignore[union-attr]
    assert not tell(unknown, charlie, "failed", at_ms=2_000)


def test_what_failed_is_marked_and_tried_again_when_a_host_says_so(
    unknown: Room, alice: Caller, told: list[Told]
) -> None:
    assert tell(unknown, alice, "failed", at_ms=1_000)
    failed = queue_of(unknown)[0]
    assert told[-1].data["queue"][0]["unplayable"] == "It could not be played by those who listened."
    assert not failed.track.problem
    with change(unknown, NOW_MS + 2_000) as lent:
        entry = lent.queue.entry(failed.pk)
        assert entry is not None
        entry.try_again(NOW_MS + 2_000)
        lent.player.previous(NOW_MS + 2_000)
    assert current(unknown) == 0
    assert told[-1].data["queue"][0]["unplayable"] == ""


def test_a_series_of_failures_slows_down(transactional_db: None, told: list[Told], alice: Caller) -> None:
    room = playing(told, alice, *[None] * 12)
    at_ms = 0
    for number in range(QUICK_FAILURES):
        at_ms += 1_000
        assert tell(room, alice, "failed", at_ms=at_ms)
        assert current(room) == number + 1
    pauses = []
    while current(room) < 11:
        place = current(room)
        tell(room, alice, "failed", at_ms=at_ms)
        player = anew(room).player
        assert current(room) == place
        assert player.gives_up_at_ms == player.advance_at_ms
        pauses.append((player.gives_up_at_ms or 0) - player.effective_at_ms)
        at_ms = (player.gives_up_at_ms or 0) - NOW_MS
        settled(anew(room), NOW_MS + at_ms - 1)
        assert current(room) == place
        settled(anew(room), NOW_MS + at_ms)
        assert current(room) == place + 1
    assert pauses[:3] == [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS]
    assert pauses[-1] == LONGEST_PAUSE_MS
    assert tell(room, alice, "ended", at_ms=at_ms + TRACK_LEAD_MS + BRIEF_MS)
    assert anew(room).player.failures == 0
    outcomes = Played.objects.filter(room=room).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["failed"] * 11 + ["ended"]


def test_ends_that_come_soon_one_after_the_other_slow_down_and_mark_nothing(
    transactional_db: None, told: list[Told], here: set[UUID]
) -> None:
    """A stranger who is left alone in a room does not burn its queue."""
    room = playing(told, listener(here), *[LENGTH_MS] * 12)
    here.clear()
    charlie, at_ms = listener(here), 0
    while current(room) < 9:
        at_ms += 1_000
        tell(room, charlie, "ended", at_ms=at_ms)
        settled(anew(room), NOW_MS + at_ms)
        assert at_ms < 9 * LENGTH_MS
    assert at_ms >= 4 * BRIEF_MS
    assert all(entry.is_playable for entry in queue_of(room))
    assert set(Played.objects.filter(room=room).values_list("outcome", flat=True)) == {"ended"}


# What is no hint


@pytest.mark.parametrize("kind", ["length", "live", "ended", "failed"])
def test_only_the_current_entry_can_be_spoken_of(unknown: Room, alice: Caller, told: list[Told], kind: str) -> None:
    assert not tell(unknown, alice, kind, length_ms=90_000, place=1, at_ms=LENGTH_MS)
    assert ListenerReport.objects.count() == 0
    assert told == []


@pytest.mark.parametrize("kind", ["length", "live", "ended", "failed"])
def test_who_does_not_listen_now_is_refused(unknown: Room, here: set[UUID], alice: Caller, kind: str) -> None:
    here.clear()
    with pytest.raises(Forbidden, match="do not listen"):
        tell(unknown, alice, kind, length_ms=90_000)
    with pytest.raises(Unidentified):
        tell(unknown, Caller(), kind, length_ms=90_000)
    assert ListenerReport.objects.count() == 0


def before_the_lock(room: Room, act: Callable[[Room], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody else ``act`` after a report was weighed and before it takes effect."""

    @contextmanager
    def change_late(*args: Any) -> Iterator[Room]:
        with change(room, NOW_MS) as lent:
            act(lent)
        with change(*args) as lent:
            yield lent

    monkeypatch.setattr(listener_reports, "change", change_late)


def test_a_host_who_is_demoted_before_the_lock_is_not_believed(
    unknown: Room, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_lock(unknown, lambda lent: lent.members.get(role=Role.HOST).give_role(Role.GUEST), monkeypatch)
    assert not tell(unknown, alice, "length", length_ms=1_000)
    assert queue_of(unknown)[0].length_ms is None


@pytest.mark.parametrize(
    ("act", "place"),
    [(lambda player: player.go_past(Outcome.SKIPPED, NOW_MS), 1), (lambda player: player.pause(NOW_MS), 0)],
    ids=["skipped", "paused"],
)
def test_what_was_skipped_or_paused_before_the_lock_does_not_end_again(
    known: Room, alice: Caller, monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], object], place: int
) -> None:
    before_the_lock(known, lambda lent: act(lent.player), monkeypatch)
    assert not tell(known, alice, "ended", at_ms=1_000)
    assert current(known) == place


# Votes


def vote(room: Room, caller: Caller, likes: bool) -> int:
    with change(room, NOW_MS) as lent:
        listener_reports.vote(lent.queue.listed()[1], caller, likes)
    return queue_of(room)[1].votes


def test_a_vote_counts_once_and_can_be_taken_back(known: Room, told: list[Told]) -> None:
    bob, charlie = (Caller(person=Person.new()) for _ in range(2))
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
    vote(known, Caller(person=Person.new()), True)
    with change(known, NOW_MS) as lent:
        lent.queue.remove(lent.queue.listed()[1], NOW_MS)
    assert ListenerReport.objects.count() == 0
    assert Entry.objects.filter(playlist__room=known).count() == 1
