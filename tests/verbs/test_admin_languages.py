"""The operator's pages in Korean: whatever they say of rooms and music, as well as what Django says itself."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from players.links import Link, parse
from players.models import Entry
from players.models.track import Problem
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.models import Room

KOREAN = {"Accept-Language": "ko"}
SAME = {"#", "-", "Musicrooms", "ID", "English", "YouTube", "YouTube:", "0", "1.0"}
"""What is written the same in both."""

SAID = re.compile(r"<(label|th|option|h1|h2|legend|li)\b[^>]*>(.*?)</\1>", re.DOTALL)


@pytest.fixture
def room(db: None) -> Room:
    room, _owner = make_room("Lounge", Caller(person=Person.new()))
    with change(room, now_ms()) as lent:
        links = [link for link in [parse("https://media.example.org/A_Song.mp3")] if isinstance(link, Link)]
        lent.queue.add(links, now_ms(), after=None, at_end=True, member=None)
    return room


def said(client: Client, path: str, headers: dict[str, str]) -> set[str]:
    """The words of labels, headings and choices."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    found = (unescape(re.sub(r"<[^>]+>", " ", html)) for _tag, html in SAID.findall(answer.content.decode()))
    return {" ".join(words.split()) for words in found} - {""}


def paths(room: Room) -> list[str]:
    entry = Entry.objects.get()
    (member,) = room.members.all()
    return [
        "/admin/rooms/room/", f"/admin/rooms/room/{room.pk}/change/", "/admin/rooms/member/",
        f"/admin/rooms/member/{member.pk}/change/", "/admin/players/entry/", f"/admin/players/entry/{entry.pk}/change/",
        "/admin/players/track/", f"/admin/players/track/{entry.track_id}/change/", "/admin/rooms/token/",
    ]  # fmt: skip


def test_no_label_heading_or_choice_stays_english(admin_client: Client, room: Room) -> None:
    own = {"Lounge", "Guest ", str(Entry.objects.get().track)}
    for path in paths(room):
        english, korean = (said(admin_client, path, headers) for headers in ({}, KOREAN))
        left = {words for words in english & korean if re.search("[A-Za-z]{2}", words)} - SAME
        assert not {words for words in left if not any(name in words for name in own)}, path
        assert any(re.search("[가-힣]", words) for words in korean)


def test_what_an_operator_did_is_told_in_korean_and_kept_in_english(admin_client: Client, room: Room) -> None:
    asked = {"action": "pause", "_selected_action": [str(room.pk)]}
    answer = admin_client.post("/admin/rooms/room/", asked, headers=KOREAN, follow=True)
    assert "일시정지: 방 1개 중 0개가 바뀌었어요." in answer.content.decode()
    asked["action"] = "play"
    answer = admin_client.post("/admin/rooms/room/", asked, headers=KOREAN, follow=True)
    assert "재생: 방 1개 중 1개가 바뀌었어요." in answer.content.decode()
    history = admin_client.get(f"/admin/rooms/room/{room.pk}/history/").content.decode()
    assert "Play." in history


def test_why_a_track_fails_is_one_sentence_for_all_and_translated_for_operators() -> None:
    from django.utils.translation import override

    with override("ko"):
        assert Problem.GONE.sentence == "This video is private or no longer on YouTube."
        assert str(Problem.GONE.label) == "비공개이거나 YouTube에서 사라진 동영상이에요."
