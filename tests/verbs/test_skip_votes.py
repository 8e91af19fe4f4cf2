"""Votes to skip: counted over people with a running player, when somebody votes and when somebody leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.live.hub.hub import hub
from rooms.live.presence.skip_votes import recount
from rooms.models import Attendance, Member, Room
from tests.support.people import ALICE, BOB, CHARLIE, DORA, Browser, listens
from tests.support.rooms import Told, anew, hear, rule
from tests.support.rooms import add as add_tracks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def lounge(told: list[Told]) -> Room:
    """Alice's; Bob, Charlie and Dora only listen."""
    room, _owner = make_room("Lounge", Caller(person=Person(ALICE, "Alice")), "public")
    add_tracks(room, 60_000, 60_000)
    listens(room, ALICE, BOB, CHARLIE, DORA)
    Browser(room, ALICE).call("PATCH", "/player", {"entry_id": ids(room)[0], "playing": True})
    return anew(room)


def ids(room: Room) -> list[int]:
    return list(room.queue.entries.order_by("order").values_list("pk", flat=True))


def vote(room: Room, person: UUID) -> Any:
    return Browser(room, person).call("PUT", "/player/skip-vote", {"entry_id": ids(room)[0]})


def look(room: Room) -> tuple[int, dict[str, int]]:
    """What plays, and the votes, after the hub looked as often as it takes it to believe that somebody left."""
    missed: frozenset[UUID] = frozenset()
    for _look in range(2):
        missed = recount(room.pk, hub.audience(room.pk), missed)
    player = Browser(room, ALICE).call("GET", "/player")[1]
    return player["entry_id"], player["skip"]


@pytest.mark.parametrize("quiet", [{}, {CHARLIE: "silent", DORA: "away"}])
def test_a_vote_skips_as_soon_as_enough_of_the_others_left_or_are_quiet(
    lounge: Room, told: list[Told], quiet: dict[UUID, str]
) -> None:
    first, second = ids(lounge)
    assert vote(lounge, BOB) == (200, {"votes": 1, "needed": 2})
    assert look(lounge) == (first, {"votes": 1, "needed": 2})
    before = len(told)
    listens(lounge, *((ALICE, BOB, *quiet) if quiet else (ALICE, BOB)), quiet=quiet)
    assert look(lounge)[0] == second
    assert [event.event for event in told[before:]] == ["player"]


def test_a_voice_ends_with_its_stream_or_right_and_the_count_follows(lounge: Room, told: list[Told]) -> None:
    first = ids(lounge)[0]
    rule(lounge, skip_share=1.0)
    for person in (BOB, CHARLIE, DORA):
        vote(lounge, person)
    listens(lounge, ALICE, BOB, CHARLIE, DORA, quiet={BOB: "away"})
    assert look(lounge) == (first, {"votes": 2, "needed": 3})
    Member.objects.create(room=lounge, person=CHARLIE, nickname="Charlie", role=0, muted_at=timezone.now())
    assert look(lounge) == (first, {"votes": 1, "needed": 3})
    rule(lounge, vote="member")
    before = len(told)
    assert look(lounge) == (first, {"votes": 0, "needed": 3})
    assert look(lounge) == (first, {"votes": 0, "needed": 3})
    assert len(told) == before + 1, "what changes nothing is told to nobody"


def test_who_goes_over_to_another_process_keeps_the_voice(lounge: Room) -> None:
    """The others know only some moments later that they are there."""
    vote(lounge, BOB)
    listens(lounge, ALICE, CHARLIE, DORA)
    missed = recount(lounge.pk, hub.audience(lounge.pk), ())
    assert anew(lounge).player.skip_voters == [BOB.hex]
    listens(lounge, ALICE, BOB, CHARLIE, DORA)
    recount(lounge.pk, hub.audience(lounge.pk), missed)
    assert anew(lounge).player.skip_voters == [BOB.hex]


def test_who_listens_in_two_processes_counts_once(lounge: Room) -> None:
    """As with a telephone and a laptop, or for a moment while a stream goes over to another process."""
    rule(lounge, skip_share=1.0)
    listens(lounge, BOB, CHARLIE, quiet={CHARLIE: "silent"})
    another = Attendance.objects.get(room=lounge)
    another.pk, another.process = None, "a third"
    another.save()
    assert vote(lounge, BOB) == (200, {"votes": 1, "needed": 1})
    assert look(lounge)[0] == ids(lounge)[1]


