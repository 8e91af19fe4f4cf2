"""Rights that are withdrawn between a call's first look and its lock are gone: the lent room decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.core.snapshot import snapshot
from rooms.models import Member, Room, Token, Visibility
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, add, anew, hear, queue_of, role_link, rule

A = "https://media.example.org/a.mp3"
CHANGERS = (
    "players.api.player",
    "players.api.queue",
    "players.api.entry",
    "players.pages.add_link",
    "rooms.api.rooms",
    "rooms.pages.doors",
)

Deed = Callable[[Room], None]
"""What a host does to Bob on a lent room."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def lounge(transactional_db: None, told: list[Told]) -> Room:
    """A room with two tracks, where guests may control the player."""
    room, _alice = make_room("Lounge", Caller())
    rule(room, control="guest", skip="guest", reorder="guest")
    add(room, 60_000, 60_000)
    return anew(room)


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch, told: list[Told]) -> Callable[[Room, Deed], None]:
    """Has a deed committed when the next call, which has looked already, is about to lock the room.

    What plays then ended long ago, so that settling alone would be a change.
    """

    def arrange(room: Room, deed: Deed) -> None:
        waiting = [deed]

        @contextmanager
        def change_late(*args: Any, **kwargs: Any) -> Iterator[Room]:
            if waiting:
                with change(room, NOW_MS) as lent:
                    lent.player.set(NOW_MS, entry=lent.queue.listed().first(), playing=True)
                    waiting.pop()(lent)
                told.clear()
                arrange.state = snapshot(anew(room))  # type: ignore[attr-defined]
            with change(*args, **kwargs) as lent:
                yield lent

        for module in CHANGERS:
            monkeypatch.setattr(f"{module}.change", change_late)

    return arrange


def browser_of(room: Room, role: Role) -> Client:
    """Bob's browser after a link that gave him ``role``; as a guest he added a link, which made him a member row."""
    bob = Client()
    if role > Role.GUEST:
        bob.get(f"/r/{room.slug}")
        person = Person.of_cookies({COOKIE: bob.cookies[COOKIE].value})
        with change(room, NOW_MS) as lent:
            Caller(person=person).join(lent, role)
    else:
        assert bob.post(f"/r/{room.slug}/queue", {"url": A}).status_code == 302
    return bob


def send(bob: Client, room: Room, name: str) -> int:
    """One call of Bob's, by its name in CALLS; its status."""
    method, path, body = CALLS[name]
    queue = [entry.pk for entry in queue_of(room)]
    path = path.format(first=queue[0], second=queue[1], last=queue[-1])
    if method == "form":
        return int(bob.post(f"/r/{room.slug}{path}", body).status_code)
    call = getattr(bob, method.lower())
    return int(call(f"/api/v1/rooms/{room.slug}{path}", body, content_type="application/json").status_code)


CALLS: dict[str, tuple[str, str, Any]] = {
    "control": ("PATCH", "/player", {"playing": False}),
    "next": ("POST", "/player/next", {}),
    "previous": ("POST", "/player/previous", {}),
    "add": ("POST", "/queue", {"url": A}),
    "add by form": ("form", "/queue", {"url": A}),
    "move": ("PATCH", "/queue/{last}", {"after": None}),
    "trim": ("PATCH", "/queue/{last}", {"end_ms": 5_000}),
    "vote": ("PATCH", "/queue/{first}", {"vote": True}),
    "remove": ("DELETE", "/queue/{second}", None),
    "remove one's own": ("DELETE", "/queue/{last}", None),
    "change": ("PATCH", "", {"name": "Bar"}),
    "close": ("DELETE", "", None),
}
BY_RULE = ("control", "next", "previous", "move", "trim", "remove")


def bob_of(lent: Room) -> Member:
    return lent.members.latest("pk")


def demote(lent: Room) -> None:
    bob_of(lent).give_role(Role.GUEST)


def mute(lent: Room) -> None:
    bob_of(lent).mute()


def ban(lent: Room) -> None:
    bob_of(lent).ban()


def make_private(lent: Room) -> None:
    lent.visibility = Visibility.PRIVATE


