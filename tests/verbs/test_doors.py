"""Invitations, passwords, roles that are given and taken, recovery and rooms that close by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.core.person_id import person_of, public_id
from rooms.live.presence.empty_room import close_the_deserted
from rooms.live.presence.stand_in import make_eldest_host, may_vote_to_skip
from rooms.models import Attendance, Invitation, Member, Room, Token, WrongPassword
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, hear, role_link, rule

pytestmark = pytest.mark.django_db(transaction=True)

A = "https://media.example.org/a.mp3"
DAY_MS = 24 * 3_600_000


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Told]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one is Django's to test
    return hear(monkeypatch)


class Somebody:
    """A browser with a person of its own, in one room."""

    def __init__(self, room: Room, role: Role | None = None, name: str = "Bob") -> None:
        self.room, self.person = room, Person(uuid4(), name)
        self.browser = Client()
        self.browser.cookies[COOKIE] = signing.dumps([str(self.person.id), name], salt="rooms.person")
        if role is not None:
            Member.objects.create(room=room, person=self.person.id, nickname=name, role=role)

    @property
    def id(self) -> str:
        return public_id(self.room.pk, self.person.id)

    @property
    def role(self) -> str:
        return str(self.call("get", "").json()["you"]["role"])

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        url = f"/api/v1/rooms/{self.room.slug}{path}"
        args = [body] if body is not None else []
        return getattr(self.browser, method)(url, *args, content_type="application/json")

    def invite(self, role: str = "host", **fields: Any) -> str:
        """The path of a new invitation."""
        made = self.call("post", "/invitations", {"role": role, **fields})
        assert made.status_code == 201, made.content
        return str(made.json()["url"]).removeprefix("http://testserver")

    def join(self, link: str) -> int:
        return int(self.browser.post(link).status_code)


@pytest.fixture
def alice() -> Somebody:
    """Who owns the lounge, as the rooms that she is given does."""
    person = Person(uuid4(), "Alice")
    room, _owner = make_room("Lounge", Caller(person=person), "public")
    alice = Somebody(room)
    alice.person = person
    alice.browser.cookies[COOKIE] = signing.dumps([str(person.id), "Alice"], salt="rooms.person")
    return alice


@pytest.fixture
def lounge(alice: Somebody) -> Room:
    return alice.room


# Invitations


def test_thirty_looks_at_an_invitation_make_no_host_and_its_button_makes_one(alice: Somebody, lounge: Room) -> None:
    link = alice.invite()
    for _preview in range(30):
        shown = Client().get(link)
        assert shown.status_code == 200
        assert "Alice invites you as a host" in shown.content.decode()
    assert lounge.members.count() == 1
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


# Roles


def test_a_host_makes_hosts_and_takes_back_what_they_gave_and_no_more(alice: Somebody, lounge: Room) -> None:
    bob, dana = Somebody(lounge, Role.HOST, "Bob"), Somebody(lounge, Role.HOST, "Dana")
    charlie = Somebody(lounge, Role.GUEST, "Charlie")
    for person, role, status in (
        (charlie, "host", 200),
        (charlie, "member", 200),
        (dana, "guest", 403),
        (alice, "guest", 422),
        (charlie, "owner", 422),
    ):
        answer = bob.call("patch", f"/people/{person.id}", {"role": role})
        assert answer.status_code == status, (role, answer.content)
    assert (charlie.role, dana.role, alice.role) == ("member", "host", "owner")
    refused = charlie.call("patch", f"/people/{bob.id}", {"role": "guest"})
    assert refused.json()["error"]["message"].startswith("A member may not")
    assert bob.call("patch", f"/people/{bob.id}", {"role": "guest"}).status_code == 200, "one's own"
    assert bob.call("patch", "/people/nobody", {"role": "host"}).status_code == 404


def test_who_only_listens_is_made_a_host_by_the_id_that_the_room_knows(alice: Somebody, lounge: Room) -> None:
    bob = Somebody(lounge)
    assert alice.call("patch", f"/people/{bob.id}", {"role": "host"}).status_code == 404, "not here"
    names = {bob.person.id.hex: "Bob"}
    Attendance.objects.create(room=lounge, process="another", count=1, names=names, seen_at=Now())
    made = alice.call("patch", f"/people/{bob.id}", {"role": "host"})
    assert made.json() == {"id": bob.id, "name": "Bob", "role": "host"}
    assert bob.role == "host"


def test_an_id_names_a_person_in_one_room_alone_and_hides_who_it_is(lounge: Room) -> None:
    person = uuid4()
    here, elsewhere = public_id(lounge.pk, person), public_id(lounge.pk + 1, person)
    assert here != elsewhere
    assert person_of(lounge.pk, here) == person
    assert person_of(lounge.pk, elsewhere) != person
    assert person.hex not in here
    assert [person_of(lounge.pk, text) for text in ("", "x", "é" * 22, f"{here}A")] == [None] * 4


def test_a_room_is_handed_over_whole(alice: Somebody, lounge: Room, told: list[Told]) -> None:
    bob = Somebody(lounge, Role.GUEST)
    link = alice.call("post", "/recovery", {}).json()["url"].removeprefix("http://testserver")
    assert bob.call("post", "/owner", {"id": bob.id}).status_code == 403
    assert alice.call("post", "/owner", {"id": bob.id}).json()["role"] == "owner"
    assert (alice.role, bob.role, told[-1].event) == ("host", "owner", "room")
    assert alice.call("delete", "").status_code == 403
    assert Client().get(link).status_code == 404, "who gave a room away cannot take it back"


def test_a_recovery_link_is_stored_as_a_hash_and_takes_a_button(alice: Somebody, lounge: Room) -> None:
    assert "clear" in alice.browser.get(f"/r/{lounge.slug}").content.decode()
    link = alice.call("post", "/recovery", {}).json()["url"].removeprefix("http://testserver")
    assert link.rpartition("/")[2] not in str(Room.objects.values())
    phone = Somebody(lounge)
    assert phone.browser.get(link).status_code == 200
    assert phone.role == "guest"
    assert (phone.join(link), phone.role, alice.role) == (302, "owner", "host")
    assert phone.call("delete", "/recovery").status_code == 204
    assert Somebody(lounge).join(link) == 404
    assert alice.call("post", "/recovery", {}).status_code == 403


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
    WrongPassword.objects.update(tried_at=timezone.now() - timedelta(minutes=11))
    assert bob.call("post", "/enter", {"password": "sesame"}).status_code == 200
    assert WrongPassword.objects.count() == 0


def test_what_plays_behind_a_password_is_told_to_nobody(alice: Somebody, lounge: Room) -> None:
    alice.call("post", "/queue", {"url": A})
    alice.call("patch", "/player", {"playing": True})
    alice.call("patch", "", {"password": "sesame"})
    for path in ("/", "/api/v1/rooms", f"/r/{lounge.slug}", f"/r/{lounge.slug}/embed", f"/r/{lounge.slug}/tv"):
        assert "media.example.org" not in Client().get(path).content.decode(), path


# One person is one person


def test_a_ban_holds_for_a_token_of_another_room_and_for_a_cookie_beside_an_account(lounge: Room) -> None:
    bob = Somebody(lounge, Role.GUEST)
    _bar, owner = make_room("Bar", Caller(person=bob.person))
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"})
    path = f"/api/v1/rooms/{lounge.slug}"
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).mute()
    assert bot.post(f"{path}/queue", {"url": A}, "application/json").status_code == 403
    user = User.objects.create_user("bob")
    Member.objects.create(room=lounge, user=user, nickname="Bob", role=Role.HOST)
    bob.browser.force_login(user)
    assert bob.call("post", "/queue", {"url": A}).status_code == 403
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=bob.person.id).ban()
    assert [bot.get(path).status_code, bob.call("get", "").status_code] == [404, 404]


def test_a_token_of_another_room_has_none_of_its_persons_rights_here(lounge: Room) -> None:
    bob = Somebody(lounge, Role.HOST)
    _bar, owner = make_room("Bar", Caller(person=bob.person))
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"})
    assert bot.get(f"/api/v1/rooms/{lounge.slug}").json()["you"]["role"] == "guest"


def test_the_place_of_a_new_entry_takes_the_right_to_reorder(lounge: Room) -> None:
    bob = Somebody(lounge, Role.MEMBER)
    assert bob.call("post", "/queue", {"url": A}).status_code == 201
    refused = bob.call("post", "/queue", {"url": A, "after": None})
    assert refused.json()["error"]["message"] == "A member may not change the queue here; that takes the role host."


# Without a host, without anybody


def test_without_a_host_the_eldest_takes_over_where_the_rules_say_so(lounge: Room, told: list[Told]) -> None:
    guest, member, elder = (Somebody(lounge, Role(role), name) for role, name in ((0, "G"), (10, "M"), (10, "E")))
    Member.objects.filter(person=elder.person.id).update(joined_at=timezone.now() - timedelta(days=9))
    new = uuid4()
    present: list[tuple[UUID, str]] = [(new, "New"), *((one.person.id, "") for one in (guest, member, elder))]
    make_eldest_host(lounge.pk, present)
    assert told == []
    rule(lounge, without_host="eldest")
    make_eldest_host(lounge.pk, present)
    make_eldest_host(lounge.pk, present)
    assert [one.role for one in (guest, member, elder)] == ["guest", "member", "host"]
    assert [event.event for event in told] == ["room"]
    with change(lounge, NOW_MS) as lent:
        lent.members.get(person=elder.person.id).ban()
    make_eldest_host(lounge.pk, [(new, "New"), (elder.person.id, "")])
    assert Member.objects.get(person=new).role == Role.HOST


def test_everybody_votes_to_skip_while_no_host_is_here_where_the_rules_say_so(lounge: Room) -> None:
    rule(lounge, vote="host", without_host="everybody-skips")
    bob, host = Somebody(lounge), Somebody(lounge, Role.HOST)
    caller, room = Caller(person=bob.person), anew(lounge)
    assert may_vote_to_skip(caller, room, [bob.person.id])
    assert not may_vote_to_skip(caller, room, [bob.person.id, host.person.id])
    assert not may_vote_to_skip(Caller(), room, [])
    rule(lounge, without_host="nothing")
    assert not may_vote_to_skip(caller, anew(lounge), [bob.person.id])


def test_a_temporary_room_closes_after_a_day_without_anybody_and_is_reopened(alice: Somebody, lounge: Room) -> None:
    permanent, _ = make_room("Bar", Caller())
    assert alice.call("patch", "", {"permanent": False}).json()["permanent"] is False
    close_the_deserted(NOW_MS)
    close_the_deserted(NOW_MS + DAY_MS - 1)
    here = Attendance.objects.create(room=lounge, process="another", count=1, seen_at=Now())
    close_the_deserted(NOW_MS + DAY_MS)
    here.delete()
    close_the_deserted(NOW_MS + DAY_MS)
    assert anew(lounge).closed_at is None, "somebody was there meanwhile"
    close_the_deserted(NOW_MS + 2 * DAY_MS)
    assert anew(lounge).closed_at is not None
    assert anew(permanent).closed_at is None
    assert Somebody(lounge).call("post", "/reopen", {}).status_code == 404
    page = alice.browser.get(f"/r/{lounge.slug}")
    assert (page.status_code, "Open it again" in page.content.decode()) == (404, True)
    assert alice.browser.post(f"/r/{lounge.slug}/reopen").status_code == 302
    assert alice.role == "owner"
    close_the_deserted(NOW_MS + 2 * DAY_MS)
    assert anew(lounge).closed_at is None


def test_the_home_page_makes_a_room_by_a_preset_and_what_is_set_beside_it() -> None:
    bob = Client()
    form = {"name": "Bar", "preset": "radio", "skip": "guest", "max_length_ms": "10", "password": "x", "temporary": "1"}
    assert bob.post("/", form).status_code == 302
    bar = Room.objects.get(name="Bar")
    assert (bar.rules["add"], bar.rules["skip"], bar.rules["max_length_ms"]) == ("host", "guest", 600_000)
    assert (bool(bar.password), bar.is_permanent) == (True, False)
    for wrong in ({"preset": "disco"}, {"skip": "king"}, {"slow_mode_s": "never"}, {"password": "x" * 129}):
        page = bob.post("/", {"name": "Bar", **wrong})
        assert (page.status_code, b'role="alert"' in page.content) == (422, True)
