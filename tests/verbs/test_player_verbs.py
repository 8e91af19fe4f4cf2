"""The verbs of the player: what a host says, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players.models import Entry, Player
from players.timeline import LEAD_MS, MAX_POSITION_MS, RATES, TRACK_LEAD_MS
from rooms.core.change import change
from rooms.core.snapshot import snapshot
from rooms.errors import Invalid
from rooms.models import AtEnd, Room
from tests.support.rooms import NOW_MS, Told, add, anew, hear, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

LATER_MS = NOW_MS + 10_000
Verb = Callable[[Player], object]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def room(told: list[Told]) -> Room:
    """Three tracks of one minute each; nothing is loaded."""
    made = make_lounge(60_000, 60_000, 60_000)
    told.clear()
    return made


def say(room: Room, verb: Verb, now_ms: int = NOW_MS) -> Player:
    """Say ``verb`` to the room's player; the player as it was saved."""
    with change(room, now_ms) as lent:
        verb(lent.player)
    return anew(room).player


def started(room: Room) -> Player:
    """The first entry, playing from its start at NOW_MS."""
    return say(room, lambda player: player.play(NOW_MS - TRACK_LEAD_MS), NOW_MS - TRACK_LEAD_MS)


# Play and pause


def test_the_first_play_loads_the_first_entry_and_leaves_time_to_load_it(room: Room) -> None:
    player = say(room, lambda player: player.play(NOW_MS))
    assert player.state[:5] == (queue_of(room)[0].pk, True, 0, 1.0, NOW_MS + TRACK_LEAD_MS)


def test_a_pause_is_at_once_and_keeps_the_position_of_that_instant(room: Room) -> None:
    started(room)
    player = say(room, lambda player: player.pause(LATER_MS), LATER_MS)
    assert (player.playing, player.position_ms, player.effective_at_ms) == (False, 10_000, LATER_MS)


def test_a_pause_before_the_common_start_stays_where_it_would_have_started(room: Room) -> None:
    say(room, lambda player: player.play(NOW_MS))
    player = say(room, lambda player: player.pause(NOW_MS + 100), NOW_MS + 100)
    assert (player.playing, player.position_ms) == (False, 0)


def test_play_after_a_pause_goes_on_after_the_lead(room: Room) -> None:
    started(room)
    say(room, lambda player: player.pause(LATER_MS), LATER_MS)
    player = say(room, lambda player: player.play(LATER_MS + 5_000), LATER_MS + 5_000)
    assert (player.playing, player.position_ms, player.effective_at_ms) == (True, 10_000, LATER_MS + 5_000 + LEAD_MS)


def test_play_with_an_empty_queue_does_nothing(told: list[Told]) -> None:
    room = make_lounge()
    told.clear()
    assert say(room, lambda player: player.play(NOW_MS)).state[:5] == (None, False, 0, 1.0, 0)
    assert told == []


def test_play_passes_over_what_nobody_can_play(room: Room) -> None:
    first, second, _ = queue_of(room)
    type(first.track).objects.filter(pk=first.track_id).update(problem="gone")
    assert say(room, lambda player: player.play(NOW_MS)).entry == second


def test_a_queue_of_which_nothing_can_be_played_has_ended_and_goes_on_with_what_can(room: Room) -> None:
    for entry in queue_of(room):
        type(entry.track).objects.filter(pk=entry.track_id).update(problem="gone")
    player = say(room, lambda player: player.play(NOW_MS))
    assert (player.entry, player.playing, player.ended) == (None, False, True)
    (added,) = add(room, 60_000)
    player = anew(room).player
    assert (player.entry, player.playing, player.ended) == (added, True, False)


@pytest.mark.parametrize(
    "verb",
    [
        lambda player: player.pause(LATER_MS),
        lambda player: player.seek(5_000, LATER_MS),
        lambda player: player.previous(LATER_MS),
        lambda player: player.room.queue.clear(LATER_MS),
    ],
    ids=["pause", "seek", "previous", "clear"],
)
def test_a_queue_that_a_host_stopped_after_its_end_stays_silent(room: Room, verb: Verb) -> None:
    started(room)
    last = queue_of(room)[-1]
    say(room, lambda player: player.jump(last, NOW_MS))
    say(room, lambda player: player.next(NOW_MS))
    assert anew(room).player.ended
    assert not say(room, verb, LATER_MS).ended
    add(room, 60_000)
    assert not anew(room).player.playing


