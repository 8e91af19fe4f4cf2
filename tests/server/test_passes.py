"""Passes: an account's stream comes back without a query, and nobody gets further by one than without."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core import signing

from rooms.live.stream import passes
from rooms.live.stream.identity import Identity, identify
from rooms.live.stream.request import Request
from tests.support.hub import Rooms, room_of, run
from tools.people import Lounge
from tools.server import Server

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


def account(server: Server, name: str) -> httpx.Client:
    """The browser of somebody with an account, and without any right in the admin."""
    facts = f"{name!r}, password='pass', is_staff=True"
    server.shell(f"from django.contrib.auth.models import User; User.objects.create_user({facts})")
    browser = server.browser(follow_redirects=True)
    browser.get("/admin/login/")
    form = {"username": name, "password": "pass", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.post("/admin/login/?next=/", data=form).status_code == 200
    return browser


def test_an_account_is_known_again_and_shown_out_all_the_same(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    bob = account(server, f"bob-of-{lounge.slug}")
    stream = f"/api/v1{lounge.path}/events"
    assert bob.get(stream).status_code == 404
    invite = server.shell(
        "from rooms.models import Room; from rooms.models.roles import Role;"
        f"print(Room.objects.open().get(slug={lounge.slug!r}).role_link(Role.MEMBER))"
    )
    assert bob.get(invite.strip().splitlines()[-1]).status_code == 200
    with bob.stream("GET", stream) as first:
        assert first.status_code == 200
        assert re.match(
            r"pass=[^;]+; Path=/api/v1/rooms/[^;]+/events; Max-Age=\d+; HttpOnly", first.headers["set-cookie"]
        )
    with bob.stream("GET", stream) as second:
        assert second.status_code == 200
        assert "set-cookie" not in second.headers
        assert '"names":["Guest ' in next(text for text in second.iter_text() if "people" in text)
    server.shell(
        "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import Room\n"
        f"with change(Room.objects.open().get(slug={lounge.slug!r}), now_ms()) as lent:\n"
        "    lent.members.get(user__isnull=False).ban()"
    )
    deadline = time.monotonic() + 20
    status = 200
    while status == 200:  # another process banned: that is found within seconds
        assert time.monotonic() < deadline
        with bob.stream("GET", stream) as third:
            status = third.status_code
    assert status == 404


def test_a_token_that_is_withdrawn_ends_its_streams(lounge: Lounge) -> None:
    with lounge.bob(headers={"Authorization": f"Bearer {lounge.token}"}) as alice:
        lounge.server.shell(
            "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import *\n"
            f"token = Token.objects.get(hash=hash_token({lounge.token!r}))\n"
            + "with change(token.member.room, now_ms()) as lent: token.withdraw(lent)"
        )
        assert alice.wait_for("bye").data == {"reason": "right withdrawn"}
    assert lounge.alice.get(f"{lounge.path}/events").status_code == 401
