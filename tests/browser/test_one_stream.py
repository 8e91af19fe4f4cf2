"""The tabs of one browser share one stream for each room: one leads and relays, and another follows when it is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.support import patient
from tests.support.engine import Engine
from tests.support.engine_server import Stream
from tests.support.room_state import entry, player, state_at
from tools.patience import PATIENCE_S, until
from tools.people import Lounge
from tools.server import Server

TABS = 7
"""One more than a browser may have connections to a server over HTTP/1.1."""

CONNECT = """async ([room, options]) => {
    const { RoomStream } = await import('/static/rooms/stream/room_stream.js');
    window.stream = new RoomStream(`/api/v1/rooms/${room}/events`, options);
    window.told = [];
    window.connections = [];
    window.byes = [];
    stream.addEventListener('state', ({ detail }) => told.push([detail.name, detail.state.version]));
    stream.addEventListener('connection', ({ detail }) => connections.push(detail));
    stream.addEventListener('bye', ({ detail }) => byes.push(detail));
    stream.connect();
}"""

NO_LOCKS = "delete Navigator.prototype.locks;"
"""As in a browser that reached the room by plain HTTP."""
FORBIDDEN_LOCKS = "navigator.locks.request = () => Promise.reject(new DOMException('', 'SecurityError'));"
DEAF = """window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
        super(name);
        this.addEventListener('message', (event) => window.isDeaf && event.stopImmediatePropagation());
    }
}"""
"""A tab that misses what the others say as long as it `isDeaf`."""
LATE = """window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
        super(name);
        this.addEventListener('message', (event) => {
            if (!window.lateMs || event.isLate) return;
            event.stopImmediatePropagation();
            const late = Object.assign(new MessageEvent('message', { data: event.data }), { isLate: true });
            setTimeout(() => this.dispatchEvent(late), lateMs);
        });
    }
}"""
"""A tab that hears the others `lateMs` later."""
NO_CHANNELS = "delete window.BroadcastChannel;"
SOURCES = "window.EventSource = class extends EventSource { constructor(url) { super(url); window.source = this; } };"
"""A tab whose stream, if it has one, is its `source`."""
LEADS = "window.source?.readyState === EventSource.OPEN"
ASKING = """if (window.BroadcastChannel) window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
        super(name);
        this.addEventListener('message', ({ data }) => data.kind === 'leads' && (window.isAsking = false));
    }
    postMessage(data) {
        if (this.name.endsWith('election')) window.isAsking = data.kind === 'asks';
        super.postMessage(data);
    }
}"""
"""A tab that `isAsking` who leads may yet lead itself, though it hears another one."""
HIDDEN = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
WAYS = pytest.mark.parametrize("way", ["", NO_LOCKS], ids=["by lock", "by words"])
"""How it is decided who leads: by the browser's locks, and by words alone."""


