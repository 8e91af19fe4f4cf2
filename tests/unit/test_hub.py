"""The live rooms of one process: opened once, let go, compared with the database, ended."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from django_eventstream.views import get_listener_manager

from rooms.clock import monotonic_s, now_ms
from rooms.core import publish
from rooms.errors import TooMany, Unknown
from rooms.live.hub import Hub
from rooms.live.hub.access import Access
from rooms.live.hub.identity import Identity
from rooms.live.hub.listener import Listener
from rooms.live.hub.live_room import RENEW, LiveRoom
from rooms.live.presence.people import Crowd
from tests.support.hub import LOOPS, Rooms, room_of, run
from tests.support.live import BOB, Peer, listener_in, push, settle, until

CHARLIE, DORA = UUID(int=2), UUID(int=3)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    return Rooms.instead(monkeypatch)


async def visit(live: LiveRoom, peer: Peer) -> None:
    """Listen until the stream ends, as the application does."""
    with live:
        listener = Listener(live, peer.send)
        await live.join(listener, None)
        while not peer.has_ended:
            await settle(0.01)
        live.leave(listener)


class Serving:
    """The task that serves a stream."""

    cancelled = 0

    def cancel(self) -> None:
        self.cancelled += 1


def upstreams(room_id: int) -> int:
    """How many subscriptions django-eventstream holds for a room."""
    return len(get_listener_manager().listeners_by_channel.get(publish.channel_of(room_id), ()))


# Opening and letting go


def test_any_number_of_newcomers_opens_a_room_once(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        found = await asyncio.gather(*(room_of(hub) for _ in range(50)))
        assert len(set(found)) == 1
        assert (rooms.count("open_room"), rooms.count("read_room"), upstreams(1)) == (1, 0, 1)

    run(scene)


def test_no_such_room_leaves_nothing_behind(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        guesses = [*(f"guess-{n}" for n in range(50)), "nowhere", "nowhere"]
        found = await asyncio.gather(*(room_of(hub, guess) for guess in guesses), return_exceptions=True)
        assert {type(refusal) for refusal in found} == {Unknown}
        assert not hub.rooms.by_id
        assert not hub.rooms._by_slug
        assert not hub.rooms._opening

    run(scene)


def test_a_room_that_could_not_be_read_leaves_nothing_behind_and_opens_later(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.ids, real = {}, rooms.ids
        rooms.error = OSError("away")
        for ids in (rooms.ids, real):
            rooms.ids = ids
            answers = await asyncio.gather(*(room_of(hub) for _ in range(3)), return_exceptions=True)
            assert all(isinstance(answer, OSError) for answer in answers)
        await until(lambda: upstreams(1) == 0)
        assert not hub.rooms.by_id
        rooms.error = None
        assert (await room_of(hub)).reader.version == 1
        assert upstreams(1) == 1

    run(scene)


def test_a_room_is_kept_for_somebody_on_the_way_in_and_let_go_when_nobody_is_left(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            await settle(0.3)
            assert hub.rooms.by_id[1] is live
            assert upstreams(1) == 1
        await until(lambda: not hub.rooms.by_id)
        await until(lambda: upstreams(1) == 0)
        await until(lambda: rooms.count("pause_if_empty"))
        assert rooms.count("pause_if_empty") == 1
        again = await room_of(hub)
        assert again is not live
        assert upstreams(1) == 1

    run(scene)


def test_a_slow_opening_is_not_let_go_meanwhile(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.answers.clear()
        opening = asyncio.create_task(room_of(hub))
        await settle(0.3)
        rooms.answers.set()
        live = await opening
        assert live is not None
        assert hub.rooms.by_id == {1: live}

    run(scene)


def test_a_room_that_opens_during_a_comparison_is_not_closed_by_it(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.ids["salon"], rooms.versions[2] = 2, 1
        with await room_of(hub):
            await until(lambda: rooms.count("versions_of"))
            compared = rooms.count("versions_of")
            rooms.answers.clear()
            await until(lambda: rooms.count("versions_of") > compared)
            rooms.answers.set()
            salon = await room_of(hub, "salon")
            with salon:
                await settle(0.2)
                assert not salon.is_closed

    run(scene)


def test_a_closed_room_ends_and_its_slug_is_free_at_once(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        peer = Peer()
        listening = asyncio.create_task(visit(await room_of(hub), peer))
        await until(lambda: peer.events)
        rooms.ids["lounge"], rooms.versions = 2, {2: 1}
        await asyncio.wait_for(listening, 5)
        assert peer.events[-1]["reason"] == "closed"
        assert (await room_of(hub)).room_id == 2
        assert await room_of(hub) is await room_of(hub)
        await until(lambda: upstreams(1) == 0)

    run(scene)


def test_a_stranger_to_a_live_room_costs_the_same_question_as_one_to_no_room(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.access = Access("private")
        await room_of(hub)  # by the database, which may know more than the room that is live
        rooms.ids = {}
        with pytest.raises(Unknown):
            await room_of(hub)
        assert (rooms.count("open_room"), rooms.count("may_know")) == (1, 2)

    run(scene)


def test_a_process_takes_as_many_streams_as_fit(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.live.file_limit.max_streams", lambda: 1)

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        first, second = (Listener(live, Peer().send) for _ in range(2))
        hub.admit(first, "")
        with pytest.raises(TooMany, match="1 streams are open here"):
            hub.admit(second, "")
        hub.dismiss(first)
        hub.admit(second, "")
        assert hub.streams == 1

    run(scene)


def test_what_gives_way_to_a_newer_stream_is_not_kept_for_a_peer_that_does_not_read(rooms: Rooms) -> None:
    # It counts no more: whoever reads slowly enough would have any number of them.
    async def scene(hub: Hub) -> None:
        hub.limits.per_person = 1
        live = await room_of(hub)
        peer, serving = Peer(), Serving()
        slow = Listener(live, peer.send, Identity(BOB), serving=serving)
        hub.admit(slow, "")
        await live.join(slow, None)
        peer.reads.clear()
        push(live, 2)
        await settle()
        assert slow.is_slow
        hub.admit(Listener(live, Peer().send, Identity(BOB)), "")
        assert serving.cancelled == 1

    run(scene)


def test_a_stop_from_another_thread_ends_all_streams(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        peer = Peer()
        listening = asyncio.create_task(visit(await room_of(hub), peer))
        await until(lambda: peer.told)
        await asyncio.to_thread(hub.stop_soon)
        assert hub.is_stopping
        await asyncio.wait_for(listening, 5)

    run(scene)


# Comparing with the database


def test_one_query_compares_all_rooms(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.ids = {f"room-{n}": n for n in range(1, 21)}
        rooms.versions = dict.fromkeys(range(1, 21), 1)
        with ExitStack() as visits:
            for slug in rooms.ids:
                visits.enter_context(await room_of(hub, slug))
            await until(lambda: ("versions_of", (list(range(1, 21)),)) in rooms.asked)
            rooms.asked.clear()
            await until(lambda: rooms.count("versions_of") >= 2)
            compared = [asked for asked in rooms.asked if asked[0] not in ("share", "recent_renewals")]
            assert all(asked == ("versions_of", (list(range(1, 21)),)) for asked in compared)

    run(scene)


def test_votes_are_counted_anew_where_there_are_some_and_the_people_changed(rooms: Rooms) -> None:
    """A room without votes costs nothing, and one in which nothing changed is counted once."""

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            await listener_in(live, person_id=UUID(int=5))
            await settle(0.2)
            assert rooms.count("recount") == 0
            push(live, 2, skip={"votes": 1, "needed": 2})
            await settle(0.2)
            assert rooms.count("recount") == 1
            live.presence.change_state(UUID(int=5), "away")
            await settle(0.2)
            assert rooms.count("recount") == 2
            push(live, 3, skip={"votes": 0, "needed": 2})
            await listener_in(live, person_id=UUID(int=6))
            await settle(0.2)
            assert rooms.count("recount") == 2

    run(scene)


def test_what_was_never_pushed_is_told_as_a_snapshot(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        peer = Peer()
        listening = asyncio.create_task(visit(await room_of(hub), peer))
        await until(lambda: peer.told)
        rooms.versions[1] = 5
        await until(lambda: peer.told[-1] == ("snapshot", 5))
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


def test_a_comparison_that_fails_is_followed_by_the_next(rooms: Rooms, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            rooms.error = OSError("away")
            await settle(0.2)
            rooms.error, rooms.versions = None, {1: 3}
            await until(lambda: live.reader.version == 3)

    with caplog.at_level(logging.ERROR):
        run(scene)
    assert "could not be compared" in caplog.text


# Hearing


def test_a_burst_from_another_thread_ends_at_the_newest(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        peer = Peer()
        listening = asyncio.create_task(visit(await room_of(hub), peer))
        await until(lambda: peer.told)

        def burst() -> None:
            for version in range(2, 52):
                rooms.versions[1] = version
                publish.tell(1, version, "queue", {"version": version, "prev": version - 1, "advance_at_ms": None})

        # The loop stands still meanwhile, so that more arrive than django-eventstream keeps.
        thread = threading.Thread(target=burst)
        thread.start()
        thread.join()
        await until(lambda: peer.told[-1][1] == 51)
        known = 0
        for event in peer.events:
            if "prev" in event:
                assert event["prev"] <= known < event["version"]
                known = event["version"]
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 2}', '{"version": "x", "prev": 1}'])
def test_what_is_no_event_does_no_harm(rooms: Rooms, text: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        hub.rooms.bus._upstreams[1].deliver("queue", text)
        assert live.version == 1
        hub.rooms.bus._upstreams[1].deliver("queue", json.dumps({"version": 2, "prev": 1, "advance_at_ms": None}))
        assert live.version == 2

    run(scene)
    assert "was not understood" in caplog.text


def test_a_push_never_raises(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("the bus is away")

    monkeypatch.setattr("rooms.core.publish.send_event", fail)
    publish.tell(1, 2, "queue", {"version": 2})
    publish.tell(1, 2, "queue", {"version": object()})
    assert caplog.text.count("could not be pushed") == 2


# The end of a track


def test_a_track_that_could_not_be_moved_on_is_tried_again(rooms: Rooms, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(hub: Hub) -> None:
        peer = Peer()
        live = await room_of(hub)
        listening = asyncio.create_task(visit(live, peer))
        await until(lambda: peer.told)
        rooms.error = OSError("away")
        live.receive("player", json.dumps({"version": 2, "prev": 1, "advance_at_ms": now_ms() + 20}))
        await until(lambda: rooms.count("settle"))
        rooms.error = None
        await until(lambda: rooms.count("settle") >= 2)
        # The clock was set back, say: it still plays, so it is looked at until it is over.
        await until(lambda: rooms.count("settle") >= 4)
        live.receive("player", json.dumps({"version": 3, "prev": 2, "advance_at_ms": None}))
        settled = rooms.count("settle")
        await settle(0.2)
        assert rooms.count("settle") <= settled + 1
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)
    assert "could not be moved on" in caplog.text


def test_a_room_without_listeners_is_not_moved_on(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        rooms.advance_at_ms = now_ms() + 20
        live = await room_of(hub)
        with live:
            await settle(0.2)
        assert rooms.count("settle") == 0

    run(scene)


def test_a_room_moves_on_by_itself_once_a_second_at_most(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.live.hub.track_end.MOVE_ON_AGAIN_S", 1.0)

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        listening = asyncio.create_task(visit(live, Peer()))
        await until(lambda: live.listeners)
        for version in range(2, 12):
            live.receive("player", json.dumps({"version": version, "prev": version - 1, "advance_at_ms": now_ms()}))
            await settle(0.25)
        assert 2 <= rooms.count("settle") <= 3
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


def test_a_clock_that_is_set_back_has_every_room_looked_at(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = 0
    real_ms = LOOPS.now_ms
    monkeypatch.setattr(LOOPS, "now_ms", lambda: real_ms() - behind)

    async def scene(hub: Hub) -> None:
        nonlocal behind
        live = await room_of(hub)
        listening = asyncio.create_task(visit(live, Peer()))
        await until(lambda: live.listeners)
        await settle(0.2)
        assert rooms.count("settle") == 0
        behind = 3_600_000
        await until(lambda: rooms.count("settle") == 1)
        await settle(0.2)
        assert rooms.count("settle") == 1
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


# The beat


def test_a_stream_of_the_maximum_age_ends_without_a_farewell(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.live.hub.listener.MAX_AGE_S", 1)

    async def scene(hub: Hub) -> None:
        peers = [Peer() for _ in range(20)]
        live = await room_of(hub)
        began = monotonic_s()
        lasted = []

        async def listen(peer: Peer) -> None:
            await visit(live, peer)
            lasted.append(monotonic_s() - began)

        await asyncio.wait_for(asyncio.gather(*map(listen, peers)), 10)
        assert all(event["event"] != "bye" for peer in peers for event in peer.events)
        assert min(lasted) >= 0.8
        assert len({round(seconds, 2) for seconds in lasted}) > 1  # not all at the same instant

    run(scene)


def test_the_beat_tells_the_time_and_the_people(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOOPS, "TICK_EVERY_S", 0.1)

    async def scene(hub: Hub) -> None:
        peer = Peer()
        live = await room_of(hub)
        live.next_tick_at = 0
        listening = asyncio.create_task(visit(live, peer))
        await until(lambda: sum(event["event"] == "tick" for event in peer.events) >= 3)
        await until(lambda: any(event["event"] == "people" for event in peer.events))
        assert [event["listeners"] for event in peer.events if event["event"] == "people"] == [1]
        assert all(event["id"] is None for event in peer.events if event["event"] in ("tick", "people"))
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


def test_a_database_that_hangs_does_not_stop_the_heartbeat(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOOPS, "TICK_EVERY_S", 0.1)

    async def scene(hub: Hub) -> None:
        peer = Peer()
        live = await room_of(hub)
        live.next_tick_at = 0
        listening = asyncio.create_task(visit(live, peer))
        await until(lambda: peer.told)
        rooms.answers.clear()
        heard = len(peer.events)
        await until(lambda: sum(event["event"] == "tick" for event in peer.events[heard:]) >= 3)
        rooms.answers.set()
        hub.stop()
        await asyncio.wait_for(listening, 5)

    run(scene)


# What calls ask and say, in their threads


NOW_MS = 1_800_000_000_000


@pytest.mark.parametrize(
    ("verb", "words"), [("rename", ["Robert"]), ("change_state", ["away"]), ("goodbye", []), ("expect", [])]
)
def test_what_is_said_of_a_listener_reaches_this_process_and_the_others(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, verb: str, words: list[str]
) -> None:
    async def scene(hub: Hub) -> None:
        heard, whispered = listen_in(await room_of(hub), monkeypatch)
        monkeypatch.setattr(sys.modules[Hub.__module__], "now_ms", lambda: NOW_MS)
        await asyncio.to_thread(getattr(hub, verb), 1, BOB, *words)
        await settle()
        told = [str(BOB), verb, *words, *([str(NOW_MS)] if verb == "rename" else [])]
        assert heard == [tuple(told)]
        assert whispered == [(1, publish.PRESENCE, publish.encode({"of": told}))]

    run(scene)


def test_who_signs_in_reconnects_here_and_wherever_they_listen(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[UUID] = []
    monkeypatch.setattr("rooms.live.presence.table.rooms_of", lambda _person_id: [2])
    monkeypatch.setattr(sys.modules[Hub.__module__], "ask_for_renewal", asked.append)

    async def scene(hub: Hub) -> None:
        heard, whispered = listen_in(await room_of(hub), monkeypatch)
        await asyncio.to_thread(hub.renew, BOB)
        await settle()
        assert heard == [(str(BOB), RENEW)]
        assert whispered == [(2, publish.PRESENCE, publish.encode({"of": [str(BOB), RENEW]}))]
        assert asked == [BOB]

    run(scene)


def test_who_signs_out_elsewhere_reconnects_once_however_little_the_bus_says(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob, charlie = await listener_in(live, person_id=BOB), await listener_in(live, person_id=CHARLIE)
            rooms.renewals = {7: BOB}
            await until(lambda: bob.has_ended)
            again = await listener_in(live, person_id=BOB)
            await settle(LOOPS.RECONCILE_EVERY_S * 5)
            assert not again.has_ended
            assert not charlie.has_ended

    run(scene)


def listen_in(live: LiveRoom, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    """What the room hears of people, and what other processes are told."""
    heard: list[Any] = []
    whispered: list[Any] = []
    monkeypatch.setattr(live, "apply", lambda *told: heard.append(told))
    monkeypatch.setattr(publish, "whisper", lambda *told: whispered.append(told))
    return heard, whispered


def test_a_voice_is_of_who_listens_with_a_player_here_or_elsewhere(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            await live.join(Listener(live, Peer().send, Identity(BOB, "Bob")), None)
            await live.join(Listener(live, Peer().send, Identity(CHARLIE, "Charlie"), has_player=False), None)
            assert hub.voices(1, {BOB, CHARLIE, DORA}) == (1, 1)
            live.presence.elsewhere = [Crowd(2, {DORA.hex: "Dora", CHARLIE.hex: "Charlie"}, players=2)]
            assert hub.voices(1, {BOB, DORA}) == (2, 3)
            assert hub.voices(1, set()) == (0, 3)
            live.presence.elsewhere = [Crowd(1, {BOB.hex: "Bob"}, players=1), Crowd(1, {BOB.hex: "Bob"}, players=1)]
            assert hub.voices(1, {BOB}) == (1, 1), "with streams in three processes they are one"

    run(scene)


def test_an_added_job_runs_again_and_again_with_the_rooms_that_have_listeners(rooms: Rooms) -> None:
    done: list[list[int]] = []
    rooms.look = done.append  # type: ignore[attr-defined]

    def look(room_ids: list[int]) -> None: ...

    async def scene(hub: Hub) -> None:
        hub.do_for_live_rooms(look, 0.05)
        live = await room_of(hub)
        with live:
            await settle(0.12)
            assert done == []
            await listener_in(live)
            await settle(0.12)
            assert done == [[1], [1]]

    run(scene)
