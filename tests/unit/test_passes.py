"""Passes for the stream: who comes back, in which room and session."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core import signing

from rooms.live.stream import passes
from rooms.live.stream.identity import Identity, identify
from rooms.live.stream.request import Request
from tests.support.hub import Rooms, room_of, run

BOB = UUID(int=1)
LOUNGE: Any = SimpleNamespace(room_id=1, slug="lounge")


def request(**cookies: str) -> Request:
    pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request({"method": "GET", "headers": [(b"cookie", pairs.encode())]})


def issue(asked: Request, *, person_id: UUID | None = BOB, name: str = "Bob") -> str:
    ((header, cookie),) = passes.headers(asked, LOUNGE, Identity(person_id, name))
    assert header == b"set-cookie"
    return cookie.decode().split("=", 1)[1].split(";")[0]


@pytest.mark.parametrize("person_id", [BOB, None])
def test_a_pass_says_who_comes_back_in_the_same_session(person_id: UUID | None) -> None:
    value = issue(request(sessionid="one"), person_id=person_id)
    assert passes.person_of(request(sessionid="one", **{"pass": value}), 1) == (person_id, "Bob")


def test_a_pass_is_worth_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    value = issue(request(sessionid="one", person="x"))
    assert passes.person_of(request(sessionid="one", person="x"), 1) is None
    assert passes.person_of(request(sessionid="two", person="x", **{"pass": value}), 1) is None
    assert passes.person_of(request(sessionid="one", person="y", **{"pass": value}), 1) is None
    assert passes.person_of(request(sessionid="one", person="x", **{"pass": value}), 2) is None
    for forged in (
        value[:-1] + "x",
        "",
        "x:y:z",
        signing.dumps([1, "a", "b", "c"]),
        signing.dumps("x", salt="rooms.pass"),
    ):
        assert passes.person_of(request(sessionid="one", person="x", **{"pass": forged}), 1) is None
    monkeypatch.setattr(passes, "MAX_AGE_S", -1)
    assert passes.person_of(request(sessionid="one", person="x", **{"pass": value}), 1) is None


def test_a_pass_is_sent_to_the_stream_of_its_room_alone() -> None:
    room: Any = SimpleNamespace(room_id=1, slug="차 한잔")
    ((_, cookie),) = passes.headers(request(sessionid="one"), room, Identity(BOB, "Bob"))
    assert "; Path=/api/v1/rooms/%EC%B0%A8%20%ED%95%9C%EC%9E%94/events;" in cookie.decode()
    assert "; HttpOnly; SameSite=Lax" in cookie.decode()


def test_only_a_session_without_a_pass_takes_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms.instead(monkeypatch)
    asked = []

    async def in_database(job: Any, *args: Any) -> Identity:
        asked.append(job.__name__)
        return Identity(BOB, "Bob", wants_pass=True)

    async def scene(hub: Any) -> None:
        live = await room_of(hub)
        monkeypatch.setattr("rooms.live.stream.identity.hub", SimpleNamespace(in_thread=in_database))
        session = request(sessionid="one")
        assert (await identify(session, live)).wants_pass
        assert asked == ["_identify_in_database"]
        value = issue(session)
        again = await identify(request(sessionid="one", **{"pass": value}), live)
        assert again == Identity(BOB, "Bob")
        assert await identify(request(), live) == Identity()
        assert asked == ["_identify_in_database"]
        assert rooms.versions == {1: 1}

    run(scene)
