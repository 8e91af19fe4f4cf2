"""The tables of docs/rights.md, cell by cell: role × action × kind of room × way in, allowed or refused exactly so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client

from rooms.core.access import DEEDS, Action, no_such_room
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.core.person_id import public_id
from rooms.live.hub import queries
from rooms.live.hub.identity import Credentials
from rooms.models import Member, Room, Token, hashed
from rooms.models.roles import Role
from rooms.models.rules import PRESETS
from tests.support.rooms import add, anew, hear, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
A = "https://media.example.org/a.mp3"
JSON = "application/json"


def table(heading: str) -> dict[str, dict[str, str]]:
    """The table below a heading of the page: its rows by their first cell, each by the names of its columns."""
    text = DOCS.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    names, _rule, *rows = [[cell.strip(" `") for cell in cells] for cells in lines]
    return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in rows}


ACTIONS, DOORS = table("Actions"), table("Doors")
WAYS = ("cookie", "account", "token")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch)
    monkeypatch.setattr("players.youtube.metadata.follow_up", lambda _tracks: None)


@dataclass
class Way:
    """Who calls: a Django client, and what a stream's request would say of them."""

    client: Client
    member: Member | None
    credentials: Credentials


def come(room: Room, way: str, role: Role | None, **fields: Any) -> Way:
    """A person of that role in ``room``, or of none, by that way in."""
    member = None
    if role is not None:
        member = Member.objects.create(room=room, person=uuid4(), nickname=f"{role.word} by {way}", role=role, **fields)
    client = Client()
    if way == "token":
        owner = member or make_room("Elsewhere", Caller(person=Person.new()))[1]
        header = f"Bearer {Token.issue(owner)}"
        client.defaults["HTTP_AUTHORIZATION"] = header
        return Way(client, member, Credentials(authorization=header))
    person = Person(member.person, member.nickname) if member and way == "cookie" else Person.new()
    client.cookies[COOKIE] = signing.dumps([str(person.id), person.name], salt="rooms.person")
    if way == "account":
        user = User.objects.create_user(f"user-{uuid4().hex[:12]}")
        if member:
            Member.objects.filter(pk=member.pk).update(user=user)
        client.force_login(user)
    session = client.cookies.get("sessionid")
    return Way(client, member, Credentials("", person, session.value if session else None))


def lounge(preset: str = "", **fields: Any) -> Room:
    rules = PRESETS[preset] if preset else None  # type: ignore[index]
    room = make_room("Lounge", Caller(person=Person.new()), "public", rules)[0]
    Room.objects.filter(pk=room.pk).update(**fields)
    add(room, 60_000, 60_000)
    return anew(room)


Call = Callable[[Client, Room], Any]


def call(method: str, path: str, body: dict[str, Any]) -> Call:
    """A call by REST below the room's path; ``{entry}`` and ``{member}`` stand for what is there."""

    def send(client: Client, room: Room) -> Any:
        member = room.members.filter(nickname="Dana").first()
        filled = path.format(
            entry=queue_of(room)[-1].pk, member=public_id(room.pk, member.person) if member else "nobody"
        )
        return getattr(client, method)(f"/api/v1/rooms/{room.slug}{filled}", body, content_type=JSON)

    return send


def take_role_of_dana(client: Client, room: Room) -> Any:
    Member.objects.filter(room=room, nickname="Dana").update(role=Role.MEMBER)
    return call("patch", "/people/{member}", {"role": "guest"})(client, room)


def hand_over_to_the_owner(client: Client, room: Room) -> Any:
    """Which changes nothing, and takes the right all the same."""
    owner = room.members.filter(role=Role.OWNER).latest("pk")
    return call("post", "/owner", {"id": public_id(room.pk, owner.person)})(client, room)


CALLS: dict[str, Call] = {
    "control": call("patch", "/player", {"rate": 1.0}),
    "skip": call("post", "/player/next", {}),
    "add": call("post", "/queue", {"url": A}),
    "reorder": call("patch", "/queue/{entry}", {"after": None}),
    "vote": call("patch", "/queue/{entry}", {"vote": True}),
    "invite": call("post", "/invitations", {"role": "member"}),
    "moderate": take_role_of_dana,
    "manage": call("patch", "", {"name": "Lounge"}),
    "close": call("post", "/reopen", {}),
    "hand-over": hand_over_to_the_owner,
}
"""A call for each action, which leaves the room as it is or nearly so."""


def test_the_page_has_every_action_and_every_preset() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(next(iter(ACTIONS.values()))) == {"is", "own way", *PRESETS}
    assert set(Action) - set(CALLS) <= {"chat", "react"}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_a_role_may_do_what_the_table_says_and_is_told_what_it_takes(preset: str) -> None:
    room = lounge(preset)
    Member.objects.create(room=room, person=uuid4(), nickname="Dana", role=Role.MEMBER)
    least = {action: Role.of(row[preset or "own way"]) for action, row in ACTIONS.items()}
    for role, way in product(Role, WAYS):
        client = come(room, way, role).client
        allowed = [action for action in Action if role >= least[action]]
        you = client.get(f"/api/v1/rooms/{room.slug}").json()["you"]
        assert (you["role"], you["may"]) == (role.word, [action.value for action in allowed])
        for action, send in CALLS.items():
            answer, what = send(client, room), (role.word, way, action, preset)
            if role >= least[action]:
                assert answer.status_code in (200, 201), (what, answer.content)
            else:
                deed = DEEDS[Action(action)]
                sentence = f"A {role.word} may not {deed} here; that takes the role {least[action].word}."
                assert answer.status_code == 403, (what, answer.content)
                assert answer.json()["error"]["message"] == sentence, what


