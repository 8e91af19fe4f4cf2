"""What plays now is derived from time: a room that nobody watched is moved on when somebody looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players.links import Link
from players.models import Entry, Played, Provider
from players.models.walk import Part, walk
from players.timeline import LEAD_MS, TRACK_LEAD_MS
from rooms.core.change import change, current_snapshot, settled
from rooms.live import public_rooms
from rooms.models import AtEnd, Room
from tests.support.rooms import NOW_MS, Told, add, anew, hear, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

GRACE_MS = 500
"""Of a direct link."""

STEP_MS = 60_000
"""From the start of one track of a minute to the start of the next, if both are direct and their ends are known."""

YEAR_MS = 365 * 86_400_000


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


def playing(*lengths_ms: int | None, **fields: object) -> Room:
    """A room whose first track is heard from NOW_MS on."""
    room = make_lounge(*lengths_ms, **fields)
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS - TRACK_LEAD_MS)
    return anew(room)


def look(room: Room, now_ms: int) -> tuple[int | None, bool, int, float, int]:
    """The place of what plays, and the rest of the player's state, for whoever looks at ``now_ms``."""
    player = settled(anew(room), now_ms).player
    assert player.state == anew(room).player.state
    ids = [entry.pk for entry in queue_of(room)]
    return (ids.index(player.entry_id) if player.entry_id else None, *player.state[1:5])


def test_a_track_plays_to_the_end_of_its_grace(told: list[Told]) -> None:
    room = playing(60_000, None)
    told.clear()
    over_ms = NOW_MS + 60_000 + GRACE_MS
    assert look(room, over_ms - 1) == (0, True, 0, 1.0, NOW_MS)
    assert told == []
    assert look(room, over_ms) == (1, True, 0, 1.0, over_ms + TRACK_LEAD_MS)
    assert [event.event for event in told] == ["player"]


def test_a_direct_track_follows_another_at_its_very_end(told: list[Told]) -> None:
    room = playing(60_000, 60_000)
    assert told[-1].data["advance_at_ms"] == NOW_MS + 60_000
    told.clear()
    assert look(room, NOW_MS + 60_000 - 1) == (0, True, 0, 1.0, NOW_MS)
    assert told == []
    assert look(room, NOW_MS + 60_000) == (1, True, 0, 1.0, NOW_MS + 60_000)
    assert [event.event for event in told] == ["player"]
    # Nothing follows the second, which so has its grace.
    assert told[-1].data["advance_at_ms"] == NOW_MS + 120_000 + GRACE_MS


def test_what_is_about_to_follow_decides_whether_there_is_a_gap(told: list[Told]) -> None:
    room = playing(60_000, 60_000)
    [follows] = add(room, None)
    with change(anew(room), NOW_MS) as lent:
        lent.queue.move(follows, after=queue_of(room)[0])
    assert told[-1].data["advance_at_ms"] == NOW_MS + 60_000 + GRACE_MS


def test_a_video_follows_a_direct_track_with_its_lead() -> None:
    room = playing(60_000, 60_000)
    track = queue_of(room)[1].track
    track.provider, track.media_id = "youtube", "dQw4w9WgXcQ"
    track.save()
    over_ms = NOW_MS + 60_000 + GRACE_MS
    assert look(room, over_ms) == (1, True, 0, 1.0, over_ms + TRACK_LEAD_MS)


def test_youtube_has_a_grace_of_one_second() -> None:
    room = playing(60_000, 60_000)
    track = queue_of(room)[0].track
    track.provider, track.media_id = "youtube", "dQw4w9WgXcQ"
    track.save()
    assert look(room, NOW_MS + 60_999)[0] == 0
    assert look(room, NOW_MS + 61_000)[0] == 1


def test_the_queue_is_walked_by_the_time_that_passed_in_one_change(told: list[Told]) -> None:
    room = playing(60_000, 60_000, 60_000, 60_000)
    told.clear()
    assert look(room, NOW_MS + 2 * STEP_MS + 30_000) == (2, True, 0, 1.0, NOW_MS + 2 * STEP_MS)
    assert [(event.event, event.version) for event in told] == [("player", room.version + 1)]


