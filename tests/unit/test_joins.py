"""The way of a join: one visit to the database at most, whoever comes, and an event that nobody parses again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from rooms.core import publish
from rooms.core.person import Person
from rooms.errors import Unidentified
from rooms.live.hub import Hub
from rooms.live.hub.identity import ANONYMOUS, Credentials, Identity
from rooms.live.hub.ordering import GAP_PATIENCE_S
from rooms.live.hub.queries import Opened
from tests.support.hub import IN_DATABASE, LOOPS, Rooms, room_of, run
from tests.support.live import listener_in, push, settle, until

BOB = Person(UUID(int=1), "Bob")
GUEST = Credentials(person=BOB)
ACCOUNT = Credentials(person=BOB, session_key="x")
STRANGE_TOKEN = Credentials("Bearer x")


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    return Rooms.instead(monkeypatch)


def visits(rooms: Rooms) -> list[str]:
    """The visits to a thread that somebody waited for."""
    return [job for job, _args in rooms.asked if job in ("open_room", "identify", "read_room")]


@pytest.mark.parametrize(
    ("credentials", "identity", "live_visits"),
    [
        pytest.param(Credentials(), ANONYMOUS, [], id="a stranger"),
        pytest.param(GUEST, Identity(BOB.id, "Bob"), [], id="a browser with a cookie"),
        pytest.param(ACCOUNT, IN_DATABASE, ["identify"], id="an account"),
        pytest.param(STRANGE_TOKEN, IN_DATABASE, ["identify"], id="the token of another room"),
    ],
)
def test_a_join_takes_one_visit_at_most(
    rooms: Rooms, credentials: Credentials, identity: Identity, live_visits: list[str]
) -> None:
    async def scene(hub: Hub) -> None:
        _live, found = await hub.enter("lounge", credentials)
        assert (found, visits(rooms)) == (identity, ["open_room"])
        rooms.asked.clear()
        _live, found = await hub.enter("lounge", credentials)
        assert (found, visits(rooms)) == (identity, live_visits)

    run(scene)


def test_those_who_come_while_a_room_opens_are_each_identified_on_their_own(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        entering = [ACCOUNT, GUEST, Credentials(), ACCOUNT]
        entered = await asyncio.gather(*(hub.enter("lounge", credentials) for credentials in entering))
        assert [identity for _live, identity in entered] == [
            IN_DATABASE,
            Identity(BOB.id, "Bob"),
            ANONYMOUS,
            IN_DATABASE,
        ]
        assert visits(rooms) == ["open_room", "identify"]

    run(scene)


def test_a_bad_token_that_has_a_room_opened_spoils_it_for_nobody_else(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_room = rooms.open_room

    def refusing(slug: str, credentials: Credentials) -> Opened | None:
        opened = open_room(slug, credentials)
        assert opened is not None
        return opened._replace(identity=Unidentified("That token is not valid."))

    monkeypatch.setattr(rooms, "open_room", refusing)

    async def scene(hub: Hub) -> None:
        bad, good = await asyncio.gather(
            hub.enter("lounge", STRANGE_TOKEN), hub.enter("lounge", GUEST), return_exceptions=True
        )
        assert isinstance(bad, Unidentified)
        assert not isinstance(good, BaseException)
        assert good[1].name == "Bob"
        assert rooms.count("open_room") == 1

    run(scene)


@pytest.fixture
def changed(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """The room is changed between its reading and its subscription."""
    open_room = rooms.open_room

    def opening_before_a_change(slug: str, credentials: Credentials) -> Opened | None:
        opened = open_room(slug, credentials)
        rooms.versions[1] = 2
        return opened

    monkeypatch.setattr(rooms, "open_room", opening_before_a_change)
    monkeypatch.setattr(LOOPS, "RECONCILE_EVERY_S", 60)  # the comparison of all rooms does not come to it
    return rooms


@pytest.mark.usefixtures("changed")
def test_a_change_between_the_reading_of_a_room_and_its_subscription_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rooms.live.hub.ordering.IN_FLIGHT_S", 60)  # the bus is not waited for

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob = await listener_in(live)
            await settle(2 * GAP_PATIENCE_S)
            assert bob.told == [("snapshot", 1), ("snapshot", 2)]

    run(scene)


def test_a_change_whose_event_is_on_its_way_costs_no_snapshot(changed: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob = await listener_in(live)
            await until(lambda: changed.count("versions_of"))
            push(live, 2, "queue")
            await settle(5)
            assert [one for one in bob.told if one[0] in ("snapshot", "queue")] == [("snapshot", 1), ("queue", 2)]

    run(scene)


def test_an_event_is_encoded_once_and_parsed_nowhere_in_the_process_that_made_it(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []

    def counted(encode: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
        return lambda data: encoded.append(encode(data)) or encoded[-1]  # type: ignore[func-returns-value]

    def parsed(text: str) -> None:
        raise AssertionError(f"{text} was parsed")

    encode = publish.encode

    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob = await listener_in(live)
            await settle()
            change = {"version": 2, "prev": 1, "advance_at_ms": None, "op": "add"}
            with monkeypatch.context() as patch:
                for module in ("rooms.core.publish", "rooms.live.hub.sse", "rooms.live.hub.event"):
                    patch.setattr(f"{module}.encode", counted(encode))
                patch.setattr(json, "loads", parsed)
                await asyncio.to_thread(publish.tell, 1, 2, "queue", change)
                await until(lambda: b"event: queue" in b"".join(message["body"] for message in bob.messages))
        assert bob.told[-1] == ("queue", 2)
        assert len([text for text in encoded if '"op":"add"' in text]) == 1

    run(scene)


def test_what_another_process_tells_is_told_with_the_very_text_that_came(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob = await listener_in(live)
            text = json.dumps({"version": 2, "prev": 1, "advance_at_ms": None, "odd  spaces": True})
            live.receive("queue", text)
            await until(lambda: text.encode() in b"".join(message["body"] for message in bob.messages))

    run(scene)


def test_a_snapshot_that_is_told_is_completed_without_being_encoded_again(rooms: Rooms) -> None:
    async def scene(hub: Hub) -> None:
        live = await room_of(hub)
        with live:
            bob = await listener_in(live)
            text = json.dumps({"version": 2, "prev": 1, "advance_at_ms": None, "odd  spaces": True})
            live.receive("snapshot", text)
            await until(lambda: text.encode()[:-1] in b"".join(message["body"] for message in bob.messages))
        assert bob.events[-1]["people"] == {"listeners": 1, "items": []}
        assert bob.events[-1]["server_now_ms"] > 0

    run(scene)
