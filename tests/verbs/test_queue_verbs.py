"""The verbs of the queue: add, move, trim, remove, clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players.models import Entry, playlist
from players.models.queue_order import ORDER_GAP
from players.timeline import LEAD_MS, TRACK_LEAD_MS
from rooms.core.change import change
from rooms.core.snapshot import snapshot
from rooms.errors import Invalid
from rooms.models import AtEnd, Room
from tests.support.rooms import NOW_MS, Told, add, anew, hear, link, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def room(told: list[Told]) -> Room:
    """Three tracks of one minute, the first of them playing since NOW_MS."""
    made = make_lounge(60_000, 60_000, 60_000)
    with change(made, NOW_MS) as lent:
        lent.player.play(NOW_MS - TRACK_LEAD_MS)
    told.clear()
    return made


def titles(room: Room) -> list[str]:
    return [entry.track.title for entry in queue_of(room)]


def edit(room: Room, verb: str, index: int, *args: Any, now_ms: int = NOW_MS, **kwargs: Any) -> None:
    """Say ``verb`` to the queue about its entry at ``index``."""
    with change(room, now_ms) as lent:
        getattr(lent.queue, verb)(lent.queue.listed()[index], *args, **kwargs)


def trim(room: Room, index: int, start_ms: int | None, end_ms: int | None, now_ms: int = NOW_MS) -> None:
    with change(room, now_ms) as lent:
        lent.queue.listed()[index].trim(start_ms, end_ms, now_ms)


# Add


def test_a_link_is_added_at_the_end_or_the_front_or_behind_another(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        second = lent.queue.listed()[1]
        lent.queue.add([link("last")], NOW_MS, after=None, at_end=True, member=None)
        lent.queue.add([link("first")], NOW_MS, after=None, at_end=False, member=None)
        lent.queue.add([link("between")], NOW_MS, after=second, at_end=False, member=None)
    assert titles(room) == ["first", "0", "1", "between", "2", "last"]


def test_several_links_keep_their_order_wherever_they_are_put(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        first = lent.queue.listed()[0]
        lent.queue.add([link("a"), link("b"), link("c")], NOW_MS, after=first, at_end=False, member=None)
    assert titles(room) == ["0", "a", "b", "c", "1", "2"]
    assert [(event.event, event.data["op"], event.data["after"]) for event in told] == [("queue", "add", first.pk)]
    assert [entry["title"] for entry in told[0].data["entries"]] == ["a", "b", "c"]


def test_the_same_link_may_stand_in_the_queue_twice_and_is_one_track(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        one, other = lent.queue.add([link("a"), link("a")], NOW_MS, after=None, at_end=True, member=None)
    assert one.pk != other.pk
    assert one.track_id == other.track_id


def test_adding_no_link_changes_nothing(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.queue.add([], NOW_MS, after=None, at_end=True, member=None)
    assert told == []


def test_adding_does_not_disturb_what_plays(room: Room) -> None:
    before = anew(room).player.state
    add(room, 60_000)
    assert anew(room).player.state == before


# Move


@pytest.mark.parametrize(
    ("index", "after", "result"),
    [(0, 1, "102"), (0, 2, "120"), (2, None, "201"), (2, 0, "021"), (1, None, "102"), (1, 2, "021")],
)
def test_a_moved_entry_stands_behind_the_named_one(
    room: Room, told: list[Told], index: int, after: int | None, result: str
) -> None:
    entries = queue_of(room)
    edit(room, "move", index, after=None if after is None else entries[after])
    assert "".join(titles(room)) == result
    assert told[0].data["op"] == "move"
    assert told[0].data["entry_id"] == entries[index].pk
    assert told[0].data["after"] == (None if after is None else entries[after].pk)


@pytest.mark.parametrize(("index", "after"), [(0, None), (1, 0), (1, 1), (2, 1)])
def test_a_move_to_where_it_stands_changes_nothing(room: Room, told: list[Told], index: int, after: int | None) -> None:
    edit(room, "move", index, after=None if after is None else queue_of(room)[after])
    assert titles(room) == ["0", "1", "2"]
    assert told == []


def test_a_hundred_entries_put_into_one_gap_keep_their_order(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        first = lent.queue.listed()[0]
        for number in range(100):
            lent.queue.add([link(f"between-{number}")], NOW_MS, after=first, at_end=False, member=None)
    assert titles(room) == ["0", *(f"between-{number}" for number in reversed(range(100))), "1", "2"]


def test_the_current_entry_stays_the_current_one_when_the_queue_is_renumbered(room: Room) -> None:
    first = queue_of(room)[0]
    with change(room, NOW_MS) as lent:
        for number in range(40):
            lent.queue.add([link(f"between-{number}")], NOW_MS, after=first, at_end=False, member=None)
        lent.player.next(NOW_MS)
    assert anew(room).player.entry == queue_of(room)[1]


# Remove and clear


def test_removing_what_plays_goes_on_with_the_next(room: Room, told: list[Told]) -> None:
    second = queue_of(room)[1]
    edit(room, "remove", 0, NOW_MS)
    assert anew(room).player.state[:5] == (second.pk, True, 0, 1.0, NOW_MS + TRACK_LEAD_MS)
    assert [event.event for event in told] == ["snapshot"]
    assert [entry["title"] for entry in told[0].data["queue"]] == ["1", "2"]
    assert told[0].data["player"]["entry_id"] == second.pk


def test_removing_another_entry_does_not_disturb_what_plays(room: Room, told: list[Told]) -> None:
    before, second = anew(room).player.state, queue_of(room)[1]
    edit(room, "remove", 1, NOW_MS)
    assert anew(room).player.state == before
    assert [(event.event, event.data["op"], event.data["entry_id"]) for event in told] == [
        ("queue", "remove", second.pk)
    ]


def test_an_entry_that_ended_while_nobody_looked_can_be_removed(room: Room) -> None:
    """Settling moves on from it in the same change, and the stored player still names it."""
    first, second, _third = queue_of(room)
    with change(room, NOW_MS + 70_000) as lent:
        lent.queue.remove(lent.queue.listed().get(pk=first.pk), NOW_MS + 70_000)
    assert anew(room).player.entry_id == second.pk
    assert first.pk not in [entry.pk for entry in queue_of(room)]


def test_removing_the_last_entry_while_it_plays_stops_the_music(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        lent.player.jump(lent.queue.listed()[2], NOW_MS)
    edit(room, "remove", 2, NOW_MS)
    assert anew(room).player.state[:5] == (None, False, 0, 1.0, NOW_MS)


def test_removing_the_last_entry_of_a_repeating_queue_while_it_plays_begins_anew(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        lent.set_rules(at_end=AtEnd.REPEAT)
        lent.player.jump(lent.queue.listed()[2], NOW_MS)
    edit(room, "remove", 2, NOW_MS)
    player = anew(room).player
    assert (player.entry, player.playing) == (queue_of(room)[0], True)


def test_removing_the_only_entry_of_a_repeating_queue_stops_the_music() -> None:
    room = make_lounge(60_000, at_end=AtEnd.REPEAT)
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS)
    edit(room, "remove", 0, NOW_MS)
    assert anew(room).player.state[:5] == (None, False, 0, 1.0, NOW_MS)


def test_clearing_empties_the_queue_and_stops(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.queue.clear(NOW_MS)
    assert queue_of(room) == []
    assert anew(room).player.state[:5] == (None, False, 0, 1.0, NOW_MS)
    assert [event.event for event in told] == ["snapshot"]


def test_clearing_an_empty_queue_changes_nothing(told: list[Told]) -> None:
    room = make_lounge()
    told.clear()
    with change(room, NOW_MS) as lent:
        lent.queue.clear(NOW_MS)
    assert told == []


# Trim


def test_the_end_of_what_plays_moves_with_its_trim_and_the_server_learns_when_to_move_on(
    room: Room, told: list[Told]
) -> None:
    before = anew(room).player.state
    trim(room, 0, None, 30_000, NOW_MS + 5_000)
    assert anew(room).player.state == before
    assert told[0].data["advance_at_ms"] == NOW_MS + 30_000
    assert told[0].data["entry"]["end_ms"] == 30_000


def test_a_trim_that_ends_before_what_is_heard_now_ends_it_now_and_not_in_the_past(room: Room) -> None:
    now_ms = NOW_MS + 40_000
    trim(room, 0, None, 30_000, now_ms)
    player = anew(room).player
    assert player.state[:5] == (queue_of(room)[0].pk, True, 30_000, 1.0, now_ms + LEAD_MS)
    assert player.advance_at_ms == now_ms + LEAD_MS


def test_a_trim_that_starts_after_what_is_heard_now_goes_there(room: Room) -> None:
    trim(room, 0, 20_000, None, NOW_MS + 5_000)
    player = anew(room).player
    assert player.state[:5] == (queue_of(room)[0].pk, True, 20_000, 1.0, NOW_MS + 5_000 + LEAD_MS)
    assert player.timeline.position_at(NOW_MS + 5_000 + LEAD_MS + 1_000) == 21_000


def test_a_trim_of_another_entry_does_not_disturb_what_plays(room: Room) -> None:
    before = anew(room).player.state
    trim(room, 1, 20_000, 30_000)
    assert anew(room).player.state == before


def test_a_trim_that_is_set_already_changes_nothing(room: Room, told: list[Told]) -> None:
    trim(room, 1, 20_000, 30_000)
    told.clear()
    trim(room, 1, 20_000, 30_000)
    assert told == []


@pytest.mark.parametrize(("start_ms", "end_ms"), [(None, 0), (0, 999), (30_000, 30_999), (30_000, 20_000)])
def test_a_trim_that_leaves_less_than_a_second_is_refused_with_both_values(
    room: Room, told: list[Told], start_ms: int | None, end_ms: int
) -> None:
    with pytest.raises(Invalid, match=f"end_ms {end_ms} .* 1000 ms .* start_ms is {start_ms or 0}"):
        trim(room, 0, start_ms, end_ms)
    assert told == []
    assert queue_of(room)[0].end_ms is None


@pytest.mark.parametrize(("start_ms", "end_ms"), [(59_001, None), (60_000, None), (70_000, 71_000), (59_500, 61_000)])
def test_a_trim_behind_the_last_second_of_the_track_is_refused_with_its_length(
    room: Room, told: list[Told], start_ms: int, end_ms: int | None
) -> None:
    with pytest.raises(Invalid, match=f"start_ms {start_ms} .* 1000 ms .* 60000 ms") as refused:
        trim(room, 0, start_ms, end_ms)
    assert list(refused.value.fields or ()) == ["start_ms"]
    assert told == []


@pytest.mark.parametrize(
    "impossible", [{"start_ms": 5, "end_ms": 5}, {"end_ms": 0}, {"start_ms": -1}, {"votes": -1}], ids=str
)
def test_the_database_keeps_no_impossible_entry(room: Room, impossible: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(playlist__room=room).update(**impossible)


def test_the_database_keeps_no_two_entries_in_one_place(room: Room) -> None:
    first, second, _ = queue_of(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=first.pk).update(order=second.order)


# A queue is a list

places = st.none() | st.integers(0, 30)
edits = st.one_of(
    st.tuples(st.just("add"), places, st.integers(1, 3)),
    st.tuples(st.just("move"), st.integers(0, 30), places),
    st.tuples(st.just("remove"), st.integers(0, 30)),
)


def applied(queue: list[dict[str, Any]], change: dict[str, Any]) -> list[dict[str, Any]]:
    """``queue`` after a ``queue`` event, as a client keeps it."""
    if change["op"] == "replace":
        return list(change["entries"])
    if change["op"] == "remove":
        return [entry for entry in queue if entry["id"] != change["entry_id"]]
    if change["op"] == "add":
        new = change.get("entries") or [change["entry"]]
    else:
        new = [entry for entry in queue if entry["id"] == change["entry_id"]]
        queue = [entry for entry in queue if entry["id"] != change["entry_id"]]
    ids = [entry["id"] for entry in queue]
    place = 0 if change["after"] is None else ids.index(change["after"]) + 1
    return [*queue[:place], *new, *queue[place:]]


@pytest.mark.parametrize("gap", [ORDER_GAP, 2], ids=["wide gaps", "gaps that run out at once"])
@given(script=st.lists(edits, max_size=15))
@settings(
    max_examples=35, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_queue_is_a_list_here_and_at_every_client(
    told: list[Told], monkeypatch: pytest.MonkeyPatch, gap: int, script: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(playlist, "ORDER_GAP", gap)
    room, model = make_lounge(), list[int]()
    heard = snapshot(anew(room))["queue"]
    for number, (verb, *args) in enumerate(script):
        told.clear()
        with change(room, NOW_MS) as lent:
            _edit(lent, model, number, verb, *args)
        for event in told:
            heard = applied(heard, event.data)
        listed = snapshot(anew(room))["queue"]
        assert [entry["id"] for entry in listed] == model
        assert heard == listed


def _edit(lent: Room, model: list[int], number: int, verb: str, *args: Any) -> None:
    """Do one thing to the queue of ``lent`` and to the list of its ids."""
    queue = lent.queue

    def entry(index: int | None) -> Entry | None:
        return None if index is None or not model else queue.listed().get(pk=model[index % len(model)])

    if verb == "add":
        after = entry(args[0])
        links = [link(f"{lent.slug}/{number}-{n}") for n in range(args[1])]
        new = [added.pk for added in queue.add(links, NOW_MS, after=after, at_end=False, member=None)]
        place = model.index(after.pk) + 1 if after else 0
        model[place:place] = new
    elif model and verb == "move":
        moved, after = entry(args[0]), entry(args[1])
        assert moved is not None
        queue.move(moved, after=after)
        if moved != after:
            model.remove(moved.pk)
            model.insert(model.index(after.pk) + 1 if after else 0, moved.pk)
    elif model:
        removed = entry(args[0])
        assert removed is not None
        model.remove(removed.pk)
        queue.remove(removed, NOW_MS)