def test_looking_again_changes_nothing(told: list[Told]) -> None:
    room = playing(60_000, 60_000)
    look(room, NOW_MS + STEP_MS)
    told.clear()
    look(room, NOW_MS + STEP_MS + 1)
    assert told == []


def test_the_rate_shortens_what_passed() -> None:
    room = playing(60_000, 60_000)
    with change(room, NOW_MS) as lent:
        lent.player.change_rate(2.0, NOW_MS)
    assert look(room, NOW_MS + 30_000 - 1)[0] == 0
    assert look(room, NOW_MS + 30_000)[0] == 1


def test_a_trim_shortens_what_passed() -> None:
    room = playing(60_000, 60_000)
    Entry.objects.filter(pk=queue_of(room)[0].pk).update(end_ms=10_000)
    assert look(room, NOW_MS + 10_000) == (1, True, 0, 1.0, NOW_MS + 10_000)


def test_the_room_stands_at_the_end_of_the_last_track_since_it_ended() -> None:
    room = playing(60_000, 60_000)
    ended_at_ms = NOW_MS + STEP_MS + 60_000 + GRACE_MS
    assert look(room, NOW_MS + YEAR_MS) == (1, False, 60_000, 1.0, ended_at_ms)


def test_what_nobody_can_play_is_passed_over() -> None:
    room = playing(60_000, 60_000, 60_000)
    track = queue_of(room)[1].track
    track.problem = "gone"
    track.save()
    assert look(room, NOW_MS + STEP_MS) == (2, True, 0, 1.0, NOW_MS + STEP_MS)


def test_a_track_of_unknown_length_plays_on() -> None:
    room = playing(60_000, None, 60_000)
    assert look(room, NOW_MS + YEAR_MS) == (1, True, 0, 1.0, NOW_MS + 60_000 + GRACE_MS + TRACK_LEAD_MS)


def test_a_paused_room_stays_as_it_is(told: list[Told]) -> None:
    room = playing(60_000, 60_000)
    with change(room, NOW_MS + 1_000) as lent:
        lent.player.pause(NOW_MS + 1_000)
    told.clear()
    assert look(room, NOW_MS + YEAR_MS) == (0, False, 1_000, 1.0, NOW_MS + 1_000)
    assert told == []


def test_a_repeating_queue_that_nobody_watched_for_a_year_is_where_it_would_be() -> None:
    room = playing(60_000, 60_000, 60_000, at_end=AtEnd.REPEAT)
    steps, rest_ms = divmod(YEAR_MS, STEP_MS)
    assert look(room, NOW_MS + YEAR_MS) == (steps % 3, True, 0, 1.0, NOW_MS + YEAR_MS - rest_ms)


@pytest.mark.parametrize(("length_ms", "count"), [(1, 3), (60_000, 3), (180_000, 100)])
def test_a_year_takes_no_more_questions_to_the_database_than_a_few_rounds(length_ms: int, count: int) -> None:
    room = playing(*[length_ms] * count, at_end=AtEnd.REPEAT)
    with CaptureQueriesContext(connection) as asked:
        settled(anew(room), NOW_MS + YEAR_MS)
    assert len(asked) < 5 * count + 20


def test_two_thousand_seconds_that_repeat_are_arithmetic_on_one_reading() -> None:
    room = playing(at_end=AtEnd.REPEAT)
    links = [
        Link("direct", f"https://media.example.org/{n}.mp3", "", n * 1_000, n * 1_000 + 1_000, "audio", "")
        for n in range(2_000)
    ]
    with change(room, NOW_MS) as lent:
        lent.queue.add(links, NOW_MS, after=None, at_end=True, member=None)
        lent.player.play(NOW_MS - TRACK_LEAD_MS)
    with CaptureQueriesContext(connection) as asked:
        assert look(room, NOW_MS + YEAR_MS + 3_500) == (3, True, 3_000, 1.0, NOW_MS + YEAR_MS + 3_000)
    assert len(asked) < 25