class Tabs:
    """Tabs of Bob's browser, which runs ``script`` before anything else in each of them."""

    def __init__(self, started: Engine, script: str = "") -> None:
        self.server = started.server
        self.context: BrowserContext = started.page().context
        self.stream: Stream
        """The one by which all were live last."""
        self._begun: set[int] = set()
        """The numbers of the streams on which the first event was told."""
        self.context.add_init_script("\n".join([script, SOURCES, ASKING]))

    def open(self, version: int | None = 10, *, room: str = "lounge", identity: str = "Bob") -> Page:
        """A new tab whose page came at that version of the room."""
        page = self.blank()
        self.connect(page, version, room=room, identity=identity)
        return page

    def blank(self) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.server.url}/tests/js/blank.html")
        return page

    def connect(self, page: Page, version: int | None = 10, *, room: str = "lounge", identity: str = "Bob") -> None:
        snapshot = None if version is None else state_at(version)
        page.evaluate(CONNECT, [room, {"snapshot": snapshot, "identity": identity}])

    def live(self, count: int) -> list[Page]:
        """So many tabs with version 10, of which the first leads."""
        first = self.open()
        self.until_live(first)
        tabs = [first, *(self.open() for _ in range(count - 1))]
        self.until_live(*tabs)
        # By words another one leads if the first was too busy to answer it.
        return sorted(tabs, key=lambda tab: not tab.evaluate(LEADS))

    def until_live(self, *pages: Page, version: int = 10) -> Stream:
        """Tell the first event on each stream that is opened, until these pages are live by the only one that is left.

        Tabs that elect their leader by words give each other 200 ms, after which a second one may lead for a while, or
        for good: it is over when nobody asks any more.
        """

        def are_live() -> bool:
            for number in set(self.open_streams) - self._begun:
                self.resume(number, version)
            settled = "!window.isAsking && stream.connection === 'live'"
            return len(self.open_streams) == 1 and all(page.evaluate(settled) for page in pages)

        until(are_live, "the tabs are not live by one stream")
        self.stream = self.server.stream(self.open_streams[0])
        return self.stream

    def resume(self, number: int, version: int = 10) -> Stream:
        """The stream that was opened as ``number``-th, which has told its first event."""
        self._begun.add(number)
        stream = self.server.stream(number)
        stream.retry(100)
        stream.send("resumed", {"version": version, "server_now_ms": 0})
        return stream

    @property
    def open_streams(self) -> list[int]:
        """The numbers of the streams that are open."""
        return [number for number, stream in enumerate(self.server.streams) if not stream.is_gone.is_set()]

    def until_one_stream(self) -> int:
        """Wait until one stream is open, and return its number."""
        until(lambda: len(self.open_streams) == 1, f"{len(self.open_streams)} streams stayed open")
        return self.open_streams[0]

    def expect_one_stream(self, way: str) -> None:
        """Of all times where the lock decides; by words a second one may have been opened and given up again."""
        self.until_one_stream()
        assert way or len(self.server.streams) == 1

    @property
    def fetched(self) -> int:
        return self.server.count("/api/v1/rooms/lounge")


@pytest.fixture
def started(started: Engine) -> Engine:
    started.server.snapshot = state_at(10)
    return started


@pytest.fixture
def tabs(started: Engine) -> Tabs:
    return Tabs(started)


def wait_for_version(version: int, *tabs: Page) -> None:
    for tab in tabs:
        tab.wait_for_function(f"stream.state?.version === {version}")


def wait_for_connection(connection: str, *tabs: Page) -> None:
    for tab in tabs:
        tab.wait_for_function(f"stream.connection === '{connection}'")


def crash(page: Page) -> None:
    with suppress(Error):
        page.goto("chrome://crash", timeout=5_000)


def close(page: Page) -> None:
    page.close()


def freeze(page: Page) -> None:
    """As when the browser saves energy in a tab that was hidden for long."""
    page.evaluate("document.dispatchEvent(new Event('freeze'))")


def put_away(page: Page) -> None:
    """As when another page is opened in the tab, and the browser keeps this one for the way back."""
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")


def navigate(page: Page) -> None:
    page.goto("about:blank")


# Sharing


@WAYS
def test_the_tabs_of_one_browser_hear_everything_by_one_stream(started: Engine, way: str) -> None:
    tabs = Tabs(started, way)
    pages = tabs.live(4)
    for page in pages:
        page.evaluate("told.length = 0")
    tabs.stream.send("player", {**player(11, playing=False), "prev": 10})
    tabs.stream.send("queue", {"op": "add", "entry": entry(4), "after": 3, "version": 12, "prev": 11})
    wait_for_version(12, *pages)
    assert [page.evaluate("told") for page in pages] == [[["player", 11], ["queue", 12]]] * 4
    tabs.expect_one_stream(way)
    assert tabs.fetched == 0


@WAYS
def test_tabs_that_are_opened_at_once_agree_on_one(started: Engine, way: str) -> None:
    tabs = Tabs(started, way)
    pages = [tabs.blank() for _ in range(5)]
    for page in pages:
        page.evaluate("() => void import('/static/rooms/stream/room_stream.js')")
    for page in pages:
        tabs.connect(page)
    tabs.until_live(*pages)