def test_a_queue_whose_last_track_is_taken_out_while_it_plays_has_ended(room: Room) -> None:
    started(room)
    for entry in queue_of(room):
        with change(room, NOW_MS) as lent:
            lent.queue.remove(entry, NOW_MS)
    assert anew(room).player.ended
    (added,) = add(room, 60_000)
    assert anew(room).player.entry == added
    assert anew(room).player.playing


def test_play_after_an_end_goes_on_with_the_next(room: Room) -> None:
    started(room)
    say(room, lambda player: player.set(NOW_MS, playing=False, position_ms=60_000))
    assert say(room, lambda player: player.play(NOW_MS)).entry == queue_of(room)[1]


def test_play_after_the_last_end_begins_anew(room: Room) -> None:
    last = queue_of(room)[2]
    say(room, lambda player: player.set(NOW_MS, entry=last, position_ms=60_000))
    player = say(room, lambda player: player.play(NOW_MS))
    assert (player.entry, player.position_ms, player.playing) == (queue_of(room)[0], 0, True)


def test_a_pause_after_a_thousand_hours_without_a_known_end_is_possible() -> None:
    room = make_lounge(None)
    say(room, lambda player: player.play(NOW_MS))
    in_50_days_ms = NOW_MS + 50 * 86_400_000
    player = say(room, lambda player: player.pause(in_50_days_ms), in_50_days_ms)
    assert (player.playing, player.position_ms) == (False, MAX_POSITION_MS)


# Seek


def test_a_seek_while_playing_starts_for_everybody_after_the_lead(room: Room) -> None:
    started(room)
    player = say(room, lambda player: player.seek(30_000, LATER_MS), LATER_MS)
    assert (player.playing, player.position_ms, player.effective_at_ms) == (True, 30_000, LATER_MS + 400)


def test_a_seek_while_a_track_loads_does_not_start_before_it_is_loaded(room: Room) -> None:
    say(room, lambda player: player.play(NOW_MS))
    player = say(room, lambda player: player.seek(30_000, NOW_MS + 100), NOW_MS + 100)
    assert player.effective_at_ms == NOW_MS + TRACK_LEAD_MS


def test_a_seek_while_paused_stays_paused(room: Room) -> None:
    started(room)
    say(room, lambda player: player.pause(NOW_MS))
    player = say(room, lambda player: player.seek(30_000, LATER_MS), LATER_MS)
    assert (player.playing, player.position_ms) == (False, 30_000)


@pytest.mark.parametrize(("wanted_ms", "reached_ms"), [(0, 5_000), (4_999, 5_000), (20_000, 20_000), (60_000, 50_000)])
def test_a_seek_stays_within_the_trims(room: Room, wanted_ms: int, reached_ms: int) -> None:
    Entry.objects.filter(pk=queue_of(room)[0].pk).update(start_ms=5_000, end_ms=50_000)
    started(room)
    assert say(room, lambda player: player.seek(wanted_ms, NOW_MS)).position_ms == reached_ms


def test_a_seek_with_nothing_loaded_does_nothing(room: Room, told: list[Told]) -> None:
    assert say(room, lambda player: player.seek(30_000, NOW_MS)).position_ms == 0
    assert told == []


# Rate


def test_another_rate_goes_on_from_the_position_of_that_instant(room: Room) -> None:
    started(room)
    player = say(room, lambda player: player.change_rate(1.5, LATER_MS), LATER_MS)
    assert (player.position_ms, player.rate, player.effective_at_ms) == (10_000, 1.5, LATER_MS)
    assert player.timeline.position_at(LATER_MS + 2_000) == 13_000


def test_the_rate_of_a_paused_player_changes_nothing_but_the_rate(room: Room) -> None:
    started(room)
    before = say(room, lambda player: player.pause(LATER_MS), LATER_MS).state
    player = say(room, lambda player: player.change_rate(0.5, LATER_MS + 1), LATER_MS + 1)
    assert player.state[:5] == (*before[:3], 0.5, before[4])


# Jump, next, previous


def test_a_jump_while_playing_plays_the_other_entry_after_its_lead(room: Room) -> None:
    started(room)
    third = queue_of(room)[2]
    player = say(room, lambda player: player.jump(third, LATER_MS), LATER_MS)
    assert player.state[:5] == (third.pk, True, 0, 1.0, LATER_MS + TRACK_LEAD_MS)


def test_a_jump_while_paused_stays_paused(room: Room) -> None:
    player = say(room, lambda player: player.jump(queue_of(room)[1], NOW_MS))
    assert (player.entry, player.playing) == (queue_of(room)[1], False)


def test_a_jump_begins_at_the_trimmed_start(room: Room) -> None:
    second = queue_of(room)[1]
    Entry.objects.filter(pk=second.pk).update(start_ms=7_000)
    assert say(room, lambda player: player.jump(queue_of(room)[1], NOW_MS)).position_ms == 7_000


