"""Moderation by REST: who may do what to whom, by every way in, and what it takes away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.models import Member, Report, Room, Token
from rooms.models.roles import Role
from tests.support.people import ADDRESSES, ALICE, BOB, CHARLIE, DORA, Browser, id_of, listens
from tests.support.rooms import add, anew, hear

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lounge(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Alice owns the lounge, Dora hosts it; Bob and Charlie only listen."""
    hear(monkeypatch)
    room, _owner = make_room("Lounge", Caller(person=Person(ALICE, "Alice")), "public")
    Member.objects.create(room=room, person=DORA, nickname="Dora", role=Role.HOST)
    add(room, 60_000, 60_000)
    listens(room, ALICE, BOB, CHARLIE)
    return anew(room)


@pytest.fixture
def alice(lounge: Room) -> Browser:
    return Browser(lounge, ALICE)


@pytest.fixture
def bob(lounge: Room) -> Browser:
    return Browser(lounge, BOB)


def may(browser: Browser, **headers: Any) -> set[str]:
    return set(browser.call("GET", "", **headers)[1]["you"]["may"])


def test_all_who_are_here_or_hold_a_role_are_listed_by_ids_of_this_room(alice: Browser, lounge: Room) -> None:
    status, people = alice.call("GET", "/people")
    assert status == 200
    assert people["listeners"] == 3
    told = [(person["name"], person["role"], person["state"], person["is_you"]) for person in people["items"]]
    assert told == [
        ("Alice", "owner", "listening", True),
        ("Dora", "host", "away", False),
        ("Bob", "guest", "listening", False),
        ("Charlie", "guest", "listening", False),
    ]
    assert people["items"][0]["id"] == id_of(lounge, ALICE)


def test_a_mute_takes_four_rights_by_every_way_and_is_taken_back(alice: Browser, bob: Browser, lounge: Room) -> None:
    taken = {"add", "chat", "react", "vote"}
    assert taken <= may(bob)
    path = f"/people/{id_of(lounge, BOB)}"
    status, person = alice.call("PATCH", path, {"muted": True})
    assert (status, person["muted"], person["name"], person["state"]) == (200, True, "Bob", "listening")
    member = Member.objects.get(person=BOB)
    token = f"Bearer {Token.issue(member)}"
    user = User.objects.create_user("bob")
    Member.objects.filter(pk=member.pk).update(user=user)
    by_account = Browser(lounge, None)
    by_account.client.force_login(user)
    for browser, headers in ((bob, {}), (Browser(lounge, None), {"HTTP_AUTHORIZATION": token}), (by_account, {})):
        assert taken.isdisjoint(may(browser, **headers))
        status, sentence = browser.refused("POST", "/queue", {"url": "https://youtu.be/dQw4w9WgXcQ"}, **headers)
        assert (status, sentence) == (403, "Bob was muted here and may not add links.")
    assert alice.call("PATCH", path, {"muted": False})[1]["muted"] is False
    assert taken <= may(bob)


def test_a_ban_has_an_end_and_a_reason_and_takes_the_tokens_along(alice: Browser, bob: Browser, lounge: Room) -> None:
    listens(lounge, ALICE)
    member = Member.objects.create(room=lounge, person=BOB, nickname="Bob", role=Role.MEMBER)
    token = f"Bearer {Token.issue(member)}"
    until_ms = now_ms() + 3_600_000
    status, ban = alice.call(
        "POST", f"/people/{id_of(lounge, BOB)}/ban", {"until_ms": until_ms, "reason": "Skips all day."}
    )
    assert (status, ban["name"], ban["until_ms"], ban["reason"], ban["by_address"]) == (
        201, "Bob", until_ms, "Skips all day.", False,
    )  # fmt: skip
    assert bob.call("GET", "")[0] == 404
    assert bob.call("GET", "", HTTP_AUTHORIZATION=token)[0] == 401
    page = bob.client.get(f"/r/{lounge.slug}")
    assert page.status_code == 404
    assert "Skips all day." in page.content.decode()
    assert alice.call("GET", "/bans")[1]["items"] == [ban]
    assert alice.call("DELETE", f"/bans/{ban['id']}")[0] == 204
    assert bob.call("GET", "")[0] == 200
    assert alice.refused("DELETE", f"/bans/{ban['id']}") == (404, f"There is no ban {ban['id']} in “lounge”.")


