"""A room as the browser hears it, in a real browser over a scripted stream."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.support.engine import Engine
from tests.support.engine_server import Stream
from tests.support.room_state import entry, player, state_at
from tools.patience import PATIENCE_S, until

ROOM = "/api/v1/rooms/lounge"

CONNECT = """async (snapshot) => {
    const { RoomStream } = await import('/static/rooms/stream/room_stream.js');
    window.stream = new RoomStream('/api/v1/rooms/lounge/events', { snapshot });
    window.told = [];
    window.connections = [];
    window.byes = [];
    stream.addEventListener('state', ({ detail }) => told.push([detail.name, detail.state.version]));
    stream.addEventListener('connection', ({ detail }) => connections.push(detail));
    stream.addEventListener('bye', ({ detail }) => byes.push(detail));
    stream.connect();
}"""


@pytest.fixture
def started(started: Engine) -> Engine:
    started.server.snapshot = state_at(10)
    return started


@pytest.fixture
def page(started: Engine) -> Page:
    """Bob's page, connected, with the state at version 10."""
    page = started.page()
    page.clock.install()
    page.evaluate(CONNECT, state_at(10))
    stream = started.server.stream(0)
    stream.retry(100)
    stream.send("resumed", {"version": 10, "server_now_ms": started.server.now_ms})
    page.wait_for_function("stream.connection === 'live'")
    return page


def the(started: Engine, number: int = 0) -> Stream:
    return started.server.stream(number)


def version(page: Page) -> Any:
    return page.evaluate("stream.state.version")


def wait_for_version(page: Page, version: int) -> None:
    page.wait_for_function(f"stream.state?.version === {version}")


def fetched(started: Engine) -> int:
    return started.server.count(ROOM)


# Hearing


def test_a_page_that_came_with_its_snapshot_asks_only_for_what_is_newer(started: Engine, page: Page) -> None:
    assert the(started).query == {"lastEventId": ["10"]}
    assert fetched(started) == 0


def test_a_page_without_a_snapshot_waits_for_the_streams(started: Engine) -> None:
    page = started.page()
    page.evaluate(CONNECT, None)
    assert the(started).query == {}
    assert page.evaluate("stream.state") is None
    the(started).send("snapshot", state_at(4))
    wait_for_version(page, 4)
    assert fetched(started) == 0


def test_what_happens_is_told_once_with_the_state_it_led_to(started: Engine, page: Page) -> None:
    change = {**player(11, playing=False), "prev": 10, "by": "Alice", "advance_at_ms": None}
    the(started).send("player", change)
    the(started).send("player", change)
    the(started).send("queue", {"op": "add", "entry": entry(4), "after": 3, "version": 12, "prev": 11})
    wait_for_version(page, 12)
    assert page.evaluate("told") == [["player", 11], ["queue", 12]]
    assert page.evaluate("stream.state.player.playing") is False
    assert page.evaluate("stream.state.queue.length") == 4


def test_the_hosts_own_answer_counts_at_once_and_its_event_changes_nothing_more(started: Engine, page: Page) -> None:
    page.evaluate("(player) => stream.apply(player)", player(11, position_ms=5_000))
    assert page.evaluate("stream.state.player.position_ms") == 5_000
    the(started).send("player", {**player(11, position_ms=5_000), "prev": 10})
    wait_for_version(page, 11)
    assert page.evaluate("stream.state.player.position_ms") == 5_000
    assert fetched(started) == 0


def test_an_answer_that_comes_after_its_event_takes_nobody_back(started: Engine, page: Page) -> None:
    the(started).send("player", {**player(11, position_ms=1), "prev": 10})
    the(started).send("player", {**player(12, position_ms=2), "prev": 11})
    wait_for_version(page, 12)
    page.evaluate("(player) => stream.apply(player)", player(11, position_ms=1))
    assert page.evaluate("stream.state.player.position_ms") == 2


