"""The order of a queue in a room: what GET announces is what plays, whatever mode, hands and people do to it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players.models import Player, Track, playlist, queue_order
from players.timeline import MAX_POSITION_MS
from rooms.core.caller import Caller
from rooms.core.change import change, settled
from rooms.core.create_room import make_room
from rooms.core.person_id import public_id
from rooms.core.snapshot import snapshot
from rooms.models import Member, Room, Token, log_entry
from tests.support.rooms import NOW_MS, Told, anew, hear, link, make_lounge, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

MODES = ("queue", "fair", "votes", "shuffle")


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


class Lounge:
    """A room, and the calls of those in it by their tokens."""

    def __init__(self, **rules: Any) -> None:
        self.room, owner = make_room("Lounge", Caller())
        self.tokens = {"Alice": Token.issue(owner)}
        self.members = {"Alice": owner}
        if rules:
            self.call("Alice", "PATCH", "", {"rules": rules})

    def come(self, *names: str) -> None:
        for name in names:
            member = Member.objects.create(room=self.room, nickname=name)
            self.members[name] = member
            self.tokens[name] = Token.issue(member)

    def call(self, name: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}
        answer = Client().generic(
            method,
            f"/api/v1/rooms/{self.room.slug}{path}",
            json.dumps(body) if body is not None else "",
            "application/json",
            headers=headers,
        )
        assert answer.status_code == status, answer.content
        return json.loads(answer.content) if answer.content else None

    def add(self, name: str, *titles: str) -> None:
        for title in titles:
            self.call(name, "POST", "/queue", {"url": link(title).media_id}, 201)

    @property
    def queue(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("Alice", "GET", "/queue")["items"]
        return items

    @property
    def titles(self) -> str:
        return " ".join(entry["title"] for entry in self.queue)

    def id(self, title: str) -> int:
        return int(next(entry["id"] for entry in self.queue if entry["title"] == title))

    def rule(self, **rules: Any) -> None:
        self.call("Alice", "PATCH", "", {"rules": rules})

    def play(self) -> None:
        self.call("Alice", "PATCH", "/player", {"playing": True})

    def next(self) -> str:
        return str(self.call("Alice", "POST", "/player/next")["entry"]["title"])


@pytest.fixture
def lounge() -> Lounge:
    """Alice added three, Bob two, Charlie one; the first of Alice's plays."""
    made = Lounge()
    made.come("Bob", "Charlie")
    made.add("Alice", "a1", "a2", "a3")
    made.add("Bob", "b1", "b2")
    made.add("Charlie", "c1")
    made.play()
    return made


# Modes


def test_in_fair_order_people_take_turns_and_new_ones_join(lounge: Lounge) -> None:
    lounge.rule(order="fair")
    assert lounge.titles == "a1 b1 c1 a2 b2 a3"
    assert lounge.next() == "b1"
    lounge.add("Charlie", "c2")
    lounge.come("Dora")
    lounge.add("Dora", "d1", "d2")
    assert lounge.titles == "a1 b1 c1 a2 d1 b2 c2 a3 d2"
    assert [lounge.next() for _ in range(7)] == ["c1", "a2", "d1", "b2", "c2", "a3", "d2"]


def test_in_the_order_of_votes_a_vote_moves_an_entry_and_is_told_with_it(lounge: Lounge, told: list[Told]) -> None:
    lounge.rule(order="votes")
    told.clear()
    lounge.call("Bob", "PATCH", f"/queue/{lounge.id('c1')}", {"vote": True})
    assert lounge.titles == "a1 c1 a2 a3 b1 b2"
    assert [(one.data["op"], one.data["entry"]["votes"], one.data["after"]) for one in told] == [
        ("move", 1, lounge.id("a1"))
    ]
    lounge.call("Bob", "PATCH", f"/queue/{lounge.id('c1')}", {"vote": False})
    assert lounge.titles == "a1 a2 a3 b1 b2 c1"
    refusal = lounge.call("Alice", "PATCH", f"/queue/{lounge.id('c1')}", {"after": lounge.id("a2")}, 422)
    assert "votes decide" in refusal["error"]["message"]


def test_a_mode_is_changed_back_to_what_was(lounge: Lounge) -> None:
    before = lounge.titles
    for mode in ("shuffle", "fair", "votes", "queue"):
        lounge.rule(order=mode)
        assert sorted(lounge.titles.split()) == sorted(before.split())
        assert lounge.titles.startswith("a1 ")
    assert lounge.titles == before