def test_two_tabs_that_came_to_lead_settle_on_one_when_they_hear_of_each_other(started: Engine) -> None:
    tabs = Tabs(started, f"{NO_LOCKS}{DEAF}; window.isDeaf = true")
    first, second = tabs.open(), tabs.open()
    tabs.resume(0)
    tabs.resume(1)
    wait_for_connection("live", first, second)
    third = tabs.blank()
    for page in (first, second, third):
        page.evaluate("window.isDeaf = false")
    tabs.connect(third)  # asks who leads, and both answer
    the_one = started.server.stream(tabs.until_one_stream())
    the_one.send("player", {**player(11), "prev": 10})
    wait_for_version(11, first, second, third)


def test_two_rooms_in_one_browser_have_a_stream_each(tabs: Tabs) -> None:
    lounge = tabs.open()
    tabs.resume(0)
    kitchen = tabs.open(room="kitchen")
    tabs.resume(1)
    wait_for_connection("live", lounge, kitchen)
    tabs.server.stream(0).send("player", {**player(11), "prev": 10})
    wait_for_version(11, lounge)
    assert kitchen.evaluate("stream.state.version") == 10


@pytest.mark.parametrize("script", [NO_CHANNELS, FORBIDDEN_LOCKS], ids=["no channels", "locks are refused"])
def test_where_tabs_cannot_agree_each_has_a_stream_of_its_own(started: Engine, script: str) -> None:
    tabs = Tabs(started, script)
    pages = [tabs.open(), tabs.open()]
    for number in (0, 1):
        tabs.resume(number).send("player", {**player(11), "prev": 10})
    wait_for_connection("live", *pages)
    wait_for_version(11, *pages)


# Joining


def test_a_tab_that_joins_learns_who_is_here(tabs: Tabs) -> None:
    first, *_ = tabs.live(1)
    tabs.server.stream(0).send("people", {"listeners": 7, "items": []})
    first.wait_for_function("stream.state.people.listeners === 7")
    second = tabs.open()
    second.wait_for_function("stream.state.people.listeners === 7")
    assert tabs.fetched == 0


@pytest.mark.parametrize("version", [9, None], ids=["an older page", "a page without a snapshot"])
def test_a_tab_that_knows_less_than_the_leader_catches_up(tabs: Tabs, version: int | None) -> None:
    tabs.live(1)
    second = tabs.open(version)
    wait_for_version(10, second)
    wait_for_connection("live", second)
    assert tabs.fetched == 1
    assert len(tabs.server.streams) == 1


def test_a_tab_that_knows_more_than_the_leader_is_not_taken_back(tabs: Tabs) -> None:
    first, *_ = tabs.live(1)
    second = tabs.open(11)
    wait_for_connection("live", second)
    assert second.evaluate("stream.state.version") == 11
    tabs.server.stream(0).send("player", {**player(11), "prev": 10})
    tabs.server.stream(0).send("player", {**player(12), "prev": 11})
    wait_for_version(12, first, second)
    assert tabs.fetched == 0


@WAYS
def test_nothing_is_lost_or_reordered_while_tabs_join(started: Engine, way: str) -> None:
    """The server tells a change each 20 ms while tabs are opened with a page that is older than what was told."""
    tabs = Tabs(started, way)
    pages = tabs.live(1)
    stream, last = tabs.stream, 110

    def tell() -> None:
        for version in range(11, last + 1):
            change = player(version, position_ms=version)
            started.server.snapshot = {**state_at(version), "player": change}
            stream.send("player", {**change, "prev": version - 1})
            time.sleep(0.02)

    telling = threading.Thread(target=tell)
    telling.start()
    while telling.is_alive() and len(pages) < 5:
        pages.append(tabs.open())
    telling.join()
    wait_for_version(last, *pages)
    for page in pages:
        versions = [version for _name, version in page.evaluate("told")]
        assert versions == sorted(versions)
        assert page.evaluate("stream.state.player.position_ms") == last
    tabs.expect_one_stream(way)