def test_an_answer_hides_no_change_of_somebody_else(started: Engine, page: Page) -> None:
    """Bob added a track while Alice's call changed nothing: her answer names the version of his change."""
    page.evaluate("(player) => stream.apply(player)", player(11))
    the(started).send("queue", {"op": "add", "entry": entry(4), "after": 3, "version": 11, "prev": 10})
    page.wait_for_function("stream.state.queue.length === 4")


# Gaps


def test_a_gap_fetches_the_snapshot_and_loses_nothing_that_came_meanwhile(started: Engine, page: Page) -> None:
    started.server.snapshot = state_at(12)
    the(started).send("player", {**player(12), "prev": 11})
    the(started).send("queue", {"op": "remove", "entry_id": 2, "version": 13, "prev": 12})
    wait_for_version(page, 13)
    assert page.evaluate("stream.state.queue.map(({ id }) => id)") == [1, 3]
    assert fetched(started) == 1
    page.wait_for_function("stream.connection === 'live'")


def test_a_beat_of_a_version_that_never_comes_fetches_the_snapshot(started: Engine, page: Page) -> None:
    started.server.snapshot = state_at(11)
    the(started).send("tick", {"version": 11, "server_now_ms": 0})
    wait_for_version(page, 11)
    assert fetched(started) == 1


def test_a_beat_that_overtakes_its_event_fetches_nothing(started: Engine, page: Page) -> None:
    the(started).send("tick", {"version": 11, "server_now_ms": 0})
    the(started).send("player", {**player(11), "prev": 10})
    wait_for_version(page, 11)
    page.clock.run_for(10_000)
    assert fetched(started) == 0


def test_a_server_that_forgot_the_newest_versions_is_believed_after_two_beats(started: Engine, page: Page) -> None:
    started.server.snapshot = state_at(8)
    the(started).send("tick", {"version": 8, "server_now_ms": 0})
    the(started).send("people", {"listeners": 3, "items": []})
    page.wait_for_function("stream.state.people.listeners === 3")  # so the beat before it has been heard
    page.clock.run_for(10_000)
    assert version(page) == 10
    the(started).send("tick", {"version": 8, "server_now_ms": 0})
    wait_for_version(page, 8)


def test_a_snapshot_that_cannot_be_fetched_is_fetched_later(started: Engine, page: Page) -> None:
    started.server.snapshot, started.server.snapshot_status = None, 503
    the(started).send("player", {**player(12), "prev": 11})
    page.wait_for_function("stream.connection === 'catching-up'")
    until(lambda: fetched(started) > 0, "nobody asks for the snapshot")
    started.server.snapshot = state_at(12)
    page.clock.run_for(10_000)
    wait_for_version(page, 12)
    page.wait_for_function("stream.connection === 'live'")


# Coming back


def test_a_polite_end_is_followed_by_the_browsers_own_return(started: Engine, page: Page) -> None:
    the(started).send("player", {**player(11), "prev": 10})
    wait_for_version(page, 11)
    the(started).end()
    again = the(started, 1)
    assert again.last_event_id == "11"
    again.send("resumed", {"version": 11, "server_now_ms": 0})
    page.wait_for_function("stream.connection === 'live'")
    assert page.evaluate("connections") == ["live", "catching-up", "live"]


@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (403, "right withdrawn"), (401, "right withdrawn")])
def test_a_refusal_for_good_is_a_bye(started: Engine, page: Page, status: int, reason: str) -> None:
    started.server.stream_status, started.server.snapshot, started.server.snapshot_status = status, None, status
    the(started).end()
    page.wait_for_function("byes.length > 0")
    assert page.evaluate("byes") == [reason]


def test_a_refusal_for_now_is_tried_again(started: Engine, page: Page) -> None:
    started.server.stream_status, started.server.snapshot, started.server.snapshot_status = 429, None, 429
    the(started).end()
    page.wait_for_function("connections.at(-1) === 'catching-up'")
    until(lambda: started.server.count(f"{ROOM}/events") > 1, "nobody asks for the stream again")
    started.server.stream_status, started.server.snapshot = 200, state_at(11)
    page.clock.run_for(30_000)
    # The first is asked for and left again: an EventSource does not tell whether it was refused because of a full room.
    the(started, 2).send("resumed", {"version": 11, "server_now_ms": 0})
    page.wait_for_function("stream.connection === 'live'")
    assert version(page) == 11
    assert page.evaluate("byes") == []


