"""A title that a provider did not tell is taken of players: of a host's at once, of others' when most agree."""

from __future__ import annotations

from uuid import UUID

import pytest

from players.models import Entry, TitleReport, Track
from players.reports import title_reports
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.person import Person
from rooms.errors import Forbidden, Unidentified
from rooms.live.hub import hub
from rooms.models import Room
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, anew, hear, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Never Gonna Give You Up"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def alice() -> Caller:
    return Caller(person=Person.new())


@pytest.fixture
def room(told: list[Told], alice: Caller) -> Room:
    """It plays a track without a title, which another room has, too."""
    made = make_lounge(60_000)
    Track.objects.update(title="")
    with change(made, NOW_MS) as lent:
        alice.join(lent, Role.HOST)
        lent.player.play(NOW_MS)
    told.clear()
    return anew(made)


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch, alice: Caller) -> set[UUID]:
    """Who listens, of three; Alice does."""
    people = {alice.person.id} if alice.person else set()
    monkeypatch.setattr(hub, "voices", lambda _room_id, persons: (len(persons & people), 3))
    return people


def take(room: Room, caller: Caller, title: str = TITLE) -> bool:
    return title_reports.take(room, caller, queue_of(room)[0].pk, title, NOW_MS)


def title_of(room: Room) -> str:
    return queue_of(room)[0].as_json()["title"]


def test_a_host_s_player_is_believed_and_everybody_told(room: Room, alice: Caller, told: list[Told]) -> None:
    assert take(room, alice, f" {TITLE}\n")
    assert title_of(room) == anew(room).queue.as_json()[0]["title"] == TITLE
    assert told[-1].data["entry"]["title"] == TITLE
    assert not take(anew(room), alice)


def test_of_others_most_have_to_agree(room: Room, listening: set[UUID]) -> None:
    bob, charlie = Caller(person=Person.new()), Caller(person=Person.new())
    listening |= {one.person.id for one in (bob, charlie) if one.person}
    assert not take(room, bob)
    assert not take(room, bob)  # one voice, however often
    assert not take(room, charlie, "Something else")
    assert take(room, charlie)
    assert title_of(room) == TITLE


def test_who_does_not_listen_has_no_voice(room: Room, alice: Caller, listening: set[UUID]) -> None:
    listening.clear()
    for caller in (Caller(person=Person.new()), alice):
        with pytest.raises(Forbidden):
            take(room, caller)
    assert TitleReport.objects.count() == 0
    with pytest.raises(Unidentified):
        take(room, Caller())


def test_a_title_belongs_to_the_entry_and_the_provider_s_goes_before(room: Room, alice: Caller) -> None:
    (entry,) = queue_of(room)
    with change(make_lounge(), NOW_MS) as other:
        elsewhere = Entry.objects.create(playlist=other.queue, track=entry.track, order=1)
    assert take(room, alice)
    elsewhere.refresh_from_db()
    assert elsewhere.as_json()["title"] == entry.track.url
    Track.objects.update(title="Its own title")
    assert title_of(room) == "Its own title"
    assert not take(anew(room), alice, "Another")
