"""The part of a queue that a page begins with, and the rows that are written of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from players.models import Track
from players.models.track import Problem
from rooms.core.change import change, current_snapshot
from rooms.core.person_id import public_id
from rooms.models import Member, Room
from rooms.models.roles import Role
from rooms.templatetags.queues import MOST_ROWS, beginning
from tests.support.rooms import NOW_MS, add, anew, hear, make_lounge, queue_of

pytestmark = pytest.mark.django_db

LENGTH, MOST = 20, 5


@pytest.fixture
def lounge(monkeypatch: pytest.MonkeyPatch) -> Room:
    hear(monkeypatch)
    return make_lounge(*[60_000] * LENGTH)


def at(room: Room, place: int | None) -> Room:
    """The room with the entry of that place as the current one."""
    if place is not None:
        with change(room, NOW_MS) as lent:
            lent.player.jump(queue_of(room)[place], NOW_MS)
    return anew(room)


@pytest.mark.parametrize(
    ("place", "before", "behind"),
    [(None, 0, 15), (0, 0, 15), (9, 9, 6), (14, 14, 1), (15, 15, 0), (16, 15, 0), (19, 15, 0)],
)
def test_of_a_long_queue_the_current_entry_and_what_follows_are_read(
    lounge: Room, place: int | None, before: int, behind: int
) -> None:
    snapshot = current_snapshot(at(lounge, place), NOW_MS, MOST)
    whole = current_snapshot(anew(lounge), NOW_MS)
    assert snapshot["beyond"] == {"before": before, "behind": behind}
    assert snapshot["queue"] == whole["queue"][before : before + MOST]
    assert {**snapshot, "queue": None, "beyond": None} == {**whole, "queue": None, "beyond": None}


@pytest.mark.parametrize("most", [LENGTH, LENGTH + 1])
def test_a_queue_that_is_no_longer_than_the_part_is_read_whole(lounge: Room, most: int) -> None:
    assert current_snapshot(at(lounge, 7), NOW_MS, most) == current_snapshot(anew(lounge), NOW_MS)


def test_an_empty_queue_has_an_empty_part() -> None:
    snapshot = current_snapshot(make_lounge(), NOW_MS, MOST)
    assert (snapshot["queue"], "beyond" in snapshot) == ([], False)


def test_a_row_of_the_queue_is_what_its_entry_says_of_itself(lounge: Room) -> None:
    first, second, third, *_ = queue_of(lounge)
    Track.objects.filter(pk=first.track_id).update(
        title="A “title”", artist="Bob", artwork_url="https://example.org/a.jpg", problem=Problem.GONE
    )
    Track.objects.filter(pk=third.track_id).update(length_ms=None)
    with change(lounge, NOW_MS) as lent:
        entry = lent.queue.entry(second.pk)
        assert entry is not None
        entry.trim(1_000, 2_000, NOW_MS)
    member = Member.objects.create(room=lounge, nickname="Alice", role=Role.HOST)
    lounge.queue.entries.filter(pk=third.pk).update(member=member, votes=3)
    assert lounge.queue.as_json() == [entry.as_json() for entry in queue_of(lounge)]
    assert lounge.queue.as_json()[2]["added_by"] == {"id": public_id(lounge.pk, member.person), "name": "Alice"}


def test_a_page_is_told_how_long_the_queue_is_and_where_in_it_the_music_is(lounge: Room) -> None:
    told = beginning(current_snapshot(at(lounge, 9), NOW_MS, MOST))
    assert (told["length"], told["before"], told["goes_on"]) == (LENGTH, 9, True)
    assert [entry["title"] for entry in told["shown"]] == [str(entry) for entry in queue_of(lounge)[9 : 9 + MOST]]
    assert not beginning(current_snapshot(at(lounge, 17), NOW_MS, MOST))["goes_on"]
    assert len(beginning(current_snapshot(anew(lounge), NOW_MS, MOST))["shown"]) == 3


# Rows


def rows_of(room: Room) -> str:
    page = Client().get(f"/r/{room.slug}").content.decode()
    return page.partition('<ol class="queue"')[2].partition("</ol>")[0]


def change_track(room: Room, **facts: Any) -> None:
    Track.objects.filter(entries=queue_of(room)[0]).update(**facts)


def test_a_row_shows_what_a_page_must_know_of_an_entry(lounge: Room) -> None:
    first = queue_of(lounge)[0]
    change_track(lounge, title="Dusk", artist="Bob", artwork_url="https://example.org/a.jpg?x=1&y=2")
    member = Member.objects.create(room=lounge, nickname="Alice", role=Role.HOST)
    lounge.queue.entries.filter(pk=first.pk).update(member=member)
    row = rows_of(at(lounge, 0)).partition("</li>")[0]
    assert f'<li class="row" data-id="{first.pk}" data-current aria-current="true">' in row
    assert 'decoding="async" src="https://example.org/a.jpg?x=1&amp;y=2">' in row
    assert '<span class="row-title clip" dir="auto">Dusk</span>' in row
    assert "Bob · added by Alice</span>" in row
    assert ">1:00</span>" in row
    assert '<button class="row-lead" type="button" disabled>' in row


@pytest.mark.parametrize("text", ["<b>&\"'", "100 % %(title)s %s", "{title}", "\N{ZERO WIDTH SPACE}"])
def test_a_row_takes_any_title_and_artist_for_text(lounge: Room, text: str) -> None:
    change_track(lounge, title=text, artist=text)
    expected = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    expected = expected.replace('"', "&quot;").replace("'", "&#x27;")
    row = rows_of(lounge).partition("</li>")[0]
    assert row.count(f'clip" dir="auto">{expected}</span>') == 2
    assert rows_of(lounge).count("<li") == LENGTH


def test_no_title_moves_into_the_row_of_another_entry() -> None:
    facts = {"artwork_url": "", "artist": "", "unplayable": "", "added_by": None, "autofilled": False, "is_live": True}
    titles = ["a\0b\0<c>", "", "d"]
    entries = [{**facts, "id": number, "title": title} for number, title in enumerate(titles, 1)]
    context = {"player": {"entry_id": None}, "can": {}, "entries": entries}
    page = Template("{% load queues %}{% queue_rows entries %}").render(Context(context))
    assert re.findall('row-title clip" dir="auto">(.*?)</span>', page) == ["ab&lt;c&gt;", "", "d"]


def test_a_row_says_why_its_entry_cannot_be_played(lounge: Room) -> None:
    change_track(lounge, problem=Problem.GONE)
    assert "This video is private or no longer on YouTube.</span>" in rows_of(lounge)


def test_rows_are_in_the_language_of_who_reads_them(lounge: Room) -> None:
    member = Member.objects.create(room=lounge, nickname="Alice", role=Role.HOST)
    lounge.queue.entries.update(member=member)
    english = rows_of(lounge)
    korean = Client().get(f"/r/{lounge.slug}", headers={"Accept-Language": "ko"}).content.decode()
    assert "added by Alice" in english
    assert "added by Alice" not in korean
    assert 'aria-label="More"' not in korean
    assert rows_of(lounge) == english


def test_no_more_rows_are_written_than_stated(lounge: Room) -> None:
    add(lounge, *[60_000] * MOST_ROWS)
    assert rows_of(lounge).count("<li") == MOST_ROWS
