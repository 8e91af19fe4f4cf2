"""Invitations and passwords: who gets in, as what, and who is kept out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms.core import invitations
from rooms.core.change import change
from rooms.errors import Unknown
from rooms.models import Bucket, Invitation, Room
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, role_link, rule
from tests.support.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)

A = "https://media.example.org/a.mp3"
DAY_MS = 24 * 3_600_000


def test_thirty_looks_at_an_invitation_make_no_host_and_its_button_makes_one(alice: Somebody, lounge: Room) -> None:
    link = alice.invite()
    for _preview in range(30):
        shown = Client().get(link)
        assert shown.status_code == 200
        assert "Alice invites you as a host" in shown.content.decode()
    assert lounge.members.count() == 1
    code = Client().get(f"{link}/qr")
    assert (code["Content-Type"], b'xmlns="http://www.w3.org/2000/svg"' in code.content) == ("image/svg+xml", True)
    bob = Somebody(lounge)
    assert (bob.join(link), bob.role) == (302, "host")
    assert bob.browser.get(link).status_code == 302, "to the room: there is nothing left to take"
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403


def test_an_invitation_ends_after_its_uses_and_at_its_time(alice: Somebody, lounge: Room) -> None:
    once = alice.invite(max_uses=1)
    bob, charlie = Somebody(lounge), Somebody(lounge)
    assert [bob.join(once), charlie.join(once)] == [302, 404]
    assert (bob.role, charlie.role) == ("host", "guest")
    ends = alice.invite("member", expires_at_ms=4_000_000_000_000)
    Invitation.objects.filter(max_uses=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (charlie.join(ends), charlie.role) == (404, "guest")
    assert alice.call("get", "/invitations").json() == {"items": [], "next": None}
    for body, field in (
        ({"role": "owner"}, "role"),
        ({"role": "guest"}, "role"),
        ({"role": "host", "max_uses": 0}, "max_uses"),
        ({"role": "host", "expires_at_ms": 1_000}, "expires_at_ms"),
    ):
        refused = alice.call("post", "/invitations", body)
        assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, [field])


def test_invitations_that_let_nobody_in_any_more_make_room_for_new_ones(
    alice: Somebody, lounge: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_INVITATIONS", 4)  # of which two were made with the room
    assert Somebody(lounge).join(alice.invite(max_uses=1)) == 302
    alice.invite()
    assert alice.call("post", "/invitations", {"role": "host"}).status_code == 201
    assert alice.call("post", "/invitations", {"role": "host"}).status_code == 429
    assert len(alice.call("get", "/invitations").json()["items"]) == 4


def test_an_invitation_is_withdrawn_by_its_maker_and_the_owner_alone(alice: Somebody, lounge: Room) -> None:
    bob, dana = Somebody(lounge, Role.HOST), Somebody(lounge, Role.HOST)
    link = bob.invite()
    number = bob.call("get", "/invitations").json()["items"][0]["id"]
    refused = dana.call("delete", f"/invitations/{number}")
    assert (refused.status_code, "the owner" in refused.json()["error"]["message"]) == (403, True)
    assert bob.call("delete", f"/invitations/{number}").status_code == 204
    assert Somebody(lounge).join(link) == 404
    own = alice.call("get", "/invitations").json()["items"]
    assert [alice.call("delete", f"/invitations/{one['id']}").status_code for one in own] == [204, 204]
    assert alice.call("delete", f"/invitations/{number}").status_code == 404


def test_a_member_who_may_invite_gives_no_more_than_they_have(lounge: Room) -> None:
    rule(lounge, invite="member")
    bob = Somebody(lounge, Role.MEMBER)
    bob.invite("member")
    refused = bob.call("post", "/invitations", {"role": "host"})
    assert (refused.status_code, "more than they have" in refused.json()["error"]["message"]) == (403, True)
    assert {one["role"] for one in bob.call("get", "/invitations").json()["items"]} == {"member"}


def test_who_was_demoted_or_banned_has_no_way_back_by_what_was_made_before(alice: Somebody, lounge: Room) -> None:
    before, bob = role_link(lounge, Role.HOST), Somebody(lounge)
    bob.join(before)
    own = bob.invite()
    assert alice.call("patch", f"/people/{bob.id}", {"role": "guest"}).status_code == 200
    assert (bob.join(before), bob.role) == (403, "guest")
    assert Somebody(lounge).join(own) == 404, "what a host gave ends with the host"
    assert (bob.join(alice.invite()), bob.role) == (302, "host")
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).ban()
    assert bob.join(role_link(lounge, Role.HOST)) == 403
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).forgive()
    assert bob.join(before) == 403


# Passwords


def test_a_password_opens_the_room_to_who_gives_it_until_it_changes(alice: Somebody, lounge: Room) -> None:
    bob = Somebody(lounge)
    assert bob.role == "guest"
    assert alice.call("patch", "", {"password": "sesame"}).json()["has_password"] is True
    assert bob.call("get", "").json()["error"]["code"] == "password_needed"
    assert bob.call("post", "/enter", {"password": "open"}).json()["error"]["code"] == "wrong_password"
    assert bob.call("post", "/enter", {"password": "sesame"}).json()["role"] == "guest"
    assert bob.call("post", "/queue", {"url": A}).status_code == 201
    assert "sesame" not in str(Room.objects.values())
    alice.call("patch", "", {"password": "tahini"})
    assert bob.call("get", "/player").status_code == 403
    alice.call("patch", "", {"password": None})
    assert bob.call("get", "").status_code == 200
    assert alice.call("patch", "", {"password": ""}).status_code == 422
    listed = Client().get("/api/v1/rooms").json()["items"][0]
    assert listed["has_password"] is False
    assert Client().post(f"/api/v1/rooms/{lounge.slug}/enter", {"password": ""}, "application/json").status_code == 200


def test_few_passwords_are_tried_and_the_right_one_is_then_refused_too(alice: Somebody, lounge: Room) -> None:
    alice.call("patch", "", {"password": "sesame"})
    bob, charlie = Somebody(lounge), Somebody(lounge)
    tried = [bob.call("post", "/enter", {"password": str(number)}).status_code for number in range(11)]
    assert tried == [403] * 10 + [429]
    refused = bob.call("post", "/enter", {"password": "sesame"})
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert charlie.call("post", "/enter", {"password": "sesame"}).status_code == 200
    Bucket.objects.update(empty_at_ms=F("empty_at_ms") - 11 * 60_000)  # as if the time had passed
    assert bob.call("post", "/enter", {"password": "sesame"}).status_code == 200


def test_right_passwords_are_not_counted_and_wrong_ones_of_all_together_are(
    alice: Somebody, lounge: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.rate_limit.PASSWORDS_A_ROOM", 3)
    alice.call("patch", "", {"password": "sesame"})
    for _guest in range(5):
        assert Somebody(lounge).call("post", "/enter", {"password": "sesame"}).status_code == 200
    tried = [Somebody(lounge).call("post", "/enter", {"password": "?"}).status_code for _guest in range(4)]
    assert tried == [403] * 3 + [429], "a new cookie costs nothing"


def test_what_plays_behind_a_password_is_told_to_nobody(alice: Somebody, lounge: Room) -> None:
    alice.call("post", "/queue", {"url": A})
    alice.call("patch", "/player", {"playing": True})
    alice.call("patch", "", {"password": "sesame"})
    for path in ("/", "/api/v1/rooms", f"/r/{lounge.slug}", f"/r/{lounge.slug}/embed", f"/r/{lounge.slug}/tv"):
        assert "media.example.org" not in Client().get(path).content.decode(), path


@pytest.mark.parametrize("path", ["", "/tv", "/as/{ticket}", "/recover/secret", "/enter", "/reopen", "/name"])
def test_the_pages_of_a_private_room_are_those_of_none(alice: Somebody, lounge: Room, path: str) -> None:
    path = path.format(ticket=Somebody.owner().invite().rpartition("/")[2])  # well signed, and to another room
    Room.objects.filter(pk=lounge.pk).update(visibility="private", slug="secret")
    method = "POST" if path in ("/enter", "/reopen", "/name") else "GET"
    answers = []
    for slug in ("secret", "nobody"):
        with CaptureQueriesContext(connection) as asked:
            answer = Client(REMOTE_ADDR="192.0.2.7").generic(method, f"/r/{slug}{path}")
        page = re.sub("csrf[^>]*>", "", answer.content.decode()).replace(slug, "")
        answers.append((answer.status_code, page, len(asked)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_who_changed_a_room_too_often_is_told_to_wait_before_they_join(
    lounge: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.rate_limit.CHANGES_A_PERSON", 2)
    bob = Somebody(lounge)
    for _ in range(2):
        assert bob.call("post", "/queue", {"url": A}).status_code == 201
    refused = bob.browser.post(role_link(lounge, Role.MEMBER))
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert "too often" in refused.content.decode()


def test_a_room_that_closes_while_it_is_taken_back_is_over(
    alice: Somebody, lounge: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = alice.call("post", "/recovery").json()["url"].removeprefix("http://testserver")
    assert Client().get(path).status_code == 200

    def withdrawn(*_about: object) -> None:
        raise Unknown("It was replaced meanwhile.")

    monkeypatch.setattr("rooms.core.ownership.recover", withdrawn)
    refused = Client().post(path)
    assert (refused.status_code, "replaced meanwhile" in refused.content.decode()) == (404, True)


def test_an_address_that_no_code_can_hold_has_none() -> None:
    assert Client().get(f"/r/{'a' * 3_000}/qr").status_code == 404
    assert Client().get(f"/r/lounge/as/{'a' * 3_000}/qr").status_code == 404
