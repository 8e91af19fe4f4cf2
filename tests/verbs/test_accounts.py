"""Accounts: who signs up keeps what they had, who signs in has it everywhere, and nobody learns who has one."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from musicrooms.login_limit import FAILURES
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.core.ownership import member_of
from rooms.core.person import COOKIE, Person
from rooms.core.person_id import public_id
from rooms.core.reopen import reopen
from rooms.live.hub import hub
from rooms.live.presence import table
from rooms.live.presence.renewals import KEPT, recent_renewals
from rooms.models import Attendance, Member, Renewal, Room, hashed
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, hear

A = "https://media.example.org/a.mp3"
PASSWORD = "quite a long walk"


@pytest.fixture(autouse=True)
def told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    cache.clear()  # which counts tries
    return hear(monkeypatch)


def make_room(client: Client, name: str = "Lounge", visibility: str = "private") -> Room:
    assert client.post("/", {"name": name, "visibility": visibility}).status_code == 302
    return Room.objects.get(name=name)


def sign_up(client: Client, email: str = "alice@example.org", **fields: str) -> Any:
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD, **fields})


def sign_in(client: Client, login: str = "alice@example.org", password: str = PASSWORD, **fields: Any) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password}, **fields)


def account(email: str = "alice@example.org") -> Client:
    """The browser of somebody who signed up."""
    client = Client()
    assert sign_up(client, email).status_code == 302
    return client


def role_in(client: Client, room: Room) -> str:
    answer = client.get(f"/api/v1/rooms/{room.slug}")
    return str(answer.json()["you"]["role"]) if answer.status_code == 200 else "stranger"


def test_a_guest_who_signs_up_finds_room_role_and_name_in_another_browser() -> None:
    alice, elsewhere = Client(), Client()
    room = make_room(alice)
    alice.post(f"/r/{room.slug}/name", {"name": "Alice"})
    assert sign_up(alice).status_code == 302
    assert sign_in(elsewhere).headers["Location"] == "/"
    for browser in (alice, elsewhere):
        you = browser.get(f"/api/v1/rooms/{room.slug}").json()["you"]
        assert (you["role"], you["name"]) == ("owner", "Alice")
        assert f'href="/r/{room.slug}"' in browser.get("/rooms/mine").content.decode()
    assert "Alice" in elsewhere.get("/").content.decode()


def test_what_a_browser_had_before_it_signed_in_is_joined_upwards() -> None:
    alice = account()
    room = make_room(alice)
    at_work = Client()
    assert at_work.post(room.invitations.get(role=Role.HOST).get_absolute_url()).status_code == 302
    at_work.post(f"/r/{room.slug}/queue", {"url": A})
    Member.objects.filter(user__isnull=False).update(role=Role.MEMBER)
    bar = make_room(at_work, "Bar")
    sign_in(at_work)
    (place,) = Member.objects.filter(room=room)
    assert (place.role, place.user) == (Role.HOST, User.objects.get())
    assert anew(room).queue.entries.get().member == place
    assert role_in(alice, bar) == "owner"


def test_who_gave_a_role_before_they_signed_in_may_take_it_back() -> None:
    room, bob, dana = make_room(Client(), visibility="public"), Client(), Client()
    account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
    assert bob.post(room.invitations.get(role=Role.HOST).get_absolute_url()).status_code == 302
    dana.post(f"/r/{room.slug}/queue", {"url": A})
    people = f"/api/v1/rooms/{room.slug}/people"
    dana_id = dana.get(f"/api/v1/rooms/{room.slug}").json()["you"]["id"]
    for role in ("host", "guest"):
        answer = bob.patch(f"{people}/{dana_id}", {"role": role}, content_type="application/json")
        assert answer.status_code == 200, answer.content
        sign_in(bob, "bob@example.org")
    assert role_in(dana, room) == "guest"


@pytest.mark.parametrize("is_known", [False, True], ids=["as a newcomer", "merged"])
def test_mutes_and_bans_come_along_and_stay_behind_in_the_browser(is_known: bool) -> None:
    room = make_room(Client(), visibility="public")
    bob = Client()
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    with change(room, NOW_MS) as lent:
        lent.members.get(role=Role.GUEST).ban()
    if is_known:
        account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
        sign_in(bob, "bob@example.org")
    else:
        sign_up(bob, "bob@example.org")
    assert role_in(bob, room) == "stranger"
    elsewhere = Client()
    sign_in(elsewhere, "bob@example.org")
    assert role_in(elsewhere, room) == "stranger"
    bob.post("/accounts/logout/")
    assert role_in(bob, room) == "stranger"


def test_a_ban_that_is_over_is_over_for_who_signs_in_and_out() -> None:
    room = make_room(Client(), visibility="public")
    bob = Client()
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
    guest = room.members.get(role=Role.GUEST, user=None)
    ban(room, guest, until=timezone.now() - timedelta(seconds=1))
    assert role_in(bob, room) == "guest"
    sign_in(bob, "bob@example.org")
    assert role_in(bob, room) == "guest"
    ban(room, room.members.exclude(user=None).get(), until=timezone.now() - timedelta(seconds=1))
    bob.post("/accounts/logout/")
    assert role_in(bob, room) == "guest"


def test_a_ban_keeps_its_end_and_holds_where_an_earlier_one_is_over() -> None:
    room = make_room(Client(), visibility="public")
    bob, until = Client(), timezone.now() + timedelta(hours=1)
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
    ban(room, room.members.exclude(user=None).get(), until=timezone.now() - timedelta(seconds=1))
    ban(room, room.members.get(role=Role.GUEST, user=None), until=until, address="203.0.113.9")
    sign_in(bob, "bob@example.org")
    assert role_in(bob, room) == "stranger"
    assert role_in(Client(REMOTE_ADDR="203.0.113.9"), room) == "stranger"
    assert room.members.exclude(user=None).get().banned_until == until
    bob.post("/accounts/logout/")
    assert role_in(bob, room) == "stranger"
    assert {member.banned_until for member in room.members.filter(role=Role.GUEST)} == {until}


def test_who_was_demoted_as_a_guest_has_no_way_back_by_signing_in() -> None:
    room = make_room(Client(), visibility="public")
    bob, invitation = Client(), room.invitations.get(role=Role.HOST).get_absolute_url()
    assert bob.post(invitation).status_code == 302
    account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
    with change(room, NOW_MS) as lent:
        member = lent.members.get(role=Role.HOST)
        member.room = lent
        member.give_role(Role.GUEST)
    sign_in(bob, "bob@example.org")
    assert bob.post(invitation).status_code == 403
    assert role_in(bob, room) == "guest"


def ban(room: Room, member: Member, **how: Any) -> None:
    with change(room, NOW_MS) as lent:
        member.room = lent
        member.ban(**how)


def test_a_cookie_from_before_and_a_session_from_before_are_worth_nothing_after() -> None:
    alice, mallory = Client(), Client()
    room = make_room(alice)
    alice.get("/accounts/login/")
    person = alice.cookies[COOKIE].value
    sign_up(alice)
    session = alice.cookies["sessionid"].value
    mallory.cookies[COOKIE] = person
    assert role_in(mallory, room) == "stranger"
    token = alice.cookies["csrftoken"].value
    alice.post("/accounts/logout/")
    mallory.cookies["sessionid"] = session
    assert role_in(mallory, room) == role_in(alice, room) == "stranger"
    alice.cookies["sessionid"] = "planted-session-of-mallory"
    sign_in(alice)
    assert alice.cookies["sessionid"].value != "planted-session-of-mallory"
    assert alice.cookies["csrftoken"].value != token


def test_who_uses_the_browser_next_has_nothing_of_who_signed_out() -> None:
    browser = account()
    room = make_room(browser)
    browser.post("/accounts/logout/")
    sign_up(browser, "bob@example.org")
    assert role_in(browser, room) == "stranger"
    assert room.slug not in browser.get("/rooms/mine").content.decode()


def test_forms_need_their_token_and_change_nothing_on_get() -> None:
    account()
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    browser = Client()
    sign_in(browser)
    assert browser.get("/accounts/logout/").status_code == 200
    assert browser.get("/rooms/mine").context["user"].is_authenticated


def test_no_answer_tells_whether_an_address_has_an_account() -> None:
    account()
    hidden = re.compile(r'(?:value|content)="[^"]*"')
    answers = [
        [
            (answer.status_code, hidden.sub("", answer.content.decode()), answer.headers.get("Location"))
            for answer in (
                sign_in(Client(), email, "wrong"),
                Client().post("/accounts/password/reset/", {"email": email}),
                sign_up(Client(), email),
            )
        ]
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert answers[0] == answers[1]
    assert User.objects.filter(email="alice@example.org").count() == 2
    # To the one for an account, and a lost password; the second account within minutes is sent nothing more.
    assert [to for sent in mail.outbox for to in sent.to] == ["alice@example.org"] * 2 + ["nobody@example.org"] * 2


def test_a_lost_password_is_set_anew_by_mail() -> None:
    account()
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.org"]
    link = link_of(sent)
    browser = Client()
    form = browser.get(link, follow=True)
    path = form.redirect_chain[-1][0]
    fresh = "another long walk home"
    assert browser.post(path, {"password1": fresh, "password2": fresh}).status_code == 302
    assert sign_in(Client(), password=fresh).status_code == 302
    assert sign_in(Client()).status_code == 200


def test_a_mail_server_that_does_not_answer_is_said_in_a_sentence_whoever_has_an_account(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alice = account()
    cache.clear()  # which counts mails
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and never greets
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent.getsockname()[1], 0.05
        for email in ("alice@example.org", "nobody@example.org"):
            browser = Client()
            reset = browser.post("/accounts/password/reset/", {"email": email}, follow=True).content.decode()
            assert "The mail could not be sent" in reset
            assert "We sent you" not in reset
            for _again in range(2):
                assert sign_up(browser, email).headers["Location"] == "/", "the account is made all the same"
                assert "The mail could not be sent" in browser.get("/").content.decode()
                browser = Client()
        added = alice.post("/accounts/email/", {"action_add": "", "email": "other@example.org"}, follow=True)
        assert "The mail could not be sent" in added.content.decode()
        assert "We sent a link" not in added.content.decode()
    assert len(caplog.messages) == 7
    assert all("mail server" in line and "example.org" not in line for line in caplog.messages)


def test_what_became_of_an_account_is_said_on_the_next_page() -> None:
    alice = account()
    assert "said" not in alice.get("/").content.decode(), "that one is signed in is seen"
    cache.clear()  # which counts mails
    added = alice.post("/accounts/email/", {"action_add": "", "email": "other@example.org"}, follow=True)
    assert "We sent a link to other@example.org" in added.content.decode()
    kept = alice.post("/accounts/email/", {"action_remove": "", "email": "alice@example.org"}, follow=True)
    assert 'role="alert">alice@example.org is your main address' in kept.content.decode()


def link_of(sent: Any) -> str:
    (link,) = re.findall(r"http://testserver(/\S+)", str(sent.body))
    return str(link)


def test_where_addresses_are_verified_nobody_signs_in_before_and_the_guest_keeps_the_room(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    alice, mallory = Client(), Client()
    room = make_room(alice)
    assert sign_up(alice).headers["Location"] == "/accounts/confirm-email/"
    assert "Look into your mail" in alice.get("/accounts/confirm-email/").content.decode()
    assert sign_in(mallory).headers["Location"] == "/accounts/confirm-email/"
    assert not mallory.get("/rooms/mine").context["user"].is_authenticated
    assert role_in(alice, room) == "owner", "as the guest that they still are"
    link = link_of(mail.outbox[0])
    assert "alice@example.org" in alice.get(link).content.decode()
    assert not EmailAddress.objects.get().verified, "a link that is looked at confirms nothing"
    assert alice.post(link).status_code == 302
    assert alice.get("/rooms/mine").context["user"].is_authenticated
    assert role_in(alice, room) == "owner"
    assert sign_in(Client()).headers["Location"] == "/"
    User.objects.create_superuser("admin", password=PASSWORD)
    assert sign_in(Client(), "admin").headers["Location"] == "/", "there is no address to confirm"
    assert "no longer good" in Client().get("/accounts/confirm-email/nonsense/").content.decode()


def test_a_lost_password_goes_to_who_confirmed_the_address() -> None:
    """Not to another account that somebody made with the same address."""
    account()
    cache.clear()  # which counts mails
    alice = account()
    link = link_of(mail.outbox[1])
    assert alice.post(link).status_code == 302
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    (sent,) = mail.outbox
    (key,) = re.findall(r"/reset/key/([0-9a-z]+)-", str(sent.body))
    assert int(key, 36) == User.objects.latest("pk").pk


def test_wrong_passwords_count_for_both_log_ins_together() -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    admin_log_in, form = "/admin/login/", {"username": "admin", "password": PASSWORD}
    for n in range(FAILURES):
        sign_in(Client(), f"somebody{n}", "wrong", REMOTE_ADDR="192.0.2.7")
        Client().post(admin_log_in, {"username": f"somebody{n}", "password": "wrong"}, REMOTE_ADDR="192.0.2.8")
    assert Client().post(admin_log_in, form, REMOTE_ADDR="192.0.2.7").status_code == 429
    assert sign_in(Client(), "admin", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert sign_in(Client(), "admin", REMOTE_ADDR="192.0.2.8").status_code == 429
    assert sign_in(Client(), "admin", REMOTE_ADDR="192.0.2.9").status_code == 302


def test_sign_ups_from_one_address_are_limited() -> None:
    statuses = [sign_up(Client(), f"bob{n}@example.org", password1="short").status_code for n in range(22)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_server_for_accounts_alone_leads_guests_to_the_log_in(settings: Any) -> None:
    settings.ANYONE_MAY_MAKE_ROOMS = False
    guest = Client()
    assert 'href="/accounts/login/?next=/"' in guest.get("/").content.decode()
    refused = guest.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json")
    assert refused.status_code == 403
    assert "sign in at /accounts/login/ first" in refused.json()["error"]["message"]
    assert guest.get("/accounts/login/?next=/").status_code == 200
    sign_up(guest)
    assert guest.post("/api/v1/rooms", {"name": "Bar"}, content_type="application/json").status_code == 201
    settings.ANYONE_MAY_SIGN_UP = False
    assert "given out" in sign_up(Client(), "bob@example.org").content.decode()
    assert User.objects.count() == 1


def test_pages_are_korean_strict_and_lead_nowhere_else() -> None:
    client = Client(headers={"Accept-Language": "ko"})
    for path in (
        *("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/rooms/mine"),
        *("/accounts/confirm-email/", "/accounts/confirm-email/nonsense/"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*application/json)", answer.content.decode())
        heading = re.findall(r"<h1>\s*(.*?)\s*</h1>", answer.content.decode(), re.DOTALL)
        assert re.search("[가-힣]", heading[0]), path
    assert sign_up(Client(), next="https://evil.example.org/").headers["Location"] == "/"


def ban_account(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        lent.members.get(user__isnull=False).ban()


def test_a_mute_of_an_account_that_only_listened_stays_behind_in_the_browser_too() -> None:
    room, bob = make_room(Client(), visibility="public"), account("bob@example.org")
    person = Person.of_account(User.objects.get())
    with change(room, NOW_MS) as lent:
        member_of(lent, public_id(room.pk, person.id), {person.id: "Bob"}).mute()
    assert bob.post(f"/r/{room.slug}/queue", {"url": A}).status_code == 403
    bob.post("/accounts/logout/")
    assert bob.post(f"/r/{room.slug}/queue", {"url": A}).status_code == 403


def test_a_ban_stays_behind_in_the_browser_in_a_closed_room_too() -> None:
    room, bob = make_room(Client(), visibility="public"), account("bob@example.org")
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    ban_account(room)
    with change(room, NOW_MS) as lent:
        lent.close()
    bob.post("/accounts/logout/")
    reopen(Room.objects.get(), now_ms())
    assert role_in(bob, room) == "stranger"


def test_a_ban_stays_behind_in_the_browser_of_who_signs_out_in_the_admin() -> None:
    room, bob = make_room(Client(), visibility="public"), Client()
    User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    bob.get("/")
    assert bob.post("/admin/login/", {"username": "bob", "password": PASSWORD}).status_code == 302
    bob.post(f"/r/{room.slug}/queue", {"url": A})
    ban_account(room)
    assert role_in(bob, room) == "stranger"
    assert bob.post("/admin/logout/").status_code == 200
    assert role_in(bob, room) == "stranger"


def test_a_door_that_a_guest_opened_stays_open_to_their_account() -> None:
    room, bob = make_room(Client(), visibility="public"), Client()
    account("bob@example.org").post(f"/r/{room.slug}/queue", {"url": A})
    with change(room, NOW_MS) as lent:
        lent.set_password(hashed("sesame"))
    assert bob.post(f"/r/{room.slug}/enter", {"password": "sesame"}).status_code == 302
    assert role_in(bob, room) == "guest"
    sign_in(bob, "bob@example.org")
    assert role_in(bob, room) == "guest"


def test_a_room_is_among_one_s_own_again_when_a_ban_from_it_has_ended() -> None:
    room, bob = make_room(Client(), visibility="public"), Client()
    bob.post(room.invitations.get(role=Role.MEMBER).get_absolute_url())
    for hours, is_listed in ((1, False), (-1, True)):
        Member.objects.filter(role=Role.MEMBER).update(
            banned_at=timezone.now(), banned_until=timezone.now() + timedelta(hours=hours)
        )
        assert (role_in(bob, room) == "member") == is_listed
        assert (f'href="/r/{room.slug}"' in bob.get("/rooms/mine").content.decode()) == is_listed


def test_streams_of_a_person_are_found_in_other_processes() -> None:
    room, other = make_room(Client()), make_room(Client(), "Bar")
    bob, charlie = uuid4(), uuid4()
    for process, place, names in (
        ("a", room, {bob.hex: "Bob"}),
        ("b", other, {charlie.hex: "Charlie"}),
        ("c", other, None),
    ):
        Attendance.objects.create(room=place, process=process, count=1, names=names, seen_at=timezone.now())
    assert table.rooms_of(bob) == sorted([room.pk, other.pk]), "who is in a crowd that is not named may be meant, too"
    Attendance.objects.filter(process="c").delete()
    assert table.rooms_of(bob) == [room.pk]


def test_who_signs_out_is_known_to_the_other_processes_for_some_minutes() -> None:
    bob = uuid4()
    hub.renew(bob)
    assert recent_renewals() == {}, "this process has done it already"
    Renewal.objects.update(process="another")
    assert list(recent_renewals().values()) == [bob]
    Renewal.objects.update(asked_at=Now() - KEPT)
    assert recent_renewals() == {}
    hub.renew(bob)
    assert Renewal.objects.count() == 1


def test_an_account_that_renames_itself_is_renamed_in_every_browser_and_room() -> None:
    alice, elsewhere = account(), Client()
    sign_in(elsewhere)
    lounge, bar = make_room(alice), make_room(alice, "Bar")
    elsewhere.post(f"/r/{lounge.slug}/name", {"name": "Alice"})
    assert {alice.get(f"/api/v1/rooms/{room.slug}").json()["you"]["name"] for room in (lounge, bar)} == {"Alice"}
