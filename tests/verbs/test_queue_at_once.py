"""People who add, vote, leave and skip at the same instant: nothing is lost, nobody starves, the announced next plays.

On PostgreSQL alone, where changes of one room really meet; SQLite has one writer.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.core.snapshot import snapshot
from tests.support.rooms import Told, anew, link
from tests.verbs.test_queue_order import MODES, Lounge, applied, told

__all__ = ["told"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]

GUESTS = ("Bob", "Charlie", "Dora")

acts = st.lists(st.sampled_from(["add", "add", "add two", "vote", "leave"]), min_size=2, max_size=6)


class Guest:
    """One person, who acts in a thread of their own and remembers what they added."""

    def __init__(self, lounge: Lounge, name: str) -> None:
        self.lounge, self.name = lounge, name
        self.added: list[int] = []
        self.taken: list[int] = []

    def act(self, script: list[str]) -> None:
        try:
            for number, act in enumerate(script):
                self._do(act, number)
        finally:
            connections.close_all()

    def _do(self, act: str, number: int) -> None:
        call = self.lounge.call
        if act.startswith("add"):
            urls = [link(f"{self.name}-{number}-{n}").media_id for n in range(2 if act == "add two" else 1)]
            answer = call(self.name, "POST", "/queue", {"url": " ".join(urls)}, 201)
            self.added += [entry["id"] for entry in answer.get("items", [answer])]
        elif act == "vote":
            others = [one["id"] for one in self.lounge.queue if one["id"] > 0]
            # Who added it may take it back meanwhile.
            if others:
                self._try("PATCH", f"/queue/{others[number % len(others)]}", {"vote": True})
        elif mine := [one for one in self.added if one not in self.taken]:
            call(self.name, "DELETE", "/queue", {"entries": mine}, 204)
            self.taken += mine

    def _try(self, method: str, path: str, body: Any) -> None:
        try:
            self.lounge.call(self.name, method, path, body)
        except AssertionError as answer:
            assert "no entry" in str(answer)  # noqa: PT017 - the only refusal that is allowed


def skip(lounge: Lounge, times: int) -> None:
    try:
        for _ in range(times):
            lounge.call("Alice", "POST", "/player/next")
    finally:
        connections.close_all()


@given(mode=st.sampled_from(MODES), scripts=st.tuples(acts, acts, acts), skips=st.integers(0, 5))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_queue_loses_nothing_and_keeps_its_order_while_all_act_at_once(
    told: list[Told], mode: str, scripts: tuple[list[str], ...], skips: int
) -> None:
    lounge = Lounge(order=mode)
    lounge.come(*GUESTS)
    lounge.add("Alice", "a1", "a2", "a3")
    lounge.play()
    begun = snapshot(anew(lounge.room))
    told.clear()
    guests = [Guest(lounge, name) for name in GUESTS]
    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(guest.act, script) for guest, script in zip(guests, scripts, strict=True)]
        done.append(threads.submit(skip, lounge, skips))
    for one in done:
        one.result()
    ended = snapshot(anew(lounge.room))
    expect_nothing_lost(begun, ended, guests)
    expect_announced_order(begun, ended, told)
    if mode == "fair":
        expect_turns(ended)


def expect_nothing_lost(begun: dict[str, Any], ended: dict[str, Any], guests: list[Guest]) -> None:
    kept = {entry["id"] for entry in begun["queue"]} | {one for guest in guests for one in guest.added}
    kept -= {one for guest in guests for one in guest.taken}
    assert Counter(entry["id"] for entry in ended["queue"]) == Counter(kept)


def expect_announced_order(begun: dict[str, Any], ended: dict[str, Any], told: list[Told]) -> None:
    """Each version once and without a gap; what was announced as next is what a skip plays."""
    told = sorted(told, key=lambda event: event.version)
    assert [event.version for event in told] == list(range(begun["version"] + 1, ended["version"] + 1))
    queue, current = begun["queue"], begun["player"]["entry_id"]
    for event in told:
        if event.event == "player" and event.data["entry_id"] != current:
            ids = [entry["id"] for entry in queue]
            assert event.data["entry_id"] == ids[ids.index(current) + 1]
        queue = applied(queue, event)
        if event.event in ("player", "snapshot"):
            player = event.data["player"] if event.event == "snapshot" else event.data
            current = player["entry_id"]
    assert queue == ended["queue"]


def expect_turns(ended: dict[str, Any]) -> None:
    """Of what waits, nobody has a second turn before everybody with an entry had their first, and so on."""
    ids = [entry["id"] for entry in ended["queue"]]
    waiting = ended["queue"][ids.index(ended["player"]["entry_id"]) + 1 :]
    left, had = Counter(str(entry["added_by"]) for entry in waiting), Counter[str]()
    for entry in waiting:
        person = str(entry["added_by"])
        had[person] += 1
        assert all(had[person] - had[other] <= 1 for other in left if had[other] < left[other])
