"""The one way to change a room: whole or not at all, counted once, told once and only after it is committed."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from rooms.core import publish
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change, current_snapshot
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.core.snapshot import snapshot
from rooms.errors import Stale, Unknown
from rooms.models import LogEntry, Member, Room, Visibility
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, Told, add, anew, hear, hear_notices, link, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def room(told: list[Told]) -> Room:
    made = make_lounge(60_000, 60_000)
    told.clear()
    return made


def test_a_change_raises_the_version_by_one_and_is_told_with_the_one_it_follows(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS, by="Alice") as lent:
        lent.player.play(NOW_MS)
    assert anew(room).version == lent.version == room.version + 1
    (event,) = told
    assert (event.event, event.version) == ("player", room.version + 1)
    assert event.data == {
        **anew(room).player.as_json(),
        "prev": room.version,
        "advance_at_ms": anew(room).player.advance_at_ms,
        "by": "Alice",
    }


def test_a_change_of_nothing_is_no_change(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.rename(room.name)
        lent.visibility = room.visibility
    assert anew(room).version == room.version
    assert told == []


def test_a_change_and_its_opposite_are_no_change(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.rename("Bar")
        lent.rename("Lounge")
    assert anew(room).version == room.version
    assert told == []


def test_what_fails_in_the_middle_changes_nothing(room: Room, told: list[Told]) -> None:
    before = snapshot(anew(room))

    def fail() -> None:
        with change(room, NOW_MS) as lent:
            lent.rename("Bar")
            lent.player.play(NOW_MS)
            lent.queue.add([link("a")], NOW_MS, after=None, at_end=True, member=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert snapshot(anew(room)) == before
    assert told == []


def test_nothing_is_told_before_the_commit(room: Room, told: list[Told]) -> None:
    with transaction.atomic():
        with change(room, NOW_MS) as lent:
            lent.rename("Bar")
        assert told == []
    assert [event.event for event in told] == ["room"]


def test_nothing_is_told_of_what_is_rolled_back(room: Room, told: list[Told]) -> None:
    with transaction.atomic():
        with change(room, NOW_MS) as lent:
            lent.rename("Bar")
        transaction.set_rollback(True)
    assert told == []
    assert anew(room).version == room.version


def test_several_changes_at_once_are_one_version_and_one_whole_snapshot(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.rename("Bar")
        lent.player.play(NOW_MS)
        lent.queue.add([link("a")], NOW_MS, after=None, at_end=True, member=None)
    (event,) = told
    assert (event.event, event.version) == ("snapshot", room.version + 1)
    assert event.data.items() >= snapshot(anew(room)).items()


def test_a_room_is_told_with_its_rules(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.visibility = Visibility.PUBLIC
        lent.set_rules(add="host")
    (event,) = told
    assert event.event == "room"
    assert event.data["room"] == anew(room).as_json()
    assert event.data["room"]["visibility"] == "public"
    assert event.data["room"]["rules"]["add"] == "host"


@pytest.mark.parametrize(
    ("before", "after", "is_hinted"),
    [
        (Visibility.UNLISTED, Visibility.UNLISTED, False),
        (Visibility.PUBLIC, Visibility.PUBLIC, True),
        (Visibility.UNLISTED, Visibility.PUBLIC, True),
        (Visibility.PUBLIC, Visibility.PRIVATE, True),
    ],
)
def test_the_list_of_public_rooms_is_read_anew_after_a_change_of_one(
    monkeypatch: pytest.MonkeyPatch, before: Visibility, after: Visibility, is_hinted: bool
) -> None:
    bar, _owner = make_room("Bar", Caller(), before)
    hints: list[bool] = []
    monkeypatch.setattr(publish, "hint_lobby", lambda: hints.append(True))
    with change(bar, NOW_MS) as lent:
        lent.rename("Foyer")
        lent.visibility = after
    assert hints == [True] * is_hinted


def test_who_came_with_a_role_is_noticed_after_the_commit_with_who_let_them_in(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = hear_notices(monkeypatch)
    with transaction.atomic():
        with change(room, NOW_MS, by="Alice") as lent:
            Caller(person=Person.new()).join(lent, Role.HOST)
        assert notices == []
    assert notices == [{"kind": "came", "role": "host", "by": "Alice"}]


def test_new_rules_are_logged_by_who_gave_them_and_what_nobody_did_is_not(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        lent.set_rules(add="host")
    with change(room, NOW_MS, by="Alice") as lent:
        lent.rename("Bar")
    assert not LogEntry.objects.filter(room=room, kind="rules").exists()
    with change(room, NOW_MS, by="Alice") as lent:
        lent.set_rules(add="member")
    assert LogEntry.objects.filter(room=room, kind="rules").count() == 1


def test_the_expected_version_is_the_current_one_or_nothing_happens(room: Room, told: list[Told]) -> None:
    stale = change(room, NOW_MS, expected_version=room.version - 1)
    with pytest.raises(Stale, match=f"{room.version - 1} .* {room.version}"), stale as lent:
        lent.rename("Bar")
    assert anew(room).name == "Lounge"
    with change(room, NOW_MS, expected_version=room.version) as lent:
        lent.rename("Bar")
    assert anew(room).name == "Bar"


def test_whoever_was_overtaken_changes_nothing(room: Room, told: list[Told]) -> None:

    def overtaken() -> None:
        with change(room, NOW_MS) as lent:
            Room.objects.filter(pk=room.pk).update(version=room.version + 1)
            lent.rename("Bar")

    with pytest.raises(Stale):
        overtaken()
    assert (anew(room).name, anew(room).version) == ("Lounge", room.version)
    assert told == []


def test_a_closed_room_cannot_be_changed(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.close()
    assert [event.event for event in told] == ["room"]
    with pytest.raises(Unknown, match=r"“lounge-[0-9a-f]+” was closed"), change(room, NOW_MS) as lent:
        lent.rename("Bar")


def test_a_room_that_is_closed_with_other_changes_is_told_whole(room: Room, told: list[Told]) -> None:
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS)
        lent.close()
    assert [event.event for event in told] == ["snapshot"]


def test_a_verb_outside_of_a_change_is_a_mistake_that_is_noticed(room: Room) -> None:
    with pytest.raises(RuntimeError, match=r"rooms\.core\.change\.change"):
        anew(room).queue.clear(NOW_MS)


def test_the_verb_of_a_member_is_told_to_the_room(room: Room, told: list[Told]) -> None:
    alice = room.members.get()
    with change(room, NOW_MS) as lent:
        lent.members.get(pk=alice.pk).give_role(Role.MEMBER)
    assert [(event.event, event.data["room"]["hosts"]) for event in told] == [("room", [])]


@pytest.mark.parametrize("verb", ["ban", "mute", "forgive"])
def test_a_verb_of_a_member_that_was_said_already_changes_nothing(room: Room, told: list[Told], verb: str) -> None:
    for _ in range(2):
        told.clear()
        with change(room, NOW_MS) as lent:
            getattr(lent.members.get(), verb)()
    assert told == []


def test_a_new_nickname_is_told_wherever_the_old_one_stood(room: Room, told: list[Told]) -> None:
    alice = room.members.get()
    with change(room, NOW_MS) as lent:
        lent.queue.add([link("a")], NOW_MS, after=None, at_end=True, member=lent.members.get(pk=alice.pk))
        lent.player.jump(lent.queue.listed()[2], NOW_MS)
    told.clear()
    with change(room, NOW_MS) as lent:
        lent.members.get(pk=alice.pk).rename("Alice")
    (event,) = told
    assert event.data["room"]["hosts"] == ["Alice"]
    assert event.data["queue"][2]["added_by"]["name"] == "Alice"
    assert event.data["player"]["entry"]["added_by"]["name"] == "Alice"
    told.clear()
    with change(room, NOW_MS) as lent:
        lent.members.get(pk=alice.pk).rename("Alice")
    assert told == []


def test_a_lost_push_costs_no_change(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.undo()

    def dead(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError("the bus is dead")

    monkeypatch.setattr(publish, "send_event", dead)
    with caplog.at_level(logging.ERROR), change(room, NOW_MS) as lent:
        lent.rename("Bar")
    assert anew(room).name == "Bar"
    assert "could not be pushed" in caplog.text


def test_a_snapshot_has_all_its_parts_at_one_version(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds a link between the reading of one part and the next."""
    from rooms.core import change as module

    torn: list[dict[str, Any]] = []

    def overtaken(of: Room, most_entries: int | None) -> dict[str, Any]:
        parts = snapshot(of, most_entries)
        if not torn:
            torn.append(parts)
            add(room, 60_000)
        return parts

    monkeypatch.setattr(module, "snapshot", overtaken)
    parts = current_snapshot(anew(room), NOW_MS)
    assert torn[0]["version"] == room.version
    assert parts == snapshot(anew(room))
    assert len(parts["queue"]) == 3


