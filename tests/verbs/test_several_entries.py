"""Several entries at once: taken out or played next as one change, told by one line of the log, undone by one call."""

from __future__ import annotations

from typing import Any

import pytest

from rooms.core.change import change
from tests.support.rooms import NOW_MS, anew, make_lounge, queue_of
from tests.verbs.test_queue_order import Lounge, lounge, told

__all__ = ["lounge", "told"]

pytestmark = pytest.mark.django_db(transaction=True)


def ids(lounge: Lounge, titles: str) -> list[int]:
    return [lounge.id(title) for title in titles.split()]


def undo(lounge: Lounge, name: str = "Alice") -> None:
    lounge.call(name, "POST", "/undo")


def test_several_are_taken_out_and_come_back_by_one_undo(lounge: Lounge) -> None:
    before, version = lounge.titles, lounge.call("Alice", "GET", "/queue")["version"]
    lounge.call("Alice", "DELETE", "/queue", {"entries": ids(lounge, "a1 b1 c1")}, 204)
    after = lounge.call("Alice", "GET", "/queue")
    assert (lounge.titles, after["version"]) == ("a2 a3 b2", version + 1)
    assert lounge.call("Alice", "GET", "/player")["entry"]["title"] == "a2"
    line = lounge.call("Alice", "GET", "/log")["items"][0]
    assert (line["kind"], line["count"], line["undoable"]) == ("remove", 3, True)
    undo(lounge)
    assert lounge.titles == before
    assert lounge.call("Alice", "GET", "/player")["entry"]["title"] == "a1"


@pytest.mark.parametrize("order", ["queue", "fair", "votes", "shuffle"])
def test_several_play_next_in_their_order_in_every_mode_and_go_back(lounge: Lounge, order: str) -> None:
    lounge.rule(order=order)
    lounge.next()  # so that one has played, and may be played again
    before = lounge.titles
    plays, waiting = before.split()[1], before.split()[2:]
    chosen = [waiting[3], "a1", waiting[1]]
    lounge.call("Alice", "POST", "/queue/next", {"entries": [lounge.id(one) for one in chosen]})
    assert lounge.titles.split()[:4] == [plays, *chosen]
    assert sorted(lounge.titles.split()) == sorted(before.split())
    undo(lounge)
    assert lounge.titles == before
    assert [lounge.next() for _ in waiting] == waiting


def test_what_is_next_already_is_no_change(lounge: Lounge) -> None:
    lounge.call("Alice", "POST", "/queue/next", {"entries": ids(lounge, "b1 c1")})
    version = lounge.call("Alice", "GET", "/queue")["version"]
    again = lounge.call("Alice", "POST", "/queue/next", {"entries": ids(lounge, "b1 c1 b1")})
    assert (again["version"], lounge.titles) == (version, "a1 b1 c1 a2 a3 b2")


def test_several_of_which_one_ended_while_nobody_looked_are_taken_out() -> None:
    room = make_lounge(60_000, 60_000, 60_000)
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS)
    at_ms = NOW_MS + 90_000  # the second plays by now, and the database names the first
    with change(room, at_ms) as lent:
        lent.queue.remove_all(list(lent.queue.listed())[:2], at_ms)
    assert [entry.pk for entry in queue_of(room)] == [anew(room).player.entry_id]


def test_people_take_out_their_own_alone(lounge: Lounge) -> None:
    before = lounge.titles
    refusal = lounge.call("Bob", "DELETE", "/queue", {"entries": ids(lounge, "b1 a2")}, 403)
    assert refusal["error"]["code"] == "forbidden"
    lounge.call("Bob", "POST", "/queue/next", {"entries": ids(lounge, "b1 b2")}, 403)
    assert lounge.titles == before
    lounge.call("Bob", "DELETE", "/queue", {"entries": ids(lounge, "b1 b2")}, 204)
    assert lounge.titles == "a1 a2 a3 c1"
    undo(lounge, "Bob")
    assert lounge.titles == before


def test_one_that_is_not_there_refuses_them_all(lounge: Lounge) -> None:
    before = lounge.titles
    for method, path in (("DELETE", "/queue"), ("POST", "/queue/next")):
        refusal = lounge.call("Alice", method, path, {"entries": [*ids(lounge, "b1"), 999_999]}, 404)
        assert "no entry 999999" in refusal["error"]["message"]
    wrong: list[dict[str, Any]] = [{"entries": []}, {"entries": ids(lounge, "b1"), "added_by": "somebody"}]
    for body in wrong:
        lounge.call("Alice", "DELETE", "/queue", body, 422)
    assert lounge.titles == before


def test_the_log_marks_what_an_undo_of_the_caller_would_undo(lounge: Lounge) -> None:
    lounge.call("Bob", "DELETE", f"/queue/{lounge.id('b2')}", status=204)
    lounge.call("Alice", "DELETE", f"/queue/{lounge.id('a3')}", status=204)
    lounge.add("Alice", "a4")

    def marked(name: str) -> list[str]:
        return [line["title"] for line in lounge.call(name, "GET", "/log")["items"] if line["undoable"]]

    assert (marked("Alice"), marked("Bob"), marked("Charlie")) == (["a3"], ["b2"], [])
    undo(lounge)
    assert "a3" not in marked("Alice")