@pytest.mark.parametrize("mode", MODES)
def test_what_a_host_moves_to_the_top_is_next_in_any_mode(lounge: Lounge, mode: str) -> None:
    lounge.rule(order=mode)
    lounge.call("Alice", "PATCH", f"/queue/{lounge.id('b2')}", {"after": None})
    lounge.add("Bob", "b3")
    assert lounge.queue[1]["title"] == "b2"
    assert lounge.next() == "b2"
    lounge.call("Alice", "POST", "/queue", {"url": link("now").media_id, "after": None}, 201)
    assert lounge.next() == "now"
    lounge.call("Bob", "PATCH", f"/queue/{lounge.id('b1')}", {"after": None}, 403)


@pytest.mark.parametrize("mode", ["fair", "votes", "shuffle"])
def test_a_jump_passes_over_nothing_that_waits(lounge: Lounge, mode: str) -> None:
    lounge.rule(order=mode)
    waiting = lounge.titles.split()[1:]
    last = waiting.pop()
    lounge.call("Alice", "PATCH", "/player", {"entry_id": lounge.id(last)})
    assert lounge.titles.split() == ["a1", last, *waiting]


scripts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["Alice", "Bob", "Charlie"]), st.integers(1, 3)),
        st.tuples(st.just("vote"), st.sampled_from(["Alice", "Bob"]), st.integers(0, 30)),
        st.tuples(st.just("remove"), st.just("Alice"), st.integers(0, 30)),
        st.tuples(st.just("top"), st.just("Alice"), st.integers(0, 30)),
        st.tuples(st.just("several"), st.just("Alice"), st.integers(0, 30)),
        st.tuples(st.just("mode"), st.sampled_from(MODES), st.just(0)),
        st.tuples(st.just("shuffle"), st.just("Alice"), st.just(0)),
        st.tuples(st.just("undo"), st.just("Alice"), st.just(0)),
        st.tuples(st.just("next"), st.just("Alice"), st.just(0)),
    ),
    max_size=12,
)