def raise_control(lent: Room) -> None:
    lent.set_rules(control="host", skip="host", reorder="host")


def raise_add(lent: Room) -> None:
    lent.set_rules(add="host")


@pytest.mark.parametrize(
    ("role", "deed", "calls", "status"),
    [
        (Role.OWNER, demote, ("change", "close"), 403),
        (Role.GUEST, raise_control, BY_RULE, 403),
        (Role.GUEST, raise_add, ("add", "add by form"), 403),
        (Role.GUEST, mute, ("add", "add by form"), 403),
        (Role.GUEST, ban, [name for name in CALLS if name not in ("change", "close")], 404),
        (Role.OWNER, ban, ("change", "close"), 404),
        (Role.GUEST, make_private, [name for name in CALLS if name not in ("change", "close")], 404),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_right_that_is_withdrawn_before_the_lock_changes_nothing_and_tells_nobody(
    lounge: Room,
    told: list[Told],
    overtaken: Callable[[Room, Deed], None],
    role: Role,
    deed: Deed,
    calls: tuple[str, ...],
    status: int,
) -> None:
    for name in calls:
        with change(lounge, NOW_MS) as lent:
            lent.visibility = Visibility.UNLISTED
            lent.set_rules(control="guest", skip="guest", reorder="guest", add="guest")
        bob = browser_of(lounge, role)
        overtaken(lounge, deed)
        assert send(bob, lounge, name) == status, name
        if (name, status) == ("add by form", 403):  # answers the page, and to look at a page settles its room
            assert [event.event for event in told] == ["player"]
            told.clear()
        else:
            assert snapshot(anew(lounge)) == overtaken.state, name  # type: ignore[attr-defined]
        assert told == [], name


@pytest.mark.parametrize("name", CALLS)
def test_the_same_call_does_what_it_says_where_nothing_is_withdrawn(
    lounge: Room, told: list[Told], overtaken: Callable[[Room, Deed], None], name: str
) -> None:
    bob = browser_of(lounge, Role.OWNER if name in ("change", "close") else Role.GUEST)
    overtaken(lounge, lambda lent: None)
    assert send(bob, lounge, name) in (200, 201, 204, 302)
    assert told != []


def test_a_host_who_is_demoted_before_the_lock_no_longer_controls(
    lounge: Room, told: list[Told], overtaken: Callable[[Room, Deed], None]
) -> None:
    rule(lounge, control="host", skip="host", reorder="host")
    for name in BY_RULE:
        bob = browser_of(lounge, Role.HOST)
        overtaken(lounge, demote)
        assert (send(bob, lounge, name), told) == (403, []), name


def test_a_token_that_is_withdrawn_before_the_lock_is_worth_nothing(
    lounge: Room, told: list[Told], overtaken: Callable[[Room, Deed], None]
) -> None:
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(lounge.members.get())}"})
    overtaken(lounge, lambda lent: Token.objects.get(member__room=lent).withdraw(lent))
    assert (send(bot, lounge, "change"), told) == (401, [])
    assert anew(lounge).name == "Lounge"


def test_a_token_s_member_who_is_demoted_before_the_lock_no_longer_owns(
    lounge: Room, told: list[Told], overtaken: Callable[[Room, Deed], None]
) -> None:
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(lounge.members.get())}"})
    overtaken(lounge, demote)
    assert (send(bot, lounge, "change"), told) == (403, [])


@pytest.mark.parametrize("deed", [ban, lambda lent: lent.withdraw_invitations()], ids=["ban", "withdraw links"])
def test_a_role_link_gives_nothing_once_it_or_its_opener_is_out(
    lounge: Room, told: list[Told], overtaken: Callable[[Room, Deed], None], deed: Deed
) -> None:
    bob = browser_of(lounge, Role.GUEST)
    link = role_link(lounge, Role.HOST)
    overtaken(lounge, deed)
    bob.post(link)
    assert lounge.members.latest("pk").role == Role.GUEST
    assert {event.event for event in told} <= {"player"}, "that the room moved on, and of no role"