def test_who_is_silent_counts_by_their_voice_alone(lounge: Room) -> None:
    listens(lounge, ALICE, BOB, CHARLIE, DORA, quiet={BOB: "silent", CHARLIE: "silent"})
    rule(lounge, skip_share=0.7)
    assert vote(lounge, BOB) == (200, {"votes": 1, "needed": 3})
    assert vote(lounge, CHARLIE) == (200, {"votes": 2, "needed": 3})


def test_voices_of_those_who_listen_skip_and_a_late_one_skips_nothing(lounge: Room) -> None:
    alice, bob = Browser(lounge, ALICE), Browser(lounge, BOB)
    listens(lounge, ALICE, BOB, CHARLIE)
    first, second = lounge.queue.entries.order_by("order").values_list("pk", flat=True)
    alice.call("PATCH", "/player", {"entry_id": first, "playing": True})
    assert bob.call("PUT", "/player/skip-vote", {"entry_id": first}) == (200, {"votes": 1, "needed": 2})
    assert bob.call("PUT", "/player/skip-vote", {"entry_id": first}) == (200, {"votes": 1, "needed": 2})
    assert alice.call("GET", "/player")[1]["skip"] == {"votes": 1, "needed": 2}
    assert bob.call("DELETE", "/player/skip-vote", {"entry_id": first}) == (200, {"votes": 0, "needed": 2})
    bob.call("PUT", "/player/skip-vote", {"entry_id": first})
    listens(lounge, ALICE, CHARLIE, DORA)  # Bob left, and his voice with him
    charlie = Browser(lounge, CHARLIE)
    assert charlie.call("PUT", "/player/skip-vote", {"entry_id": first}) == (200, {"votes": 1, "needed": 2})
    status, sentence = bob.refused("PUT", "/player/skip-vote", {"entry_id": first})
    assert (status, sentence) == (403, "You do not listen to “lounge” now: open its stream first, to vote.")
    assert alice.call("PUT", "/player/skip-vote", {"entry_id": first}) == (200, {"votes": 2, "needed": 2})
    player = alice.call("GET", "/player")[1]
    assert (player["entry_id"], player["skip"]["votes"]) == (second, 0)
    status, sentence = Browser(lounge, DORA).refused("PUT", "/player/skip-vote", {"entry_id": first})
    assert (status, sentence) == (409, f"Entry {first} is no longer the current one; that is {second}.")
    assert alice.call("GET", "/player")[1]["entry_id"] == second


def test_who_may_not_vote_has_no_voice(lounge: Room) -> None:
    bob = Browser(lounge, BOB)
    Room.objects.filter(pk=lounge.pk).update(rules={**lounge.rules, "vote": "host"})
    entry = lounge.queue.entries.first()
    assert entry is not None
    assert bob.refused("PUT", "/player/skip-vote", {"entry_id": entry.pk}) == (
        403, "A guest may not vote here; that takes the role host.",
    )  # fmt: skip
    assert Action.VOTE not in bob.call("GET", "")[1]["you"]["may"]


def test_where_nothing_is_current_a_voice_is_late(lounge: Room) -> None:
    first = ids(lounge)[0]
    Browser(lounge, ALICE).call("DELETE", "/queue")
    assert Browser(lounge, BOB).refused("PUT", "/player/skip-vote", {"entry_id": first}) == (
        409, f"Entry {first} is no longer the current one; nothing is.",
    )  # fmt: skip


def test_a_right_that_all_have_without_a_host_ends_as_one_comes(lounge: Room) -> None:
    first = ids(lounge)[0]
    rule(lounge, vote="host", without_host="everybody-skips")
    listens(lounge, BOB, CHARLIE, DORA)
    assert vote(lounge, BOB) == (200, {"votes": 1, "needed": 2})
    assert look(lounge) == (first, {"votes": 1, "needed": 2})
    listens(lounge, ALICE, BOB, CHARLIE, DORA)
    assert look(lounge) == (first, {"votes": 0, "needed": 2})