def test_a_ban_ends_by_itself(alice: Browser, bob: Browser, lounge: Room) -> None:
    alice.call("POST", f"/people/{id_of(lounge, BOB)}/ban", {"until_ms": now_ms() + 60_000})
    assert bob.call("GET", "")[0] == 404
    Member.objects.filter(person=BOB).update(banned_until=timezone.now() - timedelta(seconds=1))
    assert bob.call("GET", "")[0] == 200
    assert alice.call("GET", "/bans")[1]["items"] == []


def test_a_guest_is_banned_by_address_and_nobody_else_there_with_an_account_or_a_role(
    alice: Browser, lounge: Room
) -> None:
    assert alice.call("POST", f"/people/{id_of(lounge, BOB)}/ban")[1]["by_address"] is True
    there = ADDRESSES[BOB]
    assert Browser(lounge, None, there).call("GET", "")[0] == 404  # without the cookie
    assert Browser(lounge, CHARLIE, there).call("GET", "")[0] == 404
    assert Browser(lounge, CHARLIE).call("GET", "")[0] == 200
    assert Browser(lounge, DORA, there).call("GET", "")[0] == 200
    with_account = Browser(lounge, None, there)
    with_account.client.force_login(User.objects.create_user("eve"))
    assert with_account.call("GET", "")[0] == 200


def test_a_ban_that_replaces_another_is_for_the_same_address(alice: Browser, lounge: Room) -> None:
    person, there = id_of(lounge, BOB), ADDRESSES[BOB]
    alice.call("POST", f"/people/{person}/ban", {"until_ms": now_ms() + 3_600_000})
    listens(lounge, ALICE)  # Bob's stream has ended
    assert alice.call("POST", f"/people/{person}/ban", {"reason": "For good."})[1]["by_address"] is True
    assert Browser(lounge, None, there).call("GET", "")[0] == 404


def test_an_address_of_ipv6_is_banned_with_its_network(alice: Browser, lounge: Room) -> None:
    with change(lounge, now_ms()) as lent:
        Caller(person=Person(BOB, "Bob")).join(lent, Role.GUEST).ban(address="2001:db8:0:1::/64")
    assert Browser(lounge, CHARLIE, "2001:db8:0:1::beef").call("GET", "")[0] == 404
    assert Browser(lounge, CHARLIE, "2001:db8:0:2::beef").call("GET", "")[0] == 200


def test_nobody_moderates_their_betters_their_equals_or_themselves(alice: Browser, bob: Browser, lounge: Room) -> None:
    dora = Browser(lounge, DORA)
    before = anew(lounge).version
    for path, body in (("", {"muted": True}), ("/kick", None), ("/ban", {})):
        method = "POST" if path else "PATCH"
        status, sentence = dora.refused(method, f"/people/{id_of(lounge, ALICE)}{path}", body)
        assert (status, "Alice is a owner" in sentence) == (403, True)
        assert dora.refused(method, f"/people/{id_of(lounge, DORA)}{path}", body)[0] == 403
        assert alice.refused(method, f"/people/{id_of(lounge, ALICE)}{path}", body)[0] == 403
        status, sentence = bob.refused(method, f"/people/{id_of(lounge, CHARLIE)}{path}", body)
        assert (status, sentence) == (
            403, "A guest may not mute or remove people here; that takes the role host.",
        )  # fmt: skip
        assert alice.refused(method, f"/people/nobody{path}", body)[0] == 404
        assert Browser(lounge, None).refused(method, f"/people/{id_of(lounge, BOB)}{path}", body)[0] == 401
    assert anew(lounge).version == before
    assert dora.call("POST", f"/people/{id_of(lounge, BOB)}/kick")[0] == 204
    assert alice.call("PATCH", f"/people/{id_of(lounge, DORA)}", {"muted": True})[0] == 200


@pytest.mark.parametrize("until_ms", [0, -1, 1, 10**15])
def test_a_ban_that_ends_before_it_begins_or_never_nearly_is_refused(
    alice: Browser, lounge: Room, until_ms: int
) -> None:
    status, sentence = alice.refused("POST", f"/people/{id_of(lounge, BOB)}/ban", {"until_ms": until_ms})
    assert status == 422
    assert f"until_ms is {until_ms};" in sentence
    assert alice.call("GET", "/bans")[1]["items"] == []


def test_a_kicked_person_may_come_back(alice: Browser, bob: Browser, lounge: Room) -> None:
    assert alice.call("POST", f"/people/{id_of(lounge, BOB)}/kick")[0] == 204
    assert Member.objects.get(person=BOB).kicked_at is not None
    assert bob.call("GET", "")[0] == 200