# Handing over


@WAYS
@pytest.mark.parametrize("leave", [close, navigate, put_away, freeze])
def test_another_tab_takes_over_from_the_newest_version(
    started: Engine, way: str, leave: Callable[[Page], None]
) -> None:
    tabs = Tabs(started, way)
    first, *others = tabs.live(3)
    before = tabs.stream
    before.send("player", {**player(11), "prev": 10})
    wait_for_version(11, first, *others)
    leave(first)
    assert before.is_gone.wait(PATIENCE_S)
    again = tabs.until_live(*others, version=11)
    assert again.query == {"lastEventId": ["11"]}
    again.send("player", {**player(12), "prev": 11})
    wait_for_version(12, *others)
    tabs.until_one_stream()
    assert tabs.fetched == 0


@WAYS
def test_what_happens_during_the_hand_over_reaches_all(started: Engine, way: str) -> None:
    tabs = Tabs(started, way)
    first, *others = tabs.live(3)
    started.server.snapshot = state_at(12)
    first.close()
    assert tabs.stream.is_gone.wait(PATIENCE_S)
    tabs.until_live(*others, version=12).send("snapshot", state_at(12))
    wait_for_version(12, *others)
    wait_for_connection("live", *others)


@pytest.mark.parametrize("is_handed_over", [True, False], ids=["from a new leader", "from the same leader"])
def test_a_tab_that_missed_a_change_hears_of_it(started: Engine, is_handed_over: bool) -> None:
    tabs = Tabs(started, DEAF)
    first, second, third = tabs.live(3)
    third.evaluate("window.isDeaf = true")
    started.server.snapshot = state_at(11)
    started.server.stream(0).send("player", {**player(11), "prev": 10})
    wait_for_version(11, first, second)
    assert third.evaluate("stream.state.version") == 10
    third.evaluate("window.isDeaf = false")
    if is_handed_over:
        first.close()
        tabs.resume(1, 11)
    wait_for_version(11, second, third)
    wait_for_connection("live", second, third)


def test_a_leader_that_crashed_is_replaced(tabs: Tabs) -> None:
    first, *others = tabs.live(3)
    crash(first)
    tabs.resume(1)
    tabs.server.stream(1).send("player", {**player(11), "prev": 10})
    wait_for_version(11, *others)
    wait_for_connection("live", *others)
    tabs.until_one_stream()


def test_a_page_that_returns_from_where_it_was_put_away_follows(tabs: Tabs) -> None:
    first, second = tabs.live(2)
    put_away(first)
    stream = tabs.resume(1)
    tabs.server.snapshot = state_at(11)
    stream.send("player", {**player(11), "prev": 10})
    wait_for_version(11, second)
    assert first.evaluate("stream.state.version") == 10
    first.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    wait_for_version(11, first)
    wait_for_connection("live", first)
    assert tabs.until_one_stream() == 1


def test_a_tab_alone_goes_on_when_it_returns(tabs: Tabs) -> None:
    first, *_ = tabs.live(1)
    put_away(first)
    assert tabs.server.stream(0).is_gone.wait(PATIENCE_S)
    first.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert tabs.resume(1).query == {"lastEventId": ["10"]}
    wait_for_connection("live", first)


def test_a_tab_that_stops_listening_leaves_the_stream_to_the_others(tabs: Tabs) -> None:
    first, second = tabs.live(2)
    first.evaluate("stream.close()")
    tabs.resume(1).send("player", {**player(11), "prev": 10})
    wait_for_version(11, second)
    assert first.evaluate("stream.state.version") == 10


# How it stands


def test_an_interruption_shows_in_every_tab(tabs: Tabs) -> None:
    pages = tabs.live(3)
    tabs.server.stream_status, tabs.server.snapshot, tabs.server.snapshot_status = 503, None, 503
    tabs.server.stream(0).end()
    for page in pages:
        page.wait_for_function("connections.includes('catching-up')")
    wait_for_connection("lost", *pages)
    tabs.server.stream_status, tabs.server.snapshot = 200, state_at(11)
    pages[0].evaluate("window.dispatchEvent(new Event('online'))")
    tabs.until_live(*pages, version=11).send("snapshot", state_at(11))
    wait_for_version(11, *pages)