@pytest.mark.parametrize("provider", [Provider.YOUTUBE, Provider.DIRECT])
def test_laps_that_are_skipped_lead_where_walking_them_leads(provider: Provider) -> None:
    lap = [Part(n, provider, 0, length_ms) for n, length_ms in enumerate((7_000, 12_000))]
    for now_ms in range(NOW_MS, NOW_MS + 200_000, 250):
        walked = walk(NOW_MS, provider, lap * 20, [], 1.0, now_ms)
        skipped = walk(NOW_MS, provider, [], lap, 1.0, now_ms)
        assert (skipped.part, skipped.effective_at_ms) == (walked.part, walked.effective_at_ms)
        assert skipped.passed == walked.passed


def test_a_walk_takes_as_many_steps_as_the_queue_is_long_whatever_time_has_passed() -> None:
    class Counted(list[Part]):
        steps = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            for part in super().__iter__():
                Counted.steps += 1
                yield part

    lap = Counted(Part(n, Provider.DIRECT, 0, 1_000) for n in range(2_000))
    walked = walk(NOW_MS, Provider.DIRECT, [], lap, 2.0, NOW_MS + 1_000 * YEAR_MS)
    assert walked.part is not None
    assert NOW_MS + 1_000 * YEAR_MS - walked.effective_at_ms < 500
    assert Counted.steps <= 3 * 2_000


def test_a_clock_that_is_set_back_does_not_stop_the_music_until_it_is_there_again(told: list[Told]) -> None:
    room = playing(60_000, 60_000)
    told.clear()
    earlier_ms = NOW_MS - 3_600_000
    assert look(room, earlier_ms) == (0, True, 0, 1.0, earlier_ms)
    assert [event.event for event in told] == ["player"]
    assert look(room, earlier_ms + 60_000)[0] == 1


def test_a_call_that_waited_for_the_lock_takes_no_track_that_began_meanwhile_for_a_clock_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = playing(60_000, 60_000)
    with change(room, NOW_MS + 9_000) as lent:
        lent.player.next(NOW_MS + 9_000)
    clock = iter((100.0, 104.0))
    monkeypatch.setattr("rooms.core.change.monotonic_s", lambda: next(clock), raising=False)
    with change(room, NOW_MS + 5_000) as lent:
        pass
    assert anew(room).player.effective_at_ms == NOW_MS + 9_000 + TRACK_LEAD_MS


def test_who_presses_play_after_the_clock_was_set_back_is_heard() -> None:
    room = playing(60_000)
    with change(room, NOW_MS + 1_000) as lent:
        lent.player.pause(NOW_MS + 1_000)
    earlier_ms = NOW_MS - 3_600_000
    with change(room, earlier_ms) as lent:
        lent.player.play(earlier_ms)
    assert anew(room).player.effective_at_ms == earlier_ms + LEAD_MS


def test_a_list_moves_no_room_on_at_its_readers_cost(monkeypatch: pytest.MonkeyPatch, told: list[Told]) -> None:
    later: list[int] = []
    monkeypatch.setattr(public_rooms._settle_queue, "move_on", later.extend)
    monkeypatch.setattr(public_rooms, "now_ms", lambda: NOW_MS + STEP_MS + 1_000)
    rooms = [playing(60_000, 60_000) for _ in range(public_rooms.MOST_FORESEEN + 1)]
    Room.objects.update(visibility="public")
    told.clear()
    with CaptureQueriesContext(connection) as asked:
        listed = public_rooms.public_rooms("lounge")
    mine = {room.slug: room for room in rooms}
    heard = [room["entry"] and room["entry"]["id"] for room in listed]
    assert sum(queue_of(room)[1].pk in heard for room in mine.values()) == public_rooms.MOST_FORESEEN
    assert sorted(later) == sorted(room.pk for room in rooms)
    assert (told, [sql for sql in asked if str(sql["sql"]).startswith("UPDATE")]) == ([], [])