def test_several_verbs_at_once_are_one_change(room: Room, told: list[Told]) -> None:
    third = queue_of(room)[2]
    player = say(room, lambda p: p.set(NOW_MS, entry=third, position_ms=20_000, rate=1.25, playing=True))
    assert player.state[:5] == (third.pk, True, 20_000, 1.25, NOW_MS + TRACK_LEAD_MS)
    assert [(event.event, event.version) for event in told] == [("player", room.version + 1)]


def test_next_goes_to_the_next_playable_entry(room: Room) -> None:
    started(room)
    _, second, third = queue_of(room)
    type(second.track).objects.filter(pk=second.track_id).update(problem="not-embeddable")
    player = say(room, lambda player: player.next(LATER_MS), LATER_MS)
    assert player.state[:5] == (third.pk, True, 0, 1.0, LATER_MS + TRACK_LEAD_MS)


def test_next_with_nothing_loaded_loads_the_first(room: Room) -> None:
    player = say(room, lambda player: player.next(NOW_MS))
    assert (player.entry, player.playing) == (queue_of(room)[0], False)


def test_next_after_the_last_stops_at_its_end(room: Room) -> None:
    last = queue_of(room)[2]
    say(room, lambda player: player.set(NOW_MS, entry=last, playing=True))
    player = say(room, lambda player: player.next(LATER_MS), LATER_MS)
    assert player.state[:5] == (last.pk, False, 60_000, 1.0, LATER_MS)


def test_next_after_the_last_of_a_repeating_queue_begins_anew() -> None:
    room = make_lounge(60_000, 60_000, at_end=AtEnd.REPEAT)
    say(room, lambda player: player.set(NOW_MS, entry=queue_of(room)[1], playing=True))
    player = say(room, lambda player: player.next(LATER_MS), LATER_MS)
    assert (player.entry, player.playing) == (queue_of(room)[0], True)


def test_next_in_an_empty_queue_does_nothing(told: list[Told]) -> None:
    room = make_lounge()
    told.clear()
    assert say(room, lambda player: player.next(NOW_MS)).state[:5] == (None, False, 0, 1.0, 0)
    assert told == []


def test_next_goes_by_the_order_to_which_the_current_entry_was_moved_a_moment_before(room: Room) -> None:
    started(room)
    first, second, third = queue_of(room)
    with change(room, LATER_MS) as lent:
        lent.queue.move(lent.queue.listed().get(pk=first.pk), after=lent.queue.listed().get(pk=second.pk))
        lent.player.next(LATER_MS)
    assert anew(room).player.entry == third


def test_previous_goes_to_the_playable_entry_before(room: Room) -> None:
    first, second, third = queue_of(room)
    type(second.track).objects.filter(pk=second.track_id).update(problem="gone")
    say(room, lambda player: player.set(NOW_MS, entry=third, playing=True))
    player = say(room, lambda player: player.previous(LATER_MS), LATER_MS)
    assert player.state[:5] == (first.pk, True, 0, 1.0, LATER_MS + TRACK_LEAD_MS)


def test_previous_on_the_first_goes_to_its_start(room: Room) -> None:
    started(room)
    player = say(room, lambda player: player.previous(LATER_MS), LATER_MS)
    assert player.state[:5] == (queue_of(room)[0].pk, True, 0, 1.0, LATER_MS + LEAD_MS)


def test_previous_with_nothing_loaded_does_nothing(room: Room, told: list[Told]) -> None:
    assert say(room, lambda player: player.previous(NOW_MS)).entry is None
    assert told == []


# What changes nothing


@pytest.mark.parametrize(
    "verb",
    [
        lambda player: player.play(LATER_MS),
        lambda player: player.change_rate(1.0, LATER_MS),
        lambda player: player.change_rate(1, LATER_MS),
        lambda player: player.jump(player.entry, LATER_MS),
        lambda player: player.set(LATER_MS),
        lambda player: player.set(LATER_MS, entry=player.entry, rate=1.0, playing=True),
    ],
    ids=["play", "rate", "rate as int", "jump", "nothing", "all that it does already"],
)
def test_a_verb_that_changes_nothing_bumps_nothing(room: Room, told: list[Told], verb: Verb) -> None:
    before = started(room)
    told.clear()
    after = say(room, verb, LATER_MS)
    assert (after.state, after.room.version) == (before.state, before.room.version)
    assert told == []


