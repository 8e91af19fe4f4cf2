"""What others do between two steps of a deed: nothing that was taken comes back, and nobody is answered 500."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from musicrooms.middleware import idempotency
from players import youtube
from players.library import turn
from players.links import Link, parse
from players.models import Entry, ListenerReport, OwnList, ReportKind, Track
from players.youtube import metadata
from rooms.admin import RoomAdmin
from rooms.clock import now_ms
from rooms.core import account, chat, renaming, reports
from rooms.core import change as changing
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.core.person_id import public_id
from rooms.errors import Stale
from rooms.live.presence import empty_room
from rooms.models import Attendance, Bucket, Member, Message, Room, StoredAnswer, Token
from rooms.models.bucket import Portion
from rooms.models.message import DAY_MS, forget_the_old
from rooms.models.roles import Role
from tests.support.rooms import NOW_MS, add, anew, hear, link

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")

DAYS_MS = 2 * DAY_MS

Deed = Callable[[], Any]


@pytest.fixture(autouse=True)
def _unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch)


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    """Threads with connections of their own."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def closing(deed: Deed) -> Any:
    """Do it, and leave no connection behind to a database that ends with its test."""
    try:
        return deed()
    finally:
        connections.close_all()


def elsewhere(deed: Deed) -> Any:
    """Do it by another connection, and wait for its end."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(closing, deed).result()


def waiting(others: ThreadPoolExecutor, deed: Deed) -> Future[Any]:
    """Have others do it, which waits by now for a lock that this connection has."""
    done = others.submit(closing, deed)
    with connection.cursor() as cursor:
        while not done.done():
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone():
                break
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.005)")
    return done


def before_the_lock(monkeypatch: pytest.MonkeyPatch, module: Any, deed: Deed) -> None:
    """Have ``deed`` committed when the next change of ``module``, which has looked, is about to lock its room."""
    deeds = [deed]

    @contextmanager
    def late(*args: Any, **kwargs: Any) -> Iterator[Room]:
        if deeds:
            elsewhere(deeds.pop())
        with changing.change(*args, **kwargs) as lent:
            yield lent

    monkeypatch.setattr(module, "change", late)


def do(member: Member, verb: Callable[[Member], object]) -> None:
    with changing.change(member.room, NOW_MS) as lent:
        found = lent.members.get(pk=member.pk)
        found.room = lent
        verb(found)


def close(room: Room) -> None:
    with changing.change(room, NOW_MS) as lent:
        lent.close()


def come(room: Room) -> None:
    """Somebody listens in another process."""
    Attendance.objects.create(room=room, process="another", count=1, names={}, seen_at=timezone.now())


def browser_of(**headers: str) -> Client:
    client = Client(headers=headers)
    client.raise_request_exception = False
    return client


def owner_of(room: Room) -> Client:
    return browser_of(Authorization=f"Bearer {Token.issue(room.members.get(role=Role.OWNER))}")


def post(client: Client, path: str, **body: object) -> Any:
    return client.post(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def lounge() -> Room:
    return make_room("Lounge", Caller(), "public")[0]


class Bob:
    """A browser that was a guest, and the account into which its person signs in; both have a place."""

    def __init__(self, room: Room, guest: Role = Role.GUEST) -> None:
        self.browser, self.user = Person.new(), User.objects.create_user("bob")
        self.guest = Member.objects.create(room=room, person=self.browser.id, nickname="Bob", role=guest)
        person = Person.of_account(self.user).id
        self.own = Member.objects.create(room=room, person=person, user=self.user, nickname="Bob", role=Role.GUEST)

    def sign_in(self) -> None:
        account.join_account(self.browser, self.user)


# Signing in and out


def test_a_ban_while_somebody_signs_in_goes_along(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    bob = Bob(lounge)
    before_the_lock(monkeypatch, account, lambda: do(bob.guest, Member.ban))
    bob.sign_in()
    assert Member.objects.get(user=bob.user).is_banned


def test_a_role_that_is_taken_while_somebody_signs_in_is_gone(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    bob = Bob(lounge, Role.HOST)
    before_the_lock(monkeypatch, account, lambda: do(bob.guest, lambda member: member.give_role(Role.GUEST)))
    bob.sign_in()
    assert Member.objects.get(user=bob.user).role == Role.GUEST


def test_a_room_that_closes_while_somebody_signs_in_is_theirs(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    bob = Bob(lounge, Role.HOST)
    before_the_lock(monkeypatch, account, lambda: close(lounge))
    bob.sign_in()
    assert Member.objects.get(user=bob.user).role == Role.HOST


def test_a_ban_that_is_lifted_while_somebody_signs_out_is_lifted(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    bob = Bob(lounge)
    do(bob.own, Member.ban)
    before_the_lock(monkeypatch, account, lambda: do(bob.own, Member.lift_ban))
    account.leave_account(bob.user, bob.browser)
    assert not Member.objects.exclude(banned_at=None).exists()


def test_who_signs_in_while_they_take_another_name_has_it(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    bob = Bob(lounge)
    before_the_lock(monkeypatch, renaming, bob.sign_in)
    assert renaming.rename(Caller(person=bob.browser), lounge, "Robert") == "Robert"


@on_postgresql
def test_two_browsers_sign_in_at_once_that_were_in_a_closed_room(lounge: Room, others: ThreadPoolExecutor) -> None:
    user, browsers = User.objects.create_user("bob"), (Person.new(), Person.new())
    for browser in browsers:
        Member.objects.create(room=lounge, person=browser.id, nickname="Bob", role=Role.HOST)
    close(lounge)
    with transaction.atomic():
        account.join_account(browsers[0], user)
        second = waiting(others, lambda: account.join_account(browsers[1], user))
    second.result()
    assert Member.objects.get(user=user).role == Role.HOST
    assert Member.objects.filter(room=lounge).count() == 2  # with the owner's


@on_postgresql
def test_who_is_reported_while_they_sign_in_is_reported(
    monkeypatch: pytest.MonkeyPatch, lounge: Room, others: ThreadPoolExecutor
) -> None:
    bob, report = Bob(lounge), reports.report

    def late(*args: Any, **kwargs: Any) -> Any:
        waiting(others, bob.sign_in)
        return report(*args, **kwargs)

    monkeypatch.setattr(reports, "report", late)
    answer = post(owner_of(lounge), "/rooms/lounge/reports", id=public_id(lounge.pk, bob.browser.id), reason="Insults")
    assert answer.status_code == 201


# What is deleted


@on_postgresql
def test_a_list_is_deleted_while_something_is_added_to_it(others: ThreadPoolExecutor) -> None:
    user, client = User.objects.create_user("alice"), browser_of()
    client.force_login(user)
    own = OwnList.make(user, "Late night")
    with transaction.atomic():
        own.add([link("a")])
        deleted = waiting(others, lambda: client.delete(f"/api/v1/playlists/{own.pk}").status_code)
    assert deleted.result() == 204
    assert not OwnList.objects.exists()


@on_postgresql
def test_a_queue_is_cleared_while_a_player_reports(lounge: Room, others: ThreadPoolExecutor) -> None:
    entry, *_ = add(lounge, 60_000, 60_000)
    client, reported = owner_of(lounge), list[Future[Any]]()

    def report() -> None:
        facts = {"entry": entry, "person": uuid4(), "kind": ReportKind.LENGTH}
        with suppress(IntegrityError):  # the entry is gone
            ListenerReport.objects.create(**facts)

    def late(execute: Any, sql: str, *about: Any) -> Any:
        if sql.startswith('DELETE FROM "players_entry"') and not reported:
            reported.append(waiting(others, report))
        return execute(sql, *about)

    with connection.execute_wrapper(late):
        assert client.delete("/api/v1/rooms/lounge/queue").status_code == 204
    reported[0].result()
    assert not Entry.objects.exists()


@on_postgresql
def test_an_account_is_deleted_while_its_owner_is_muted(lounge: Room) -> None:
    bob = Bob(lounge)

    def mute_late(member: Member) -> None:
        elsewhere(bob.user.delete)
        member.mute()

    with pytest.raises(Stale):
        do(bob.own, mute_late)
    do(bob.own, Member.mute)
    assert Member.objects.exclude(muted_at=None).get().user_id is None


@on_postgresql
def test_a_track_is_deleted_while_it_is_added(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    track, of_all = Track.of(link("a")), Track.of_all

    def late(links: list[Link]) -> list[Track]:
        found = of_all(links)
        elsewhere(Track.objects.filter(pk=track.pk).delete)
        return found

    monkeypatch.setattr(Track, "of_all", late)
    assert post(owner_of(lounge), "/rooms/lounge/queue", url=track.url).status_code == 409


@on_postgresql
def test_a_message_is_forgotten_while_it_is_changed(
    monkeypatch: pytest.MonkeyPatch, lounge: Room, others: ThreadPoolExecutor
) -> None:
    client = owner_of(lounge)
    said = post(client, "/rooms/lounge/chat", text="hi").json()
    Room.objects.update(chat_kept="day")
    message_of = chat.message_of

    def late(*about: Any) -> Message:
        found = message_of(*about)
        waiting(others, lambda: forget_the_old(now_ms() + DAYS_MS))
        return found

    monkeypatch.setattr(chat, "message_of", late)
    path = f"/api/v1/rooms/lounge/chat/{said['id']}"
    assert client.patch(path, {"text": "hey"}, content_type="application/json").status_code == 200


@on_postgresql
def test_an_operator_deletes_a_room_that_is_closed_meanwhile(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    client, delete_model = browser_of(), RoomAdmin.delete_model
    client.force_login(User.objects.create_superuser("operator"))

    def late(self: RoomAdmin, request: HttpRequest, room: Room) -> None:
        elsewhere(lambda: close(lounge))
        delete_model(self, request, room)

    monkeypatch.setattr(RoomAdmin, "delete_model", late)
    assert client.post(f"/admin/rooms/room/{lounge.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Room.objects.exists()


# Rooms that nobody is in, or that are opened again


def test_a_room_is_not_swept_that_is_kept_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    room, _owner = make_room("Lounge", Caller(), is_permanent=False)
    empty_room.close_abandoned(NOW_MS)

    def keep() -> None:
        with changing.change(room, NOW_MS) as lent:
            lent.is_permanent = True

    before_the_lock(monkeypatch, empty_room, keep)
    empty_room.close_abandoned(NOW_MS + DAYS_MS)
    assert anew(room).closed_at is None


def test_a_room_is_not_swept_into_which_somebody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    room, _owner = make_room("Lounge", Caller(), is_permanent=False)
    empty_room.close_abandoned(NOW_MS)
    before_the_lock(monkeypatch, empty_room, lambda: come(room))
    empty_room.close_abandoned(NOW_MS + DAYS_MS)
    assert anew(room).closed_at is None


def test_a_room_is_not_paused_into_which_somebody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    room, _owner = make_room("Lounge", Caller(), rules={"when_empty": "pause"})
    add(room, 60_000)
    with changing.change(room, now_ms()) as lent:
        lent.player.play(now_ms())
    before_the_lock(monkeypatch, empty_room, lambda: come(room))
    empty_room.pause_if_empty(room.pk)
    assert anew(room).player.playing


def test_a_room_that_is_opened_twice_at_once_is_open(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    client, path = owner_of(lounge), "/rooms/lounge/reopen"
    close(lounge)
    with monkeypatch.context() as patch:
        before_the_lock(patch, sys.modules["rooms.core.reopen"], lambda: post(client, path))
        assert post(client, path).status_code == 200
    assert anew(lounge).closed_at is None


# Limits


@on_postgresql
def test_nobody_owns_more_rooms_by_making_them_at_once(settings: Any, others: ThreadPoolExecutor) -> None:
    settings.MAX_ROOMS_PER_PERSON = 3
    browser, response = Person.new(), HttpResponse()
    browser.keep(HttpRequest(), response)

    def make(_number: int) -> int:
        client = browser_of()
        client.cookies[COOKIE] = response.cookies[COOKIE].value
        return int(closing(lambda: post(client, "/rooms", name="Mine")).status_code)

    assert sorted(others.map(make, range(6))) == [201, 201, 201, 429, 429, 429]


@on_postgresql
def test_a_limit_is_counted_while_old_ones_are_discarded(others: ThreadPoolExecutor) -> None:
    for key in ("later", "first"):  # in which order they are read
        Bucket.objects.create(key=key, empty_at_ms=NOW_MS - DAYS_MS)
    with transaction.atomic():
        Bucket.objects.pour([Portion("first", 10)], 1_000, NOW_MS)
        discarded = waiting(others, lambda: Bucket.objects.discard_empty(NOW_MS - DAY_MS))
        Bucket.objects.pour([Portion("later", 10)], 1_000, NOW_MS)
    discarded.result()


# Keys of idempotency


def test_a_call_that_the_database_refused_may_be_repeated(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    client = owner_of(lounge)

    def away(*_: Any) -> None:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr("rooms.core.rate_limit.check_answer", away)
        assert repeat(client) == 503
    assert repeat(client) == 200


def repeat(client: Client) -> int:
    path = "/api/v1/rooms/lounge/player/next"
    answer = client.post(path, {}, content_type="application/json", headers={"Idempotency-Key": "key"})
    return int(answer.status_code)


def test_a_call_that_was_given_up_is_answered_in_the_end(monkeypatch: pytest.MonkeyPatch, lounge: Room) -> None:
    """Its machine slept, and the call was repeated meanwhile."""
    client, again, keep, number = owner_of(lounge), owner_of(lounge), idempotency._keep, count()
    again.defaults = client.defaults

    def late(stored: StoredAnswer) -> None:
        if not next(number):
            StoredAnswer.objects.update(created_at=timezone.now() - 2 * idempotency.ABANDONED_AFTER)
            assert elsewhere(lambda: repeat(again)) == 200
        keep(stored)

    monkeypatch.setattr(idempotency, "_keep", late)
    assert repeat(client) == 200
    assert StoredAnswer.objects.count() == 1


# What is looked up and scanned


def test_what_an_operator_put_right_while_youtube_thought_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    video = parse("https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    assert isinstance(video, Link)
    track = Track.of(video)

    def look_up(*_about: Any, **_options: Any) -> youtube.Facts:
        Track.objects.filter(pk=track.pk).update(title="Put right")
        return youtube.Facts("", "", "", "gone")

    monkeypatch.setattr(youtube, "look_up", look_up)
    metadata._follow_up(track.pk, 0, 0)
    track.refresh_from_db()
    assert (track.title, track.problem) == ("Put right", "gone")


def test_a_machine_whose_clock_is_ahead_leaves_the_others_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now
    with turn.turn() as mine:
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: now() + timedelta(seconds=90))
            with pytest.raises(turn.Busy):
                turn.Turn().take()
        mine.renew()


@on_postgresql
def test_what_is_looked_for_all_the_time_is_found_by_an_index(lounge: Room) -> None:
    Track.of_all([link(str(number)) for number in range(1_000)])
    # Of a small table any index will do, if only it holds what is looked for.
    Member.objects.bulk_create([Member(room=lounge, person=uuid4()) for _ in range(1_000)])
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, *about: Any) -> Any:
        if sql.startswith('SELECT "players_track"'):
            plans.append(str(execute(f"EXPLAIN {sql}", params, *about).fetchall()))
        return execute(sql, params, *about)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE players_track, rooms_member")
        with connection.execute_wrapper(explain):
            Track.of_all([link("new"), link("newer")])
        assert plans
        assert all("one_track_a_media" in plan for plan in plans)
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "places_of_a_person" in Member.objects.filter(person=uuid4()).explain()