def test_the_log_tells_everybody_who_has_which_role_and_moderators_what_they_did(
    alice: Browser, bob: Browser, lounge: Room
) -> None:
    charlie = f"/people/{id_of(lounge, CHARLIE)}"
    assert alice.call("PATCH", "/player", {"playing": True})[0] == 200
    for body in ({"role": "host"}, {"role": "guest"}, {"muted": True}, {"muted": False}):
        assert alice.call("PATCH", charlie, body)[0] == 200
    assert alice.call("POST", f"{charlie}/kick")[0] == 204
    banned = alice.call("POST", f"{charlie}/ban", {"reason": "Skips all day"})[1]
    assert alice.call("DELETE", f"/bans/{banned['id']}")[0] == 204
    with change(lounge, now_ms()) as lent:  # nobody acts: the players of all who listen failed
        lent.player.fail(now_ms())

    def told(browser: Browser) -> list[tuple[str, ...]]:
        items = browser.call("GET", "/log")[1]["items"]
        return [(one["by"]["name"], one["kind"], one["of"], one["role"], one["reason"]) for one in reversed(items)]

    roles = [("Alice", "role", "Charlie", "host", ""), ("Alice", "role", "Charlie", "guest", "")]
    passed = ("", "passed-over", "", "", "It could not be played by those who listened.")
    moderation = [("Alice", kind, "Charlie", "", "") for kind in ("mute", "unmute", "kick", "ban", "unban")]
    played = ("Alice", "play", "", "", "")
    assert told(alice) == [played, *roles, *moderation, passed]
    assert told(bob) == [played, *roles, passed]


def test_a_name_is_one_for_all_rooms_and_no_host_s(bob: Browser, lounge: Room) -> None:
    status, person = bob.call("PATCH", "/people/me", {"name": " Robert "})
    assert (status, person["name"], person["is_you"], person["role"]) == (200, "Robert", True, "guest")
    bar, _ = make_room("Bar", Caller(), "public")
    elsewhere = Browser(bar, None)
    elsewhere.client.cookies = bob.client.cookies
    assert elsewhere.call("GET", "")[1]["you"]["name"] == "Robert"
    status, sentence = bob.refused("PATCH", "/people/me", {"name": "\u0410lice"})
    assert status == 422
    assert "looks like Alice, who hosts here; choose another name" in sentence
    assert bob.client.post(f"/r/{lounge.slug}/name", {"name": "D0RA"}).status_code == 422
    assert bob.client.post(f"/r/{lounge.slug}/name", {"name": "Nora"}).status_code == 302
    assert Browser(lounge, ALICE).call("PATCH", "/people/me", {"name": "alice"})[0] == 200


@pytest.mark.parametrize(
    ("body", "status"), [({"state": "silent"}, 200), ({"state": "dancing"}, 422), ({"state": None}, 422), ({}, 200)]
)
def test_a_state_is_one_of_four_and_makes_no_version(bob: Browser, lounge: Room, body: Any, status: int) -> None:
    before = anew(lounge).version
    answered, person = bob.call("PATCH", "/people/me", body)
    assert answered == status
    if body.get("state") == "silent":
        assert person["state"] == "silent"
    assert anew(lounge).version == before
    assert Browser(lounge, None).call("PATCH", "/people/me", body)[0] in (401, 422)


def test_a_report_reaches_the_operator_and_a_sixth_within_an_hour_none(bob: Browser, lounge: Room) -> None:
    body = {"id": id_of(lounge, CHARLIE), "reason": "Insults others."}
    for _ in range(5):
        assert bob.call("POST", "/reports", body)[0] == 201
    report = Report.objects.latest("pk")
    assert (report.name, report.reason, report.reporter_name) == ("Charlie", "Insults others.", "Bob")
    assert bob.refused("POST", "/reports", body)[0] == 429
    assert Browser(lounge, None).refused("POST", "/reports", body)[0] == 401
    assert Browser(lounge, ALICE).refused("POST", "/reports", {"reason": "?"})[0] == 422
    assert Browser(lounge, ALICE).refused("POST", "/reports", {"id": "nobody", "reason": "?"})[0] == 404
    status, sentence = Browser(lounge, ALICE).refused("POST", "/reports", {"message": 7, "reason": "?"})
    assert (status, sentence) == (404, "There is no message 7 in the chat of “lounge”.")
    assert Report.objects.count() == 5