def test_a_visible_tab_relieves_a_hidden_one_whose_stream_stays_closed(tabs: Tabs) -> None:
    first, second = tabs.live(2)
    first.evaluate(HIDDEN)
    tabs.server.stream_status, tabs.server.snapshot, tabs.server.snapshot_status = 503, None, 503
    tabs.server.stream(0).end()
    wait_for_connection("lost", first, second)
    # As if the hidden one slept: it hears, and answers, but its timers do not run.
    first.evaluate("for (let id = setTimeout(() => {}); id > 0; id -= 1) clearTimeout(id)")
    tabs.server.stream_status, tabs.server.snapshot = 200, state_at(10)
    tabs.until_live(first, second)


def test_beats_keep_a_tab_live_that_only_follows(tabs: Tabs) -> None:
    """A hidden tab does not ask before a beat is overdue; what it hears by the leader is enough."""
    tabs.live(1)
    second = tabs.blank()
    second.clock.install()
    tabs.connect(second)
    wait_for_connection("live", second)
    second.evaluate(HIDDEN)
    for beat in range(1, 5):
        tabs.server.stream(0).send("people", {"listeners": beat, "items": []})
        second.wait_for_function(f"stream.state.people.listeners === {beat}")
        second.clock.run_for(15_000)
    assert second.evaluate("connections") == ["live"]
    assert len(tabs.server.streams) == 1


@WAYS
def test_a_bye_ends_every_tab_for_good(started: Engine, way: str) -> None:
    tabs = Tabs(started, way)
    tabs.context.clock.install()
    pages = tabs.live(3)
    opened = len(started.server.streams)
    tabs.stream.send("bye", {"reason": "kicked"})
    tabs.stream.end()
    wait_for_connection("lost", *pages)
    for page in pages:  # longer than any of them would wait before it asked again
        page.clock.run_for(60_000)
    assert [page.evaluate("byes") for page in pages] == [["kicked"]] * 3
    assert len(started.server.streams) == opened


@pytest.mark.parametrize(
    ("late_ms", "most_streams"),
    [pytest.param(100, 1, id="before another leads"), pytest.param(1_500, 3, id="when another leads")],
)
def test_a_bye_ends_a_tab_that_hears_it_late(started: Engine, late_ms: int, most_streams: int) -> None:
    tabs = Tabs(started, LATE)
    pages = tabs.live(3)
    for page in pages:
        page.evaluate(f"window.lateMs = {late_ms}")
    started.server.stream(0).send("bye", {"reason": "kicked"})
    started.server.stream(0).end()
    for page in pages:
        page.wait_for_function("byes.length > 0")
    assert [page.evaluate("byes") for page in pages] == [["kicked"]] * 3
    wait_for_connection("lost", *pages)
    assert len(started.server.streams) <= most_streams


def test_a_refusal_for_good_ends_every_tab_at_once(tabs: Tabs) -> None:
    pages = tabs.live(3)
    tabs.server.stream_status, tabs.server.snapshot, tabs.server.snapshot_status = 404, None, 404
    tabs.server.stream(0).end()
    wait_for_connection("lost", *pages)
    assert [page.evaluate("byes") for page in pages] == [["gone"]] * 3
    assert tabs.fetched == 1


# Who it is


def test_a_page_made_for_somebody_else_has_the_stream_opened_as_them(tabs: Tabs) -> None:
    pages = tabs.live(2)
    pages.append(tabs.open(identity="Robert"))
    assert tabs.resume(1).query == {"lastEventId": ["10"]}
    wait_for_connection("live", *pages)
    tabs.until_one_stream()
    pages.append(tabs.open(identity="Robert"))
    wait_for_connection("live", *pages)
    assert len(tabs.server.streams) == 2


# A real server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Bob's browser."""
    context = browser.new_context()
    yield context
    context.close()


