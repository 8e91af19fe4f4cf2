"""A live room: what it hears, in whatever order, what it tells, and whom it lets in."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any
from uuid import UUID

import pytest

from rooms.clock import monotonic_s, now_ms
from rooms.errors import PasswordNeeded, Refusal, Unknown
from rooms.live.hub import live_room as live_room_module
from rooms.live.hub import ordering, room_reader
from rooms.live.hub.access import Access, Ban
from rooms.live.hub.event import Event
from rooms.live.hub.identity import Identity, KnownToken
from rooms.live.hub.live_room import LiveRoom
from rooms.live.hub.outbox import PLAYER_EVERY_S
from rooms.live.presence.people_json import Place
from rooms.models.roles import Role
from tests.support.live import BOB, Database, Peer, listener_in, live_room, push, settle, until
from tools import virtual_time

PRIVATE = Access("private", members=frozenset([BOB]))
BANNED = Access("public", banned={BOB: Ban()})
LOCKED = Access("public", has_password=True, members=frozenset([BOB]), entered=frozenset([UUID(int=2)]))
BANNED_ADDRESS = Access("public", members=frozenset([BOB]), banned_addresses={"192.0.2.1": Ban()})

PAUSES_S = (0, 0, 0.01)

# What a room hears


def test_events_in_the_wrong_order_are_told_in_the_right_one() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        for version in (4, 2, 3, 6, 5):
            push(room, version, "queue")
        await settle()
        assert bob.told == [("snapshot", 1), *[("queue", version) for version in (2, 3, 4, 5, 6)]]
        assert [event["prev"] for event in bob.events] == [0, 1, 2, 3, 4, 5]
        assert data.readings == 1

    virtual_time.run(run())


def test_who_joins_a_room_that_talks_is_told_what_was_said_and_the_room_is_not_read_for_it() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        await listener_in(room)
        for version in range(2, 52):
            push(room, version, "chat")
        data.version = 51
        bob = await listener_in(room)
        assert bob.told == [("snapshot", 1), *[("chat", version) for version in range(2, 52)]]
        assert data.readings == 1
        data.version = 52
        push(room, 52, "chat")
        charlie = await listener_in(room)
        assert charlie.told == [("snapshot", 52)]
        assert data.readings == 2

    virtual_time.run(run())


def test_an_event_that_comes_again_is_told_once() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        for version in (2, 2, 3, 2, 1, 3):
            push(room, version, "queue")
        await settle()
        assert bob.told == [("snapshot", 1), ("queue", 2), ("queue", 3)]

    virtual_time.run(run())


def test_a_lost_event_is_replaced_by_a_snapshot() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        data.version = 4
        push(room, 3, "queue")
        push(room, 4, "queue")
        await until(lambda: len(bob.told) > 1)
        assert bob.told == [("snapshot", 1), ("snapshot", 4)]
        assert bob.events[-1]["prev"] == 1
        push(room, 2, "queue")  # too late
        push(room, 5, "queue")
        await settle()
        assert bob.told[2:] == [("queue", 5)]

    virtual_time.run(run())


def test_a_lost_event_is_looked_for_until_the_database_answers(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        data.version, data.error = 3, OSError("away")
        push(room, 3, "queue")
        await settle(ordering.GAP_PATIENCE_S * 3)
        assert bob.told == [("snapshot", 1)]
        data.error = None
        room.expect(3)  # as the next comparison of versions does
        await until(lambda: bob.told == [("snapshot", 1), ("snapshot", 3)])

    with caplog.at_level(logging.WARNING):
        virtual_time.run(run())
    assert "could not be read: OSError('away')" in caplog.text
    assert "None" not in caplog.text


def test_a_reading_that_began_before_the_gap_does_not_hide_it() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        data.answers.clear()
        room.read()
        await settle()
        data.version = 3
        push(room, 3, "queue")
        await settle(ordering.GAP_PATIENCE_S * 1.5)
        data.answers.set()
        await until(lambda: bob.told == [("snapshot", 1), ("snapshot", 3)])

    virtual_time.run(run())


def test_what_the_database_has_first_and_the_bus_brings_soon_is_told_as_it_came() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        push(room, 2, "queue")
        await settle()
        data.version = 4
        charlie = await listener_in(room)
        assert charlie.told == [("snapshot", 4)]
        push(room, 3, "queue")
        push(room, 4, "queue")
        push(room, 5, "queue")
        await settle(ordering.IN_FLIGHT_S * 1.5)
        assert bob.told == [("snapshot", 1), ("queue", 2), ("queue", 3), ("queue", 4), ("queue", 5)]
        assert charlie.told == [("snapshot", 4), ("queue", 5)]
        assert charlie.events[-1]["prev"] == 4

    virtual_time.run(run())


def test_what_the_database_has_and_the_bus_never_brings_is_told_as_a_snapshot() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        push(room, 2, "queue")
        await settle()
        data.version = 4
        charlie = await listener_in(room)
        await until(lambda: bob.told[1:] == [("queue", 2), ("snapshot", 4)])
        assert charlie.told == [("snapshot", 4)]

    virtual_time.run(run())


def test_a_seek_bar_that_is_dragged_is_told_at_once_and_then_at_intervals() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        for version in (2, 3, 4):
            push(room, version)
            await settle(PLAYER_EVERY_S / 5)
        assert bob.told == [("snapshot", 1), ("player", 2)]
        await settle(PLAYER_EVERY_S)
        assert bob.told[2:] == [("player", 4)]

    virtual_time.run(run())


def test_a_seek_bar_that_is_dragged_while_people_write_holds_nobody_up() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        for version in range(2, 202):
            push(room, version, "chat" if version % 2 else "player")
            await settle(PLAYER_EVERY_S / 10)
        await settle(PLAYER_EVERY_S)
        assert bob.told[-1] == ("chat", 201)
        assert [event["prev"] for event in bob.events[1:]] == [version for _name, version in bob.told[:-1]]

    virtual_time.run(run())


@pytest.mark.parametrize("length", [1, 70_000])
def test_who_has_a_version_already_is_not_told_it_again_however_long_the_event_is(length: int) -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room)
        data.version = 2
        room.read()
        await settle()
        charlie = await listener_in(room, last_event_id=1)
        for _ in range(2):
            push(room, 2, "queue", text="x" * length)
            await settle()
        assert bob.told == [("snapshot", 1), ("queue", 2)]
        assert charlie.told == [("snapshot", 2)]

    virtual_time.run(run())


def test_an_event_that_cannot_be_encoded_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        room._outbox.put(Event("notice", {"by": object()}))
        push(room, 2, "queue")
        await settle()
        assert bob.told == [("snapshot", 1), ("queue", 2)]

    virtual_time.run(run())
    assert "cannot be told" in caplog.text


def test_player_changes_that_come_at_once_are_told_as_the_last_of_them() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        for version in (2, 3, 4):
            push(room, version, position_ms=version)
        push(room, 5, "queue")
        push(room, 6)
        await until(lambda: len(bob.told) == 4)
        assert bob.told == [("snapshot", 1), ("player", 4), ("queue", 5), ("player", 6)]
        assert [event["prev"] for event in bob.events] == [0, 1, 4, 5]
        assert bob.events[1]["position_ms"] == 4

    virtual_time.run(run())


@pytest.mark.parametrize("seed", range(20))
def test_random_orders_losses_and_joins_leave_nobody_behind(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        chance = random.Random(seed)
        data = Database()
        room = await live_room(data)
        peers = [await listener_in(room)]
        coming: list[int] = []
        for version in range(2, 60):
            data.version = version
            if chance.random() > 0.1:
                coming.append(version)
            if chance.random() < 0.2:
                peers.append(await listener_in(room, last_event_id=chance.randrange(1, 70)))
            if chance.random() < 0.1:
                peers[-1].reads.clear()
            while len(coming) > 3 or (coming and chance.random() < 0.5):
                push(room, coming.pop(chance.randrange(len(coming))), chance.choice(["player", "queue", "room"]))
            if chance.random() < 0.3:
                await settle(chance.choice([0, 0.001, 0.06]))
        for peer in peers:
            peer.reads.set()
        room.expect(59)
        await until(lambda: all(peer.told[-1][1] == 59 for peer in peers))
        await settle()
        for peer in peers:
            check_chain(peer, 59)

    monkeypatch.setattr(room_reader, "READ_AGAIN_S", 0)
    virtual_time.run(run())


def check_chain(peer: Peer, last: int) -> None:
    """Each event follows one that was told, none goes back, and the last is the newest."""
    known = 0
    for event in peer.events:
        if event["event"] != "resumed":
            assert event["prev"] <= known < event["version"], peer.told
        known = event["version"]
    assert known == last, peer.told


def test_a_heartbeat_shows_no_gap_that_is_about_to_close() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        push(room, 2, "queue")
        room.tick(room.version)
        push(room, 3, "queue")
        await settle()
        assert bob.told[1:] == [("queue", 2), ("tick", 2), ("queue", 3)]

    virtual_time.run(run())


def test_a_large_room_leaves_room_for_others_while_it_is_told() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        peers = [await listener_in(room) for _ in range(450)]
        data.version = 2
        push(room, 2, "queue")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        told = sum(peer.told[-1] == ("queue", 2) for peer in peers)
        assert 0 < told < 450
        late = await listener_in(room)
        await settle()
        assert all(peer.told == [("snapshot", 1), ("queue", 2)] for peer in peers)
        assert late.told[-1][1] == 2

    virtual_time.run(run())


# What newcomers are told


def test_a_newcomer_is_told_the_last_reading_and_what_was_told_since_if_the_database_lags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_room_module, "PAUSES_S", PAUSES_S)

    async def run() -> None:
        data = Database()
        room = await live_room(data)
        await listener_in(room)
        push(room, 2, "queue")  # and the database still answers with what was before
        push(room, 3)
        peer = await listener_in(room)
        assert peer.told == [("snapshot", 1), ("queue", 2), ("player", 3)]
        assert [event["prev"] for event in peer.events] == [0, 1, 2]
        push(room, 4, "queue")
        await settle()
        assert peer.told[3:] == [("queue", 4)]
        assert data.readings <= 1 + len(PAUSES_S)
        data.version = 4
        assert (await listener_in(room)).told == [("snapshot", 4)]

    virtual_time.run(run())


@pytest.mark.parametrize("told", ["room", "snapshot"])
def test_what_may_have_taken_rights_away_is_read_before_anybody_is_let_in(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_room_module, "PAUSES_S", PAUSES_S)

    async def run() -> None:
        data = Database()
        room = await live_room(data)
        await listener_in(room)
        push(room, 2, told)
        push(room, 3)
        with pytest.raises(room_reader.Outdated):
            await listener_in(room)
        assert data.readings <= 2 + len(PAUSES_S)
        data.version = 3
        assert (await listener_in(room)).told == [("snapshot", 3)]

    virtual_time.run(run())


def test_a_newcomer_waits_a_while_for_a_database_that_lags() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2, "room", room={})
        bob = asyncio.create_task(listener_in(room))
        await settle(0.5)
        data.version = 2
        assert (await bob).told == [("snapshot", 2)]

    virtual_time.run(run())


def test_a_newcomer_is_let_down_if_more_was_told_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_room_module, "PAUSES_S", PAUSES_S)
    monkeypatch.setattr(ordering, "MOST_SINCE", 3)

    async def run() -> None:
        room = await live_room(Database())
        await listener_in(room)
        for version in range(2, 6):
            push(room, version, "queue")
        with pytest.raises(room_reader.Outdated):
            await listener_in(room)

    virtual_time.run(run())


def test_a_newcomer_is_let_down_and_no_reading_is_left_if_the_database_is_away() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2)
        data.error = OSError("away")
        with pytest.raises(OSError, match="away"):
            await listener_in(room)
        assert not room.listeners
        data.error, data.version = None, 2
        assert (await listener_in(room)).told == [("snapshot", 2)]

    virtual_time.run(run())


def test_many_newcomers_are_served_by_one_reading() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2)
        data.version = 2
        await asyncio.gather(*(listener_in(room) for _ in range(100)))
        assert data.readings == 2

    virtual_time.run(run())


def test_a_newcomer_who_gives_up_does_not_take_the_others_along() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2)
        data.version = 2
        data.answers.clear()
        joining = [asyncio.create_task(listener_in(room)) for _ in range(3)]
        await settle()
        joining[0].cancel()
        await settle()
        data.answers.set()
        peers = await asyncio.gather(*joining[1:])
        assert [peer.told for peer in peers] == [[("snapshot", 2)]] * 2

    virtual_time.run(run())


def test_whoever_claims_to_be_ahead_is_not_taken_back() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        data.version = 7
        assert (await listener_in(room, last_event_id=7)).told == [("resumed", 7)]
        readings = data.readings
        assert (await listener_in(room, last_event_id=7)).told == [("resumed", 7)]
        assert data.readings == readings
        assert (await listener_in(room, last_event_id=6)).told == [("snapshot", 7)]

    virtual_time.run(run())


@pytest.mark.parametrize("asks_after_s", [0, room_reader.READ_AGAIN_S * 1.1])
def test_whoever_is_ahead_of_a_reading_that_goes_on_waits_for_a_later_one(asks_after_s: float) -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        data.answers.clear()
        room.read()
        await settle(asks_after_s)
        data.version = 7
        bob = asyncio.create_task(listener_in(room, last_event_id=7))
        await settle()
        data.answers.set()
        assert (await bob).told == [("resumed", 7)]

    virtual_time.run(run())


def test_whoever_is_ahead_waits_for_the_end_of_a_reading_that_began_meanwhile() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = asyncio.create_task(listener_in(room, last_event_id=7))
        await settle()
        data.version = 7
        data.answers.clear()
        room.read()
        await settle(room_reader.READ_AGAIN_S * 1.1)
        assert not bob.done()
        data.answers.set()
        assert (await bob).told == [("resumed", 7)]

    virtual_time.run(run())


def test_any_number_of_liars_costs_one_reading_a_second() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        began_s = monotonic_s()
        peers = await asyncio.gather(*(listener_in(room, last_event_id=10**18) for _ in range(200)))
        assert monotonic_s() - began_s < 1.1
        assert all(peer.told == [("snapshot", 1)] for peer in peers)
        assert data.readings == 2

    virtual_time.run(run())


def test_a_track_that_ended_while_nobody_listened_is_not_shown_to_the_next() -> None:
    async def run() -> None:
        data = Database()
        data.advance_at_ms = now_ms() + 50
        room = await live_room(data)
        await settle(0.1)
        data.version, data.advance_at_ms = 2, None  # what whoever reads it makes of it
        assert (await listener_in(room, last_event_id=1)).told == [("snapshot", 2)]

    virtual_time.run(run())


# Who is let in


def test_a_ban_that_comes_during_a_reading_holds() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob, charlie = await listener_in(room, person_id=BOB), await listener_in(room)
        data.answers.clear()
        room.read()
        await settle()
        data.version, data.access = 2, BANNED
        push(room, 2, "room", room={})
        data.answers.set()
        await until(lambda: bob.has_ended)
        assert (bob.events[-1]["event"], bob.events[-1]["reason"]) == ("bye", "banned")
        assert charlie.told[-1] == ("room", 2)

    virtual_time.run(run())


def test_a_ban_that_could_not_be_read_is_read_again() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        bob = await listener_in(room, person_id=BOB)
        data.version, data.access, data.error = 2, BANNED, OSError("away")
        push(room, 2, "room", room={})
        await settle()
        assert not bob.has_ended
        data.error = None
        await until(lambda: bob.has_ended)
        readings = data.readings
        await settle(live_room_module.ACCESS_AGAIN_S * 3)
        assert data.readings == readings

    virtual_time.run(run())


def test_who_was_admitted_a_moment_ago_may_listen_and_refusing_strangers_costs_one_reading() -> None:
    async def run() -> None:
        data = Database()
        data.access = Access("private")
        room = await live_room(data)
        data.access = PRIVATE
        people = [Identity(BOB), Identity(UUID(int=2)), Identity(UUID(int=2))]
        assert await asyncio.gather(*map(room.may_listen, people)) == [True, False, False]
        assert data.readings == 2
        data.version = None
        await room.read()
        assert not await room.may_listen(Identity(BOB))

    virtual_time.run(run())


@pytest.mark.parametrize(
    ("access", "refusal"),
    [(PRIVATE, Unknown), (BANNED, Unknown), (Access("public", has_password=True), PasswordNeeded)],
)
def test_a_refusal_tells_of_a_room_only_if_a_password_would_open_it(access: Access, refusal: type[Refusal]) -> None:
    async def run() -> None:
        data = Database()
        data.access = access
        bob = Identity(BOB, is_from_elsewhere=True)
        assert type((await live_room(data)).refusal_to(bob)) is refusal

    virtual_time.run(run())


def test_a_ban_that_was_told_and_not_read_yet_holds_for_who_asks_to_listen() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        data.version, data.access = 2, BANNED
        push(room, 2, "room", room={})
        assert not await room.may_listen(Identity(BOB))

    virtual_time.run(run())


def test_a_right_that_is_withdrawn_on_the_way_in_counts() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2, "room", room={})
        data.version, data.access = 2, BANNED
        bob = await listener_in(room, person_id=BOB)
        assert [event["event"] for event in bob.events] == ["bye"]
        assert bob.has_ended
        assert not room.listeners

    virtual_time.run(run())


@pytest.mark.parametrize(
    ("access", "kwargs", "reason"),
    [
        (PRIVATE, {"person_id": BOB}, ""),
        (PRIVATE, {}, "right withdrawn"),
        (PRIVATE, {"is_operator": True}, ""),
        (BANNED, {"person_id": BOB}, "banned"),
        (BANNED, {"person_id": BOB, "is_operator": True}, "banned"),
        (BANNED, {}, ""),
        (Access("unlisted"), {}, ""),
        (Access("public", kicked={BOB: 10**15}), {"person_id": BOB}, "kicked"),
        (Access("public", kicked={BOB: 1}), {"person_id": BOB}, ""),
        (Access("public", banned={BOB: Ban(until_ms=1)}), {"person_id": BOB}, ""),
        (BANNED, {"person_id": UUID(int=2), "also": (BOB,)}, "banned"),
        (BANNED_ADDRESS, {"address": "192.0.2.1"}, "banned"),
        (BANNED_ADDRESS, {"address": "192.0.2.1", "has_account": True}, ""),
        (BANNED_ADDRESS, {"address": "192.0.2.1", "person_id": BOB}, ""),
        (BANNED_ADDRESS, {"address": "192.0.2.2"}, ""),
        (LOCKED, {}, "right withdrawn"),
        (LOCKED, {"person_id": BOB}, ""),
        (LOCKED, {"person_id": UUID(int=2)}, ""),
        (LOCKED, {"person_id": UUID(int=3)}, "right withdrawn"),
        (Access("public"), {"token_hash": "withdrawn"}, "right withdrawn"),
        (Access("public", tokens={"valid": KnownToken(BOB, "Bob")}), {"token_hash": "valid"}, ""),
    ],
)
def test_access_says_who_may_stay_and_why_not(access: Access, kwargs: dict[str, object], reason: str) -> None:
    identity = Identity(**kwargs)  # type: ignore[arg-type]
    assert access.why_ended(identity, now_ms()) == reason


@pytest.mark.parametrize(
    ("bans", "until_ms"), [((1, 2), 2), ((2, 1), 2), ((1, None), None), ((None, 1), None), ((1,), 1)]
)
def test_of_several_bans_of_one_address_the_longest_holds(bans: tuple[int | None, ...], until_ms: int | None) -> None:
    held: Ban | None = None
    for ban in map(Ban, bans):
        held = ban.longest(held)
    assert held == Ban(until_ms)


def test_whoever_joins_a_room_as_it_closes_is_told_so() -> None:
    async def run() -> None:
        data = Database()
        room = await live_room(data)
        push(room, 2)
        data.version = None
        bob = await listener_in(room)
        assert bob.events[-1]["reason"] == "closed"
        assert bob.has_ended

    virtual_time.run(run())


def test_whoever_joins_a_server_as_it_stops_is_asked_to_come_back() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room)
        room.stop()
        charlie = await listener_in(room)
        assert bob.has_ended
        assert charlie.has_ended
        assert charlie.events == []
        assert charlie.messages[0]["body"].startswith(b"retry: ")

    virtual_time.run(run())


# People


def names_in(people: Any) -> list[str] | None:
    return None if people["items"] is None else [person["name"] for person in people["items"]]


def counted(room: LiveRoom) -> tuple[int, list[str] | None]:
    people = room.presence.as_json()
    return people["listeners"], names_in(people)


def test_a_person_with_two_tabs_is_one_and_stays_until_the_last_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setattr("rooms.live.presence.people.FLAP_S", 0)
        room = await live_room(Database())
        await listener_in(room)
        for _ in range(2):
            await listener_in(room, person_id=BOB, name="Bob")
        first, second = (listener for listener in room.listeners if listener.person_id == BOB)
        assert counted(room) == (2, ["Bob"])
        room.leave(first)
        room.leave(first)
        room.send_people(monotonic_s())
        assert counted(room) == (2, ["Bob"])
        room.leave(second)
        room.send_people(monotonic_s() + 10)
        assert counted(room) == (1, [])

    virtual_time.run(run())


def test_who_holds_a_role_is_named_from_the_first_reading_on_as_the_newest_one_says() -> None:
    async def run() -> None:
        data = Database()
        data.access = Access("public", places={BOB: Place("Bob", Role.HOST, False, 0)})
        room = await live_room(data)
        assert counted(room) == (0, ["Bob"])
        data.access = Access("public")
        await room.read()
        assert counted(room) == (0, [])

    virtual_time.run(run())


def test_who_signs_in_reconnects_and_nobody_else_does() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob, charlie = await listener_in(room, person_id=BOB), await listener_in(room, person_id=UUID(int=2))
        room.apply(str(BOB), live_room_module.RENEW)
        assert bob.has_ended
        assert [event["event"] for event in bob.events] == ["snapshot"]
        assert not charlie.has_ended
        assert len(room.listeners) == 1

    virtual_time.run(run())


def test_whoever_was_shown_out_is_not_named_any_more() -> None:
    async def run() -> None:
        room = await live_room(Database())
        await listener_in(room, person_id=BOB, name="Bob")
        (bob,) = room.listeners
        room.end(bob, "banned")
        assert counted(room) == (0, [])

    virtual_time.run(run())


def test_a_crowd_is_counted_and_not_named() -> None:
    async def run() -> None:
        room = await live_room(Database())
        for _ in range(101):
            await listener_in(room, name="Somebody")
        assert counted(room) == (101, None)

    virtual_time.run(run())


def test_people_are_told_only_if_they_changed() -> None:
    async def run() -> None:
        room = await live_room(Database())
        bob = await listener_in(room, person_id=BOB, name="Bob")
        for _ in range(3):
            room.send_people(monotonic_s())
            await settle()
        room.presence.rename(BOB, "Robert", str(now_ms()))
        room.send_people(monotonic_s())  # too soon after the last
        await settle()
        assert [names_in(event) for event in bob.events if event["event"] == "people"] == [["Bob"]]
        room.send_people(monotonic_s() + 10)
        await settle()
        assert [names_in(event) for event in bob.events if event["event"] == "people"] == [["Bob"], ["Robert"]]

    virtual_time.run(run())