@given(gap=st.sampled_from([1 << 16, 2]), mode=st.sampled_from(MODES), script=scripts)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_announced_next_plays_next_and_every_client_sees_the_same_queue(
    told: list[Told], monkeypatch: pytest.MonkeyPatch, gap: int, mode: str, script: list[tuple[str, str, int]]
) -> None:
    for module in (playlist, queue_order):
        monkeypatch.setattr(module, "ORDER_GAP", gap)
    lounge = Lounge(order=mode)
    lounge.come("Bob", "Charlie")
    heard: list[dict[str, Any]] = []
    for number, (verb, who, count) in enumerate(script):
        told.clear()
        before = snapshot(anew(lounge.room))["queue"]
        ids = [one["id"] for one in before]
        target = ids[count % len(ids)] if ids else None
        if verb == "add":
            urls = [link(f"{number}-{n}").media_id for n in range(count)]
            lounge.call(who, "POST", "/queue", {"url": " ".join(urls)}, 201)
        elif verb == "mode":
            lounge.rule(order=who)
        elif verb == "shuffle":
            lounge.call(who, "POST", "/queue/shuffle")
        elif verb == "undo":
            with suppress(AssertionError):  # there may be nothing to undo
                lounge.call(who, "POST", "/undo")
        elif verb == "next":
            at = ids.index(current) + 1 if (current := anew(lounge.room).player.entry_id) in ids else 0
            playing = lounge.call(who, "POST", "/player/next")["entry_id"]
            assert playing == ([*ids, *ids[-1:]][at] if ids else None)
        elif target is not None and verb == "several":
            lounge.call(who, "POST", "/queue/next", {"entries": [target, ids[count // 2 % len(ids)]]})
        elif target is not None and verb == "remove":
            lounge.call(who, "DELETE", f"/queue/{target}", status=204)
        elif target is not None:
            lounge.call(who, "PATCH", f"/queue/{target}", {"vote": True} if verb == "vote" else {"after": None})
        for event in told:
            heard = applied(heard, event)
        listed = snapshot(anew(lounge.room))["queue"]
        assert heard == listed
        if verb not in ("remove", "undo"):
            assert set(ids) <= {one["id"] for one in listed}


def applied(queue: list[dict[str, Any]], event: Told) -> list[dict[str, Any]]:
    """``queue`` after an event, as a client keeps it."""
    data = event.data
    if event.event == "snapshot":
        return list(data["queue"])
    if event.event != "queue":
        return queue
    new = data.get("entries") or ([data["entry"]] if "entry" in data else [])
    if data["op"] == "replace":
        return new
    by_id = {entry["id"]: entry for entry in [*queue, *new]}
    if data["op"] == "update":
        return [by_id[entry["id"]] for entry in queue]
    ids = [entry["id"] for entry in queue if entry["id"] != data.get("entry_id")]
    if data["op"] == "order":
        ids = data["ids"]
    elif data["op"] != "remove":
        place = 0 if data["after"] is None else ids.index(data["after"]) + 1
        ids[place:place] = [data["entry_id"]] if data["op"] == "move" else [entry["id"] for entry in new]
    return [by_id[one] for one in ids]


@pytest.mark.parametrize("mode", ["fair", "votes"])
def test_a_host_controls_the_player_of_a_long_fair_queue_by_as_many_statements_as_of_a_short_one(mode: str) -> None:
    counts, read = [], []
    for length in (3, 300):
        lounge = Lounge(order=mode)
        with change(lounge.room, 1_000) as lent:
            links = [link(str(number)) for number in range(length)]
            lent.queue.add(links, 1_000, after=None, at_end=True, member=lent.members.get())
        lounge.play()
        lounge.call("Alice", "PATCH", "/player", {"position_ms": 1_000})
        with CaptureQueriesContext(connection) as queries:
            lounge.call("Alice", "PATCH", "/player", {"position_ms": 2_000})
        counts.append(len(queries))
        read.append([query["sql"] for query in queries if "is_filler" in query["sql"] and "LIMIT" not in query["sql"]])
    assert counts[0] == counts[1]
    assert not any("players_playlist" not in sql for sql in read[1])


# The end of the queue


def test_a_queue_of_one_is_repeated(lounge: Lounge) -> None:
    lounge.rule(at_end="repeat-one")
    for _ in range(5):
        last = lounge.next()
    assert last == "c1"
    assert [lounge.next(), lounge.next()] == ["c1", "c1"]


def test_what_played_before_fills_the_end_is_announced_and_gives_way_to_what_people_add(lounge: Lounge) -> None:
    lounge.rule(at_end="autofill")
    for _ in range(5):
        lounge.next()
    filler = lounge.queue[-1]
    assert (filler["autofilled"], filler["added_by"]) == (True, None)
    assert filler["title"] in ("a1", "a2", "a3", "b1", "b2")
    lounge.add("Bob", "b3")
    assert [entry["autofilled"] for entry in lounge.queue[-2:]] == [False, True]
    assert lounge.next() == "b3"
    assert lounge.next() == filler["title"]
    assert lounge.queue[-1]["autofilled"]
    assert lounge.queue[-1]["id"] != filler["id"]


def test_a_room_that_went_back_to_its_oldest_filler_goes_on_to_the_end_while_nobody_looks() -> None:
    room = make_lounge(*[60_000] * 5, at_end="autofill")
    at_ms = NOW_MS
    with change(room, at_ms) as lent:
        lent.player.play(at_ms)
    for _ in range(30):
        at_ms += 10_000
        with change(room, at_ms) as lent:
            lent.player.next(at_ms)
    fillers = [entry.pk for entry in queue_of(room) if entry.is_filler]
    with change(room, at_ms) as lent:
        oldest = lent.queue.entry(fillers[0])
        assert oldest is not None
        lent.player.jump(oldest, at_ms)
    assert settled(anew(room), at_ms + 20 * 3_600_000).player.playing
    assert fillers[0] not in [entry.pk for entry in queue_of(room)]


# Limits


def test_limits_refuse_with_a_sentence_and_exempt_hosts() -> None:
    lounge = Lounge(max_entries_a_person=2, no_repeat_within=3)
    lounge.come("Bob")
    lounge.add("Bob", "b1", "b2")
    refusal = lounge.call("Bob", "POST", "/queue", {"url": link("b3").media_id}, 422)
    assert refusal["error"]["message"] == "You have 2 entries to play; here a person has 2 at a time."
    lounge.play()
    lounge.next()
    refusal = lounge.call("Bob", "POST", "/queue", {"url": link("b1").media_id}, 422)
    assert "among the last 3 tracks" in refusal["error"]["message"]
    some = lounge.call("Bob", "POST", "/queue", {"url": f"{link('b1').media_id} {link('b3').media_id}"}, 201)
    assert ([one["title"] for one in some["items"]], len(some["refused"])) == (["b3"], 1)
    lounge.add("Alice", "b1", "a1", "a2", "a3")


def test_what_is_over_does_not_count_as_what_a_person_has_to_play() -> None:
    lounge = Lounge(max_entries_a_person=1)
    lounge.come("Bob")
    lounge.add("Bob", "b1")
    lounge.play()
    lounge.call("Bob", "POST", "/queue", {"url": link("b2").media_id}, 422)
    lounge.next()
    assert anew(lounge.room).player.ended
    lounge.add("Bob", "b2")
    assert str(anew(lounge.room).player.entry) == "b2"


def test_a_track_that_is_too_long_is_refused_or_passed_over_once_that_is_known() -> None:
    lounge = Lounge(max_length_ms=60_000)
    lounge.come("Bob")
    lounge.add("Bob", "b1")
    lounge.add("Alice", "a1", "b1")
    lounge.play()
    with change(anew(lounge.room), 1_000) as lent:
        entry = lent.queue.entry(lounge.id("b1"))
        assert entry is not None
        entry.track.length_ms = 90_000
        entry.track.save()
        entry.tell()
    assert str(anew(lounge.room).player.entry) == "a1"
    passed = lounge.call("Bob", "GET", "/log")["items"][0]
    assert (passed["kind"], passed["reason"]) == ("passed-over", "It is longer than this room allows.")
    assert lounge.next() == "b1"  # which a host added
    refusal = lounge.call("Bob", "POST", "/queue", {"url": link("b1").media_id}, 422)
    assert refusal["error"]["message"] == f"{link('b1').media_id} plays for 1:30; here a track has 1:00 at most."


# Hands


def test_a_clear_takes_out_all_or_one_persons_and_is_undone_with_votes_and_what_played(lounge: Lounge) -> None:
    lounge.call("Charlie", "PATCH", f"/queue/{lounge.id('b1')}", {"vote": True})
    before = lounge.queue
    bob = public_id(lounge.room.pk, lounge.members["Bob"].person)
    lounge.call("Charlie", "DELETE", "/queue", {"added_by": bob}, 403)
    lounge.call("Charlie", "DELETE", "/queue", status=403)
    lounge.call("Bob", "DELETE", "/queue", {"added_by": bob}, 204)
    assert lounge.titles == "a1 a2 a3 c1"
    lounge.call("Alice", "DELETE", "/queue", {"added_by": "x"}, 422)
    lounge.call("Alice", "DELETE", "/queue", status=204)
    assert (lounge.titles, anew(lounge.room).player.entry) == ("", None)
    lounge.add("Charlie", "c2")
    lounge.call("Alice", "POST", "/undo")
    assert lounge.titles == "a1 a2 a3 c1 c2"
    player = anew(lounge.room).player
    assert (str(player.entry), player.playing) == ("a1", True)
    lounge.call("Bob", "POST", "/undo")
    assert lounge.queue[:-1] == before
    lounge.call("Charlie", "PATCH", f"/queue/{lounge.id('b1')}", {"vote": False})
    assert lounge.queue[3]["votes"] == 0


@pytest.mark.parametrize("mode", MODES)
def test_a_clear_is_undone_with_what_had_played_before_it(lounge: Lounge, mode: str) -> None:
    lounge.call("Bob", "PATCH", f"/queue/{lounge.id('c1')}", {"vote": True})
    lounge.rule(order=mode)
    lounge.next()
    before = lounge.queue
    lounge.call("Alice", "DELETE", "/queue", status=204)
    lounge.call("Alice", "POST", "/undo")
    assert lounge.queue == before


def test_each_thing_is_undone_once_the_last_first_by_who_did_it(lounge: Lounge) -> None:
    queue = f"/queue/{lounge.id('a2')}"
    before = lounge.queue
    lounge.call("Alice", "PATCH", queue, {"start_ms": 5_000})
    lounge.call("Alice", "PATCH", queue, {"title": "Ours", "artist": "Us"})
    lounge.call("Alice", "PATCH", queue, {"after": lounge.id("b2")})
    lounge.call("Alice", "POST", "/queue/shuffle")
    lounge.call("Alice", "PATCH", "/player", {"position_ms": 90_000})
    lounge.call("Alice", "POST", "/player/next")
    lounge.call("Bob", "POST", "/undo", status=404)
    kinds = [lounge.call("Alice", "POST", "/undo")["items"][0]["kind"] for _ in range(6)]
    assert kinds == ["skip", "seek", "shuffle", "move", "rename", "trim"]
    assert lounge.queue == before
    player = anew(lounge.room).player
    assert (str(player.entry), player.position_ms < 60_000) == ("a1", True)
    lounge.call("Alice", "POST", "/undo", status=404)
    lounge.call("Nobody", "POST", "/undo", status=401)


def test_what_is_gone_or_too_old_is_not_undone(lounge: Lounge) -> None:
    lounge.call("Alice", "PATCH", f"/queue/{lounge.id('b1')}", {"title": "Ours"})
    lounge.call("Bob", "DELETE", f"/queue/{lounge.id('Ours')}", status=204)
    lounge.call("Alice", "POST", "/undo", status=409)
    lounge.room.log.update(at_ms=1)
    lounge.call("Alice", "POST", "/undo", status=404)
    assert lounge.titles == "a1 a2 a3 b2 c1"


def test_what_an_operator_deleted_does_not_come_back(lounge: Lounge) -> None:
    lounge.call("Alice", "DELETE", f"/queue/{lounge.id('c1')}", status=204)
    Track.objects.get(media_id=link("c1").media_id).delete()
    lounge.call("Alice", "POST", "/undo", status=409)
    assert lounge.titles == "a1 a2 a3 b1 b2"


def test_a_skip_after_a_thousand_hours_without_a_known_end_is_undone(lounge: Lounge) -> None:
    Player.objects.update(effective_at_ms=1)
    lounge.next()
    lounge.call("Alice", "POST", "/undo")
    player = anew(lounge.room).player
    assert (str(player.entry), player.position_ms) == ("a1", MAX_POSITION_MS)


def test_who_lost_the_right_cannot_undo_by_it(lounge: Lounge) -> None:
    lounge.rule(reorder="guest")
    lounge.call("Bob", "DELETE", f"/queue/{lounge.id('a2')}", status=204)
    lounge.rule(reorder="host")
    lounge.call("Bob", "POST", "/undo", status=403)
    assert "a2" not in lounge.titles


def test_to_put_ones_own_back_takes_the_right_and_the_room_to_add(lounge: Lounge) -> None:
    lounge.rule(max_entries_a_person=2)
    bob = public_id(lounge.room.pk, lounge.members["Bob"].person)
    lounge.call("Bob", "DELETE", "/queue", {"added_by": bob}, 204)
    lounge.add("Bob", "b3")
    refusal = lounge.call("Bob", "POST", "/undo", status=422)
    assert refusal["error"]["message"] == "You have 3 entries to play; here a person has 2 at a time."
    lounge.rule(max_entries_a_person=3, add="host")
    lounge.call("Bob", "POST", "/undo", status=403)
    lounge.rule(add="guest")
    lounge.call("Alice", "PATCH", f"/people/{bob}", {"muted": True})
    lounge.call("Bob", "POST", "/undo", status=403)
    lounge.call("Alice", "PATCH", f"/people/{bob}", {"muted": False})
    lounge.call("Bob", "POST", "/undo")
    assert lounge.titles == "a1 a2 a3 b1 b2 c1 b3"


def test_a_guest_takes_the_room_nowhere_by_putting_back_what_played(lounge: Lounge) -> None:
    for _ in range(3):
        lounge.next()
    lounge.call("Bob", "DELETE", f"/queue/{lounge.id('b1')}", status=204)
    lounge.call("Bob", "POST", "/undo", status=409)
    assert str(anew(lounge.room).player.entry) == "b2"
    lounge.rule(skip="guest")
    lounge.call("Bob", "POST", "/undo")
    assert str(anew(lounge.room).player.entry) == "b1"


def test_the_log_says_who_did_what_newest_first(lounge: Lounge) -> None:
    lounge.call("Bob", "DELETE", f"/queue/{lounge.id('b2')}", status=204)
    lounge.call("Bob", "POST", "/undo")
    lounge.rule(order="fair")
    items = lounge.call("Charlie", "GET", "/log")["items"]
    assert [(one["kind"], one["by"]["name"], one["title"]) for one in items[:5]] == [
        ("rules", "Host", ""),
        ("undo", "Bob", "b2"),
        ("remove", "Bob", "b2"),
        ("play", "Host", "a1"),
        ("add", "Charlie", "c1"),
    ]
    assert items[1]["by"]["id"] == public_id(lounge.room.pk, lounge.members["Bob"].person)
    assert (items[2]["undone"], items[2]["entry_id"]) == (True, lounge.id("b2"))


def test_the_log_is_bounded_and_paged(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.models.log_entry.KEPT", 60)
    for number in range(110):
        lounge.call("Alice", "PATCH", "/player", {"playing": bool(number % 2)})
    first = lounge.call("Alice", "GET", "/log")
    assert len(first["items"]) == 50
    query = first["next"].partition("?")[2]
    rest = lounge.call("Alice", "GET", f"/log?{query}")
    assert first["items"][-1]["id"] > rest["items"][0]["id"]
    assert rest["next"] is None
    assert len(first["items"]) + len(rest["items"]) <= 60 + 37


# Names and history


def test_how_to_undo_what_cannot_be_undone_any_more_is_not_kept() -> None:
    room, at_ms = make_lounge(), NOW_MS
    for _ in range(2):
        for _ in range(log_entry.TRIMMED_EVERY):
            at_ms += 1_000
            with change(room, at_ms, by="Alice") as lent:
                lent.queue.add([link("a")], at_ms, after=None, at_end=True, member=None)
            with change(room, at_ms, by="Alice") as lent:
                lent.queue.clear(at_ms)
        at_ms += log_entry.UNDO_WITHIN_MS
    kept = room.log.exclude(undo=None)
    assert kept.exists()
    assert not kept.filter(at_ms__lt=at_ms - 2 * log_entry.UNDO_WITHIN_MS).exists()


def test_hosts_and_who_added_it_rename_an_entry_and_no_other_room_sees_it(lounge: Lounge) -> None:
    other = Lounge()
    other.add("Alice", "b1")
    entry = f"/queue/{lounge.id('b1')}"
    told = lounge.call("Bob", "PATCH", entry, {"title": "  Blue\u200b  Monday ", "artist": "New Order"})
    assert (told["title"], told["artist"]) == ("Blue Monday", "New Order")
    assert other.titles == "b1"
    lounge.call("Charlie", "PATCH", entry, {"title": "Mine"}, 403)
    assert "300" in lounge.call("Alice", "PATCH", entry, {"title": "x" * 301}, 422)["error"]["message"]
    assert lounge.call("Alice", "PATCH", entry, {"title": "", "artist": ""})["title"] == "b1"


def test_the_history_says_what_played_who_added_it_and_how_it_ended(lounge: Lounge) -> None:
    lounge.next()
    now_ms = anew(lounge.room).player.effective_at_ms
    with change(anew(lounge.room), now_ms) as lent:
        assert lent.player.entry is not None
        lent.player.entry.track.length_ms = 60_000
        lent.player.entry.track.save()
        lent.note("snapshot")
    with change(anew(lounge.room), now_ms + 61_000):
        pass
    lounge.call("Alice", "DELETE", f"/queue/{anew(lounge.room).player.entry_id}", status=204)
    items = lounge.call("Bob", "GET", "/history")["items"]
    assert [(one["entry"]["title"], one["outcome"], one["added_by"]["name"]) for one in items] == [
        ("a3", "removed", "Host"),
        ("a2", "ended", "Host"),
        ("a1", "skipped", "Host"),
    ]
    assert items[1]["played_at_ms"] == now_ms
    assert [one["id"] for one in lounge.call("Bob", "GET", "/history?q=A2+media")["items"]] == [items[1]["id"]]
    assert lounge.call("Bob", "GET", "/history?q=nothing")["items"] == []


def test_the_history_of_a_private_room_is_a_members_alone(lounge: Lounge) -> None:
    Room.objects.filter(pk=lounge.room.pk).update(visibility="private")
    for path in ("/history", "/log"):
        lounge.call("Nobody", "GET", path, status=404)