@pytest.mark.parametrize(
    "verb",
    [
        lambda player: player.pause(LATER_MS),
        lambda player: player.seek(player.position_ms, LATER_MS),
        lambda player: player.set(LATER_MS, entry=player.entry, position_ms=player.position_ms, playing=False),
    ],
    ids=["pause", "seek", "all that it is already"],
)
def test_a_verb_that_leaves_a_paused_player_as_it_is_bumps_nothing(room: Room, told: list[Told], verb: Verb) -> None:
    started(room)
    before = say(room, lambda player: player.pause(NOW_MS + 5_000), NOW_MS + 5_000)
    told.clear()
    after = say(room, verb, LATER_MS)
    assert (after.state, after.room.version) == (before.state, before.room.version)
    assert told == []


# The database says no first


@pytest.mark.parametrize(
    "impossible",
    [
        {"playing": True, "entry": None},
        {"position_ms": MAX_POSITION_MS + 1},
        {"position_ms": -1},
        {"rate": 0.1},
        {"rate": 2.5},
    ],
    ids=str,
)
def test_the_database_keeps_no_impossible_player(room: Room, impossible: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Player.objects.filter(room=room).update(**impossible)


# Any verbs, in any order

MINUTE_MS = 60_000
elapsed = st.one_of(st.integers(0, 3 * MINUTE_MS), st.sampled_from([0, 90 * 86_400_000]))
which = st.integers(0, 9)
bounds = st.none() | st.integers(0, 2 * MINUTE_MS)
verbs = st.one_of(
    st.sampled_from(["play", "pause", "next", "previous", "unload", "clear", "repeat", "rename"]).map(lambda v: (v,)),
    st.tuples(st.sampled_from(["jump", "remove", "break"]), which),
    st.tuples(st.just("seek"), st.integers(0, MAX_POSITION_MS)),
    st.tuples(st.just("rate"), st.sampled_from(RATES)),
    st.tuples(st.just("move"), which, which),
    st.tuples(st.just("trim"), which, bounds, bounds),
)


def act(lent: Room, now_ms: int, verb: str, *args: Any) -> None:
    """One verb with its arguments; an entry is named by its place, modulo the length of the queue."""
    entries = list(lent.queue.listed())
    player = lent.player
    if verb in ("jump", "remove", "move", "trim", "break"):
        if not entries:
            return
        entry = entries[args[0] % len(entries)]
        if verb == "jump":
            player.jump(entry, now_ms)
        elif verb == "remove":
            lent.queue.remove(entry, now_ms)
        elif verb == "move":
            lent.queue.move(entry, after=entries[args[1] % len(entries)])
        elif verb == "trim":
            entry.trim(args[1], args[2], now_ms)
        elif not entry.track.problem:
            entry.track.problem = "gone"
            entry.track.save()
            entry.tell()
            player.leave(entry, now_ms)
    elif verb == "seek":
        player.seek(args[0], now_ms)
    elif verb == "rate":
        player.change_rate(args[0], now_ms)
    elif verb == "clear":
        lent.queue.clear(now_ms)
    elif verb == "repeat":
        lent.set_rules(at_end=AtEnd.REPEAT if lent.at_end == AtEnd.PAUSE else AtEnd.PAUSE)
    elif verb == "rename":
        lent.rename(f"Lounge {now_ms}")
    else:
        getattr(player, verb)(now_ms)


@given(
    lengths_ms=st.lists(st.none() | st.integers(1, 2 * MINUTE_MS), max_size=4),
    script=st.lists(st.tuples(elapsed, verbs), max_size=12),
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_verbs_in_any_order_keep_the_promises(
    told: list[Told], lengths_ms: list[int | None], script: list[tuple[int, tuple[Any, ...]]]
) -> None:
    """The database takes whatever comes of them; a version and one event for each change, and none without one."""
    room = make_lounge(*lengths_ms)
    now_ms = NOW_MS
    for elapsed_ms, (verb, *args) in script:
        now_ms += elapsed_ms
        before = snapshot(anew(room))
        told.clear()
        try:
            with change(room, now_ms) as lent:
                act(lent, now_ms, verb, *args)
        except Invalid:
            assert verb == "trim"
        after = snapshot(anew(room))
        if after == before:
            assert told == []
            continue
        assert after["version"] == before["version"] + 1
        assert [(event.version, event.data["prev"]) for event in told] == [(after["version"], before["version"])]
        assert told[0].data["advance_at_ms"] == after["advance_at_ms"]
        player = anew(room).player
        assert player.entry is None or player.entry in queue_of(room)
        position_ms = player.timeline.position_at(now_ms)
        if player.entry is not None and player.entry.last_ms is not None:
            assert player.entry.first_ms <= position_ms <= player.entry.last_ms
