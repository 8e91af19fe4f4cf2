"""The chat: what is said, by whom, how often, and for how long it is kept; reactions and notices beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rooms.clock import now_ms
from rooms.core import chat, rate_limit
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.core.person_id import public_id
from rooms.core.snapshot import snapshot
from rooms.live.hub import hub
from rooms.models import Member, Message, Report, Token
from rooms.models.message import DAY_MS, forget_the_old
from rooms.models.roles import Role
from tests.support.rooms import Told, add, anew, hear, hear_notices


class Lounge:
    """A room with Alice, who owns it, and Bob, who only listens; each acts by a token."""

    def __init__(self) -> None:
        self.room, alice = make_room("Lounge", Caller())
        self.alice = bot(alice)
        self.bob_member = Member.objects.create(room=self.room, nickname="Bob", role=Role.GUEST)
        self.bob = bot(self.bob_member)
        self.path = f"/api/v1/rooms/{self.room.slug}"

    def set(self, **rules: Any) -> None:
        with change(self.room, now_ms()) as lent:
            lent.set_rules(**rules)

    def say(self, who: Client, text: str, status: int = 201) -> dict[str, Any]:
        return self.call(who.post, "/chat", {"text": text}, status)

    def call(self, method: Callable[..., Any], path: str, body: Any, status: int) -> dict[str, Any]:
        answer = method(self.path + path, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        self.headers = answer.headers
        return dict(answer.json()) if answer.content else {}

    @property
    def chat(self) -> list[str]:
        return [message["text"] for message in snapshot(anew(self.room))["chat"]]


def bot(member: Member) -> Client:
    return Client(headers={"Authorization": f"Bearer {Token.issue(member)}"})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    # However busy the machine is, nobody's time runs while they write.
    pour = rate_limit._poured
    monkeypatch.setattr(rate_limit, "_poured", lambda most, window_ms, _now_ms: pour(most, window_ms, 1_000_000))
    return hear(monkeypatch)


@pytest.fixture
def lounge(transactional_db: None, told: list[Told]) -> Lounge:
    made = Lounge()
    told.clear()
    return made


# What is said


def test_a_message_is_told_as_one_change_and_stands_in_the_snapshot(lounge: Lounge, told: list[Told]) -> None:
    said = lounge.say(lounge.bob, "  What a\tbass line\r\n\r\n\r\n\r\nreally ")
    assert (said["text"], said["name"], said["edited_at_ms"]) == ("What a bass line\n\nreally", "Bob", None)
    (event,) = told
    assert (event.event, event.data["op"], event.data["message"], event.data["by"]) == ("chat", "add", said, "Bob")
    assert event.data["prev"] + 1 == event.data["version"] == event.version == anew(lounge.room).version
    assert snapshot(anew(lounge.room))["chat"] == [said]
    assert lounge.bob.get(lounge.path).json()["you"]["id"] == said["person"]
    assert str(lounge.bob_member.person) not in str(said)


def test_an_author_edits_and_removes_a_message_and_its_text_is_gone(lounge: Lounge, told: list[Told]) -> None:
    path = f"/chat/{lounge.say(lounge.bob, 'bass')['id']}"
    edited = lounge.call(lounge.bob.patch, path, {"text": "bassline"}, 200)
    assert edited["edited_at_ms"] >= edited["sent_at_ms"]
    assert lounge.chat == ["bassline"]
    lounge.call(lounge.bob.patch, path, {"text": "bassline"}, 200)
    lounge.call(lounge.bob.delete, path, None, 204)
    assert lounge.chat == []
    assert [event.data["op"] for event in told] == ["add", "edit", "remove"]
    assert told[-1].data["message"]["text"] == ""
    assert not Message.objects.exclude(text="").exists()
    lounge.call(lounge.bob.delete, path, None, 404)
    lounge.call(lounge.bob.patch, path, {"text": "again"}, 404)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u202e", "\0\x07", "x" * 2_001])
def test_what_is_no_message_is_refused_with_a_sentence(lounge: Lounge, told: list[Told], text: str) -> None:
    error = lounge.say(lounge.bob, text, 422)["error"]
    assert "1 to 2,000" in error["fields"]["text"]
    assert told == []
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 2_000, None),
        ("a\0b\x1b[31mc", "ab[31mc"),
        ("👩‍👩‍👧 שלום", None),
        ("exe\u202egpj", "exegpj"),
    ],
)
def test_a_text_is_kept_but_for_what_controls(lounge: Lounge, text: str, kept: str | None) -> None:
    assert lounge.say(lounge.bob, text)["text"] == (kept or text)


# Who may


def test_others_change_no_message_and_a_moderator_removes_any(lounge: Lounge) -> None:
    alices, bobs = (f"/chat/{lounge.say(who, 'hello')['id']}" for who in (lounge.alice, lounge.bob))
    error = lounge.call(lounge.alice.patch, bobs, {"text": "goodbye"}, 403)["error"]
    assert error["message"] == "Only Bob, who wrote this message, may change it."
    lounge.call(lounge.bob.delete, alices, None, 403)
    lounge.call(lounge.alice.delete, bobs, None, 204)
    assert lounge.chat == ["hello"]


def test_a_message_of_another_room_is_not_found(lounge: Lounge) -> None:
    other = Lounge()
    path = f"/chat/{other.say(other.alice, 'elsewhere')['id']}"
    lounge.call(lounge.alice.delete, path, None, 404)
    lounge.call(lounge.alice.patch, path, {"text": "here"}, 404)
    assert other.chat == ["elsewhere"]


def test_who_may_not_chat_changes_nothing(lounge: Lounge, told: list[Told]) -> None:
    path = f"/chat/{lounge.say(lounge.bob, 'hello')['id']}"
    with change(lounge.room, now_ms()) as lent:
        lent.members.get(pk=lounge.bob_member.pk).mute()
    told.clear()
    lounge.say(lounge.bob, "still here", 403)
    lounge.call(lounge.bob.patch, path, {"text": "still here"}, 403)
    lounge.call(lounge.bob.post, "/reactions", {"emoji": "🔥"}, 403)
    lounge.set(chat="member")
    assert lounge.say(lounge.alice, "better")["name"] == "Host"
    charlie = Client()
    assert charlie.post(f"{lounge.path}/chat", {"text": "me"}, content_type="application/json").status_code == 401
    assert lounge.chat == ["hello", "better"]


def test_a_guest_without_a_place_gets_one_by_speaking(lounge: Lounge) -> None:
    charlie = Client()
    assert charlie.get(f"/r/{lounge.room.slug}").status_code == 200
    said = lounge.say(charlie, "hi")
    assert lounge.room.members.get(nickname=said["name"]).role == Role.GUEST
    page = charlie.get(f"/r/{lounge.room.slug}").content.decode()
    assert f'data-my-id="{said["person"]}"' in page
    assert 'data-part="chat-form"' in page
    with change(lounge.room, now_ms()) as lent:
        lent.members.get(nickname=said["name"]).mute()
    page = charlie.get(f"/r/{lounge.room.slug}").content.decode()
    assert 'data-part="chat-form"' not in page
    assert 'data-part="react"' not in page


def test_where_the_chat_is_off_nothing_is_said_read_or_asked_for(lounge: Lounge) -> None:
    said = lounge.say(lounge.bob, "hello")
    assert "chat" in lounge.alice.get(lounge.path).json()["you"]["may"]
    lounge.call(lounge.alice.patch, "", {"chat_kept": "off"}, 200)
    assert "chat" not in lounge.alice.get(lounge.path).json()["you"]["may"]
    page = lounge.bob.get(f"/r/{lounge.room.slug}").content.decode()
    assert 'data-part="chat-form"' in page, "it may be turned on again while the page is open"
    assert lounge.say(lounge.alice, "anybody", 403)["error"]["message"] == "The chat of “Lounge” is off."
    assert lounge.call(lounge.bob.get, "/chat", None, 200)["items"] == lounge.chat == []
    lounge.call(lounge.bob.delete, f"/chat/{said['id']}", None, 404)


# How often


def test_slow_mode_has_a_guest_wait_also_after_a_removal_and_no_moderator(lounge: Lounge) -> None:
    lounge.set(slow_mode_s=30)
    path = f"/chat/{lounge.say(lounge.bob, 'one')['id']}"
    lounge.call(lounge.bob.delete, path, None, 204)
    error = lounge.say(lounge.bob, "two", 429)["error"]
    assert "30 s" in error["message"]
    assert 1 <= int(lounge.headers["Retry-After"]) <= 30
    Message.objects.update(sent_at_ms=now_ms() - 30_000)
    lounge.say(lounge.bob, "three")
    for text in ("four", "five"):
        lounge.say(lounge.alice, text)


def test_who_writes_too_fast_waits_and_others_do_not(lounge: Lounge) -> None:
    statuses = [
        lounge.bob.post(f"{lounge.path}/chat", {"text": "!"}, content_type="application/json").status_code
        for _ in range(21)
    ]
    assert statuses[:20] == [201] * 20
    assert statuses[20:] == [429]
    answer = lounge.bob.post(f"{lounge.path}/chat", {"text": "!"}, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    lounge.say(lounge.alice, "Slowly, Bob")


def test_new_cookies_from_one_address_write_and_react_no_faster(
    lounge: Lounge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("VOICES_AN_ADDRESS", 1), ("MESSAGES", 2), ("REACTIONS", 2)):
        monkeypatch.setattr(rate_limit, name, most)
    for path, body, status in (("/chat", {"text": "!"}, 201), ("/reactions", {"emoji": "🔥"}, 202)):
        guests = [Client(REMOTE_ADDR="203.0.113.7") for _ in range(3)]
        for guest in guests:
            guest.get(f"/r/{lounge.room.slug}")
        answers = [guest.post(lounge.path + path, body, content_type="application/json") for guest in guests]
        assert [answer.status_code for answer in answers] == [status, status, 429]


# Reports


def test_a_message_is_reported_with_its_text_and_its_author(lounge: Lounge) -> None:
    said = lounge.say(lounge.bob, "buy this")
    report = lounge.call(lounge.alice.post, "/reports", {"message": said["id"], "reason": "Spam"}, 201)
    kept = Report.objects.get(pk=report["id"])
    assert (kept.member, kept.message, kept.text, kept.reason) == (lounge.bob_member, said["id"], "buy this", "Spam")
    lounge.call(lounge.bob.delete, f"/chat/{said['id']}", None, 204)
    lounge.call(lounge.alice.post, "/reports", {"message": said["id"], "reason": "Spam"}, 404)
    assert Report.objects.count() == 1


# For how long


def test_older_messages_are_read_page_by_page(lounge: Lounge) -> None:
    rows = [
        Message(room=lounge.room, member=lounge.bob_member, name="Bob", text=f"{n}", sent_at_ms=now_ms())
        for n in range(120)
    ]
    Message.objects.bulk_create(rows)
    assert lounge.chat == [f"{n}" for n in range(70, 120)]
    read: list[str] = []
    page = lounge.call(lounge.bob.get, "/chat", None, 200)
    while True:
        read = [message["text"] for message in page["items"]] + read
        if page["next"] is None:
            break
        page = lounge.bob.get(page["next"]).json()
    assert read == [f"{n}" for n in range(120)]
    lounge.call(lounge.bob.get, "/chat?before=0", None, 422)


def test_a_chat_that_is_forgotten_with_the_day_is_not_shown_and_then_deleted(lounge: Lounge) -> None:
    lounge.say(lounge.bob, "yesterday")
    Message.objects.update(sent_at_ms=now_ms() - DAY_MS - 1)
    lounge.say(lounge.bob, "today")
    forget_the_old(now_ms())
    assert lounge.chat == ["yesterday", "today"]
    lounge.call(lounge.alice.patch, "", {"chat_kept": "day"}, 200)
    assert lounge.chat == ["today"]
    forget_the_old(now_ms())
    assert [message.text for message in Message.objects.all()] == ["today"]


def test_a_room_keeps_so_many_messages_and_no_more(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "MOST_KEPT", 3)
    monkeypatch.setattr(chat, "TRIM_EVERY", 1)
    for n in range(6):
        lounge.say(lounge.bob, f"{n}")
    assert lounge.chat == ["3", "4", "5"]


# In the admin


def test_an_operator_reads_what_was_said_and_removes_it_before_everybody(
    lounge: Lounge, told: list[Told], admin_client: Client
) -> None:
    kept, removed = lounge.say(lounge.bob, "hello"), lounge.say(lounge.bob, "buy this")
    told.clear()
    page = "/admin/rooms/message/"
    assert "buy this" in admin_client.get(page, {"room__id__exact": lounge.room.pk}).content.decode()
    selected = {"action": "remove", "_selected_action": [removed["id"]]}
    assert admin_client.post(page, selected).status_code == 302
    assert [(event.data["op"], event.data["message"]["id"], event.data["by"]) for event in told] == [
        ("remove", removed["id"], "admin")
    ]
    assert lounge.chat == [kept["text"]]
    assert admin_client.post(page, {**selected, "action": "delete_selected"}).status_code == 302
    assert Message.objects.count() == 2


# Reactions


def test_a_reaction_is_one_of_the_rooms_six_and_changes_nothing(
    lounge: Lounge, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("rooms.core.publish.whisper", lambda *args: sent.append(args))
    assert lounge.call(lounge.bob.post, "/reactions", {"emoji": "🔥"}, 202) == {"emoji": "🔥"}
    assert sent == [(lounge.room.pk, "reaction", '{"counts":{"🔥":1}}')]
    assert lounge.call(lounge.bob.post, "/reactions", {"emoji": "❤"}, 202) == {"emoji": "❤️"}
    refused = lounge.call(lounge.bob.post, "/reactions", {"emoji": "💣"}, 422)["error"]["message"]
    assert refused == "“💣” is not one of this room's reactions, which are ❤️ 🔥 😂 👏 👍 🎉."
    assert told == []
    six = ["💣", "🇰🇷", "👩‍👩‍👧", "👍🏽", "🕺", "☎️"]
    assert lounge.call(lounge.alice.patch, "", {"reactions": six}, 200)["reactions"] == six
    lounge.call(lounge.bob.post, "/reactions", {"emoji": "💣"}, 202)
    lounge.call(lounge.bob.post, "/reactions", {"emoji": "🔥"}, 422)
    answers = [
        lounge.bob.post(f"{lounge.path}/reactions", {"emoji": "💣"}, content_type="application/json") for _ in range(25)
    ]
    refused_one = next(answer for answer in answers if answer.status_code == 429)
    assert refused_one["Retry-After"] == "1"
    assert len(sent) == 20


@pytest.mark.parametrize(
    "six", [["🔥"] * 6, ["🔥", "😂"], ["a", "🔥", "😂", "👏", "😮", "🎉"], ["🔥 ", "", "😂", "👏", "😮", "🎉"]]
)
def test_what_are_not_six_emoji_is_refused(lounge: Lounge, told: list[Told], six: list[str]) -> None:
    assert "reactions" in lounge.call(lounge.alice.patch, "", {"reactions": six}, 422)["error"]["fields"]
    assert told == []


# Notices


def test_people_hear_who_skipped_what_who_came_and_why_a_track_was_passed_over(
    lounge: Lounge, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = hear_notices(monkeypatch)
    first, *_ = add(lounge.room, 60_000, 60_000, 60_000)
    lounge.call(lounge.alice.patch, "/player", {"playing": True}, 200)
    lounge.call(lounge.alice.post, "/player/next", {}, 200)
    assert notices == [
        {"kind": "skipped", "entry": {"id": first.pk, "title": first.as_json()["title"]}, "by": "Host"},
    ]
    lounge.call(lounge.alice.post, "/player/next", {"entry_id": first.pk}, 409)
    second = anew(lounge.room).player.entry_id
    monkeypatch.setattr(hub, "voices", lambda _room_id, persons: (len(persons), 1))  # he listens
    lounge.call(lounge.bob.post, "/player/hints", {"kind": "failed", "entry_id": second}, 202)
    with change(lounge.room, now_ms(), by="Charlie") as lent:
        member = Caller(person=Person.new()).join(lent, Role.HOST)
    for role in ("guest", "host"):
        lounge.call(lounge.alice.patch, f"/people/{public_id(lounge.room.pk, member.person)}", {"role": role}, 200)
    assert notices[3:] == [{"kind": "role", "of": member.nickname, "role": "host", "by": "Host"}]
    assert [(notice["kind"], notice["by"]) for notice in notices[1:3]] == [
        ("passed-over", None),
        ("came", notices[2]["by"]),
    ]
    assert notices[1]["reason"] == "It could not be played by those who listened."
    assert notices[2]["role"] == "host"