def test_a_bye_ends_the_stream_for_good(started: Engine, page: Page) -> None:
    the(started).send("bye", {"reason": "kicked"})
    the(started).end()
    page.wait_for_function("byes.length > 0")
    page.clock.run_for(120_000)
    assert page.evaluate("byes") == ["kicked"]
    assert len(started.server.streams) == 1


def test_a_closed_stream_lets_go_of_its_connection_and_can_connect_again(started: Engine, page: Page) -> None:
    page.evaluate("stream.close()")
    assert the(started).is_gone.wait(PATIENCE_S)
    page.evaluate("stream.connect()")
    the(started, 1).send("resumed", {"version": 10, "server_now_ms": 0})


def test_a_silent_stream_is_left_for_another(started: Engine) -> None:
    """Forty seconds without a beat pass in a moment, since the page's timers are wound on."""
    page = started.page()
    page.clock.install(time=0)
    page.clock.pause_at(1)  # of the seconds between two beats none passes by itself
    page.evaluate(CONNECT, state_at(10))
    the(started).send("resumed", {"version": 10, "server_now_ms": 0})
    page.wait_for_function("stream.connection === 'live'")
    page.clock.run_for(35_000)
    assert len(started.server.streams) == 1
    page.clock.run_for(15_000)
    again = the(started, 1)
    assert again.query == {"lastEventId": ["10"]}
    assert the(started).is_gone.wait(PATIENCE_S)
    again.send("resumed", {"version": 10, "server_now_ms": 0})
    page.wait_for_function("stream.connection === 'live'")
    assert "catching-up" in page.evaluate("connections")


def test_beats_keep_a_stream_alive(started: Engine) -> None:
    page = started.page()
    page.clock.install()
    page.evaluate(CONNECT, state_at(10))
    for beat in range(1, 7):
        the(started).send("people", {"listeners": beat, "items": []})
        page.wait_for_function(f"stream.state.people.listeners === {beat}")
        page.clock.run_for(15_000)
    assert len(started.server.streams) == 1


def test_a_connection_that_stays_away_is_lost_and_comes_back(started: Engine) -> None:
    page = started.page()
    page.clock.install()
    started.server.stream_status, started.server.snapshot, started.server.snapshot_status = 503, None, 503
    page.evaluate(CONNECT, state_at(10))
    page.clock.run_for(9_000)
    page.wait_for_function("stream.connection === 'lost'")
    started.server.stream_status, started.server.snapshot = 200, state_at(11)
    page.evaluate("window.dispatchEvent(new Event('online'))")

    def is_live_when_told() -> bool:
        """By whichever stream is the last: an attempt of the page's own may have been under way."""
        started.server.streams[-1].send("snapshot", state_at(11))
        return bool(page.evaluate("stream.connection") == "live")

    the(started)
    until(is_live_when_told, "the stream is not live")
    assert version(page) == 11


def test_a_stream_that_is_back_is_live_whatever_became_of_the_question_for_it(started: Engine) -> None:
    page = started.page()
    page.clock.install()
    asked: list[Route] = []
    page.route(f"**{ROOM}", lambda route: asked.append(route))
    started.server.stream_status = 503
    page.evaluate(CONNECT, state_at(10))
    page.clock.run_for(5_000)
    until(lambda: bool(page.evaluate("stream.connection") and asked), "nobody asks whether the room may be read")
    started.server.stream_status = 200
    page.evaluate("window.dispatchEvent(new Event('online'))")
    the(started).send("snapshot", state_at(11))
    page.wait_for_function("stream.connection === 'live'")
    asked[0].abort()
    the(started).send("player", {**player(12), "prev": 11})
    wait_for_version(page, 12)
    assert page.evaluate("stream.connection") == "live"