def test_a_person_whom_nobody_knows_may_nothing() -> None:
    room = lounge()
    for action, send in CALLS.items():
        answer = send(Client(), room)
        assert answer.status_code == 401, (action, answer.content)
        assert answer.json()["error"]["code"] == "unidentified", action
    you = Client().get(f"/api/v1/rooms/{room.slug}").json()["you"]
    assert you == {"id": None, "name": "", "role": "guest", "may": []}


def test_a_muted_person_may_not_add_by_any_call_or_form() -> None:
    room = lounge()
    for way in WAYS:
        bob = come(room, way, Role.HOST, muted_at="2026-11-28T11:00Z")
        refused = CALLS["add"](bob.client, room)
        assert refused.status_code == 403
        assert refused.json()["error"]["message"] == f"host by {way} was muted here and may not add links."
        assert "add" not in bob.client.get(f"/api/v1/rooms/{room.slug}").json()["you"]["may"]
        if way != "token":
            assert bob.client.post(f"/r/{room.slug}/queue", {"url": A}).status_code == 403
        assert CALLS["skip"](bob.client, room).status_code == 200


@pytest.mark.parametrize("preset", ["", "radio"])
def test_the_page_s_form_and_its_buttons_follow_the_same_table(preset: str) -> None:
    room = lounge(preset)
    least = Role.of(ACTIONS["add"][preset or "own way"])
    for role in Role:
        client = come(room, "cookie", role).client
        page = client.get(f"/r/{room.slug}").content.decode()
        granted = re.search(r'data-may="([^"]*)"', page)
        allowed = [action for action, row in ACTIONS.items() if role >= Role.of(row[preset or "own way"])]
        assert granted is not None
        assert granted[1].split() == allowed
        assert ('data-part="settings"' in page) == ("manage" in allowed)
        assert ('data-part="invitations"' in page) == ("invite" in allowed)
        sent = client.post(f"/r/{room.slug}/queue", {"url": A}).status_code
        assert sent == (302 if role >= least else 403), role.word


# Doors

KINDS: dict[str, dict[str, str]] = {
    f"{visibility}{' with a password' if password else ''}": {"visibility": visibility, "password": password}
    for visibility in ("public", "unlisted", "private")
    for password in ("", "sesame")
}
ANSWERS = {"in": (200, ""), "password": (403, "password_needed"), "404": (404, "unknown")}
PEOPLE: dict[str, dict[str, Any]] = {
    "guest": {"role": None},
    "knows the password": {"role": Role.GUEST, "knows_password": True},
    "member": {"role": Role.MEMBER},
    "host": {"role": Role.HOST},
    "owner": {"role": Role.OWNER},
    "banned": {"role": Role.HOST, "banned_at": "2026-11-28T11:00Z"},
}


def on_stream(room: Room, credentials: Credentials) -> str:
    """What the stream would answer, by the identity and the access that it decides by."""
    opened = queries.open_room(room.slug, credentials)
    assert opened is not None
    assert not isinstance(opened.identity, Exception)
    access = opened.loaded.access
    if not access.may_know(opened.identity):
        return "404"
    return "in" if access.may_listen(opened.identity) else "password"


@pytest.mark.parametrize("kind", KINDS)
def test_a_door_opens_to_whom_the_table_says_on_page_call_form_and_stream(kind: str) -> None:
    stored = KINDS[kind] | {"password": hashed("sesame") if KINDS[kind]["password"] else ""}
    room = lounge(**stored)
    assert set(DOORS[kind]) == {*PEOPLE, "operator"}
    for who, facts in PEOPLE.items():
        for way in WAYS:
            status, code = ANSWERS[DOORS[kind][who]]
            person, what = come(room, way, **facts), (kind, who, way)
            snapshot = person.client.get(f"/api/v1/rooms/{room.slug}")
            assert (snapshot.status_code, snapshot.json().get("error", {}).get("code", "")) == (status, code), what
            assert on_stream(room, person.credentials) == DOORS[kind][who], what
            if status == 404:
                assert snapshot.json() == no_such_room(room.slug).as_json(), what
            if way != "token":
                assert person.client.get(f"/r/{room.slug}").status_code == status, what
                added = person.client.post(f"/r/{room.slug}/queue", {"url": A}).status_code
                assert added == (302 if status == 200 else status), what
    operator = Client()
    operator.force_login(User.objects.create_superuser(f"operator-{uuid4().hex[:8]}"))
    assert operator.get(f"/api/v1/rooms/{room.slug}").json()["you"]["role"] == "owner"
    assert operator.get("/admin/rooms/room/", {"q": room.slug}).status_code == 200
    assert DOORS[kind]["operator"] == "in"


def test_the_admin_is_for_operators_alone() -> None:
    room = lounge()
    owner = come(room, "account", Role.OWNER).client
    User.objects.filter(member__room=room).update(is_staff=True)
    assert owner.get("/admin/rooms/room/").status_code == 403
    assert owner.post("/admin/rooms/room/", {"action": "close", "_selected_action": room.pk}).status_code == 403
    assert anew(room).closed_at is None