def windows(context: BrowserContext, lounge: Lounge, count: int) -> list[Page]:
    """So many tabs on the lounge, all of them live."""
    pages = [context.new_page() for _ in range(count)]
    for page in pages:
        page.goto(f"{lounge.server.url}/r/{lounge.slug}", wait_until="commit")
    for page in pages:
        wait_until_live(page)
    return pages


def take_leader(pages: list[Page]) -> Page:
    """Take the tab that leads, as soon as one does, out of ``pages``; needs SOURCES."""

    def leading() -> list[Page]:
        return [page for page in pages if page.evaluate(LEADS)]

    # What the last leader told on its way out, all know before another leads.
    found: list[Page] = []

    def is_one() -> bool:
        found[:] = leading()
        return len(found) == 1

    until(is_one, "Not one of the tabs leads.")
    pages.remove(found[0])
    return found[0]


def wait_until_live(page: Page) -> None:
    page.wait_for_selector("[data-part=connection][data-state=live]")


def rename(lounge: Lounge, name: str) -> None:
    """Alice gives her room another name, which everybody sees."""
    renamed = lounge.alice.patch(lounge.path, json={"name": name})
    assert renamed.status_code == 200, renamed.text


def wait_for_name(name: str, *pages: Page) -> None:
    for page in pages:
        page.wait_for_function(
            "(name) => document.querySelector('[data-part=room-name]').textContent === name", arg=name
        )


def streams(server: Server) -> float:
    lines = patient.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("musicrooms_listeners "))


def until_streams(server: Server, count: int) -> None:
    until(lambda: streams(server) == count, f"{streams(server)} streams are open; {count} should be")


@WAYS
def test_more_tabs_than_connections_follow_the_host_by_one_stream_and_can_still_call(
    server: Server, context: BrowserContext, way: str
) -> None:
    if way:
        context.add_init_script(way)
    lounge = Lounge.open(server)
    pages = windows(context, lounge, TABS)
    until_streams(server, 1)
    rename(lounge, "Everybody's")
    wait_for_name("Everybody's", *pages)
    for page in pages:
        status = page.evaluate("fetch('/api/v1/time', { signal: AbortSignal.timeout(60_000) }).then((it) => it.status)")
        assert status == 200
    until_streams(server, 1)


@WAYS
def test_no_change_is_lost_while_one_leader_after_the_other_closes(
    server: Server, context: BrowserContext, way: str
) -> None:
    """Alice renames her room at the very moment at which the leading tab closes."""
    context.add_init_script(way + SOURCES)
    lounge = Lounge.open(server)
    pages = windows(context, lounge, 6)
    for round_ in range(1, 5):
        leader = take_leader(pages)
        renaming = threading.Thread(target=rename, args=(lounge, f"Round {round_}"))
        renaming.start()
        leader.close()
        renaming.join()
        wait_for_name(f"Round {round_}", *pages)
    until_streams(server, 1)


def test_a_crashed_tab_leaves_the_others_in_the_room(server: Server, context: BrowserContext) -> None:
    context.add_init_script(SOURCES)
    lounge = Lounge.open(server)
    others = windows(context, lounge, 3)
    crash(take_leader(others))
    rename(lounge, "Still there")
    wait_for_name("Still there", *others)
    until_streams(server, 1)


def test_whoever_comes_back_as_another_guest_is_here_as_that_one(server: Server, context: BrowserContext) -> None:
    """The stream was opened by a person whom the browser has forgotten: it must not go on in their name."""
    lounge = Lounge.open(server)
    first, *_ = windows(context, lounge, 1)
    before = first.locator("main.room").get_attribute("data-me")
    context.clear_cookies()
    second, *_ = windows(context, lounge, 1)
    now = second.locator("main.room").get_attribute("data-me")
    assert before != now

    def names() -> list[str]:
        return [one["name"] for one in lounge.snapshot()["people"]["items"] if one["state"] != "away"]

    until(lambda: names() == [now], f"{names()} are here; only {now} should be")
    assert streams(server) == 1