def test_the_last_track_that_repeats_is_where_it_would_be_after_a_year() -> None:
    room = playing(60_000, 60_000, 60_000, at_end=AtEnd.REPEAT_ONE)
    laps = YEAR_MS // STEP_MS
    assert look(room, NOW_MS + laps * STEP_MS + 1) == (2, True, 0, 1.0, NOW_MS + laps * STEP_MS)


def test_the_history_names_what_played_while_nobody_looked() -> None:
    room = playing(*[60_000] * 6)
    look(room, NOW_MS + 4 * STEP_MS + 1)
    lines = Played.objects.filter(room=room).order_by("pk")
    entries = [entry.pk for entry in queue_of(room)][:4]
    assert [(line.entry["id"], line.played_at_ms, line.outcome) for line in lines] == [
        (pk, NOW_MS + place * STEP_MS, "ended") for place, pk in enumerate(entries)
    ]


def test_one_track_that_repeats_begins_anew_each_time() -> None:
    room = playing(60_000, at_end=AtEnd.REPEAT)
    assert look(room, NOW_MS + 1_000 * STEP_MS + 5) == (0, True, 0, 1.0, NOW_MS + 1_000 * STEP_MS)


def test_a_repeating_queue_with_nothing_left_to_play_stops() -> None:
    room = playing(60_000, at_end=AtEnd.REPEAT)
    track = queue_of(room)[0].track
    track.problem = "gone"
    track.save()
    assert look(room, NOW_MS + YEAR_MS) == (0, False, 60_000, 1.0, NOW_MS + 60_000 + GRACE_MS)


def test_a_change_begins_with_where_the_room_is_by_now(told: list[Told]) -> None:
    room = playing(60_000, 60_000, 60_000)
    told.clear()
    now_ms = NOW_MS + STEP_MS + 10_000
    with change(room, now_ms) as lent:
        lent.player.pause(now_ms)
    assert look(room, now_ms) == (1, False, 10_000, 1.0, now_ms)
    assert [event.event for event in told] == ["player"]


def test_a_queue_that_ended_goes_on_with_what_is_added_next() -> None:
    room = playing(60_000)
    with change(room, NOW_MS + YEAR_MS):
        pass
    assert anew(room).player.ended
    add(room, 60_000)
    assert look(room, NOW_MS)[:2] == (1, True)
    assert not anew(room).player.ended


def test_a_snapshot_is_of_where_the_room_is_by_now() -> None:
    room = playing(60_000, 60_000)
    parts = current_snapshot(room, NOW_MS + STEP_MS)
    assert parts["player"]["entry_id"] == queue_of(room)[1].pk
    assert parts["version"] == parts["player"]["version"] == anew(room).version


@given(
    lengths_ms=st.lists(st.integers(1, 300_000), min_size=1, max_size=4),
    looks_ms=st.lists(st.integers(0, 1_500_000), min_size=1, max_size=8),
    rate=st.sampled_from([0.25, 1.0, 1.75]),
    # What a room adds by itself is drawn, and begins when somebody looks.
    at_end=st.sampled_from([AtEnd.PAUSE, AtEnd.REPEAT, AtEnd.REPEAT_ONE]),
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_where_a_room_is_does_not_depend_on_who_looked_before(
    told: list[Told], lengths_ms: list[int], looks_ms: list[int], rate: float, at_end: AtEnd
) -> None:
    told.clear()
    watched, alone = (playing(*lengths_ms, at_end=at_end) for _ in range(2))
    for room in (watched, alone):
        with change(room, NOW_MS) as lent:
            lent.player.change_rate(rate, NOW_MS)
    for look_ms in sorted(looks_ms):
        look(watched, NOW_MS + look_ms)
    assert look(alone, NOW_MS + max(looks_ms)) == look(watched, NOW_MS + max(looks_ms))