def test_a_room_that_changes_all_the_time_can_be_read_all_the_same(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever somebody reads without the lock, somebody else is faster."""
    from rooms.core import change as module

    def overtaken(of: Room, most_entries: int | None) -> dict[str, Any]:
        if not connection.in_atomic_block:
            assert anew(room).version < room.version + 100, "it is read for ever"
            add(room, 60_000)
        return snapshot(of, most_entries)

    monkeypatch.setattr(module, "snapshot", overtaken)
    assert current_snapshot(anew(room), NOW_MS) == snapshot(anew(room))


def test_a_snapshot_has_what_the_contract_names(room: Room) -> None:
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS)
    parts = current_snapshot(room, NOW_MS)
    first = queue_of(room)[0]
    assert set(parts) >= {"version", "room", "player", "queue", "chat"}
    assert parts["player"] == {
        "version": parts["version"],
        "entry_id": first.pk,
        "playing": True,
        "position_ms": 0,
        "rate": 1.0,
        "effective_at_ms": NOW_MS + 1_500,
        "entry": first.as_json(),
        "ended": False,
        "skip": {"votes": 0, "needed": 1},
    }
    assert set(parts["queue"][0]) >= {
        "id", "url", "provider", "media_id", "title", "artist", "length_ms", "artwork_url", "added_by", "votes",
        "start_ms", "end_ms",
    }  # fmt: skip


# Making a room


def test_a_room_comes_with_its_player_its_queue_and_its_owner() -> None:
    alice = Person.new()
    room, owner = make_room("Bar", Caller(person=alice), Visibility.PUBLIC)
    assert (owner.person, owner.role, owner.nickname) == (alice.id, Role.OWNER, alice.name)
    assert room.player.state[:5] == (None, False, 0, 1.0, 0)
    assert list(room.queue.listed()) == []
    assert room.version == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Friday Lounge", "friday-lounge"), ("Café  Ümit", "café-ümit"), ("音楽", "音楽"), ("a" * 80, "a" * 50)],
)
def test_a_slug_is_made_of_the_name_and_of_random_letters_unless_the_room_is_public(name: str, slug: str) -> None:
    assert make_room(name, Caller(), Visibility.PUBLIC)[0].slug == slug
    for visibility in (Visibility.UNLISTED, Visibility.PRIVATE):
        slugs = {make_room(name, Caller(), visibility)[0].slug for _ in range(2)}
        assert all(re.fullmatch(rf"{slug}-[0-9a-f]{{12}}", one) for one in slugs)
        assert len(slugs) == 2


@pytest.mark.parametrize("name", ["!!!", "—", "🎵"])
def test_a_name_without_letters_gets_a_slug_too(name: str) -> None:
    room, _ = make_room(name, Caller())
    assert room.slug.startswith("room-")
    assert room.get_absolute_url() == f"/r/{room.slug}"


def test_two_rooms_of_one_name_have_two_slugs_and_a_closed_room_frees_its_own() -> None:
    first, _ = make_room("Bar", Caller(), Visibility.PUBLIC)
    second, _ = make_room("Bar", Caller(), Visibility.PUBLIC)
    assert first.slug == "bar"
    assert second.slug.startswith("bar-")
    with change(first, NOW_MS) as lent:
        lent.close()
    third, _ = make_room("Bar", Caller(), Visibility.PUBLIC)
    assert third.slug == "bar"


def test_a_room_that_gets_a_slug_again_never_comes_to_a_version_of_the_one_before() -> None:
    slugs, versions = set(), []
    for _ in range(3):
        room, _owner = make_room("Bar", Caller(), Visibility.PUBLIC)
        with change(room, NOW_MS) as lent:
            lent.rename("Another name")
        with change(room, NOW_MS) as lent:
            lent.close()
        slugs.add(room.slug)
        versions.append((room.version, anew(room).version))
    assert slugs == {"bar"}
    (first, first_last), (second, second_last), (third, _) = versions
    assert (first, first_last) == (1, 3)
    # An older one may be opened again, and go on at a change in each millisecond.
    assert second > first_last + 1_000_000
    assert second_last == second + 2 < third


def test_a_room_keeps_its_slug_whatever_it_becomes() -> None:
    room, _owner = make_room("Bar", Caller(), Visibility.PUBLIC)
    with change(room, NOW_MS) as lent:
        lent.visibility = Visibility.PRIVATE
    assert anew(room).slug == "bar"


@pytest.mark.parametrize(("text", "name"), [("  The\tLounge \n", "The Lounge"), ("A\u200bB\x00C\u202eD", "A B C D")])
def test_a_name_is_one_visible_line(text: str, name: str) -> None:
    room, _ = make_room(text, Caller())
    assert room.name == name


# Joining


def test_somebody_who_joins_twice_has_one_place_with_the_higher_role(room: Room, told: list[Told]) -> None:
    bob = Caller(person=Person.new())
    for role, now in ((Role.GUEST, Role.GUEST), (Role.HOST, Role.HOST), (Role.MEMBER, Role.HOST)):
        with change(room, NOW_MS) as lent:
            assert bob.join(lent, role).role == now
    assert Member.objects.filter(room=room).count() == 2
    assert [event.event for event in told] == ["room"]


def test_joining_again_gives_back_nothing_that_was_taken_meanwhile(room: Room) -> None:
    bob = Caller(person=Person.new())
    with change(room, NOW_MS) as lent:
        member = bob.join(lent, Role.GUEST)
    Member.objects.filter(pk=member.pk).update(muted_at="2026-01-01T00:00:00Z", nickname="Bob")
    with change(room, NOW_MS) as lent:
        bob.join(lent, Role.GUEST)
    member.refresh_from_db()
    assert member.muted_at is not None
    assert member.nickname == "Bob"


def test_who_joins_by_an_account_stays_muted_as_the_browser_was(room: Room) -> None:
    bob, user = Person.new(), User.objects.create_user("bob")
    caller = Caller.by_browser(bob, user)
    assert caller.person is not None
    Member.objects.create(room=room, person=caller.person.id, user=user, nickname="Bob", role=Role.GUEST)
    Member.objects.create(room=room, person=bob.id, nickname="Bob", role=Role.GUEST, muted_at="2026-01-01T00:00:00Z")
    with change(room, NOW_MS) as lent:
        caller.join(lent, Role.HOST)
        assert (caller.place_in(lent).may(Action.CONTROL), caller.place_in(lent).may(Action.CHAT)) == (True, False)
