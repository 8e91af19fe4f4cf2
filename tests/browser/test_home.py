"""The home page in a real browser: what plays is told while it is looked at, and where one was is remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server, served

A = "https://media.example.org/Dusk.mp3"
OWN_STREAMS = """
window.opened = 0;
window.EventSource = class extends EventSource { constructor(url) { super(url); window.opened += 1; } };
"""
REMEMBER = """(rooms) => localStorage.setItem('musicrooms.visits', JSON.stringify(
  rooms.map(({ slug, name, created_at_ms }) => ({ slug, name, createdAtMs: created_at_ms, atMs: Date.now() }))
))"""
NO_STREAM = """
window.EventSource = class extends EventTarget {
    static OPEN = 1;
    static CLOSED = 2;
    readyState = 0;
    close() {}
};
"""


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """A server without any room."""
    with served(prepared, tmp_path) as server:
        yield server


@pytest.fixture
def home(site: Server, browser: Browser) -> Iterator[Page]:
    window = Window.open(browser, site.url, "/")
    yield window.page
    window.close()


def names(page: Page) -> list[str]:
    return page.locator(".card-name").all_inner_texts()


def stop_the_clock(context: BrowserContext) -> None:
    """Its pages' timers run only where the test winds them on, however long the machine takes in between."""
    context.clock.install(time=0)
    context.clock.pause_at(1)


# What plays


def test_a_new_room_grows_into_place_and_a_closed_one_leaves(site: Server, home: Page) -> None:
    expect(home.get_by_text("It is quiet.")).to_be_visible()
    lounge = Lounge.open(site)
    expect(home.locator(".card-name")).to_have_text(["Lounge"])
    expect(home.get_by_text("It is quiet.")).to_be_hidden()
    lounge.alice.delete(lounge.path)
    expect(home.locator(".card")).to_have_count(0)
    expect(home.get_by_text("It is quiet.")).to_be_visible()


def test_a_cover_says_what_plays_and_how_many_listen_as_it_is_now(site: Server, home: Page) -> None:
    lounge = Lounge.open(site)
    card = home.locator(".card")
    expect(card).to_contain_text("Waiting for the first track")
    lounge.add(A)
    lounge.control(playing=True)
    expect(card.locator(".card-track")).to_have_text("Dusk")
    with lounge.bob():
        expect(card.locator(".card-here")).to_have_text("1 here")
        lounge.control(playing=False)
        expect(card.locator(".card-track")).to_have_text("Paused · Dusk")
    expect(card.locator(".card-here")).to_be_hidden()


def test_a_cover_leads_into_its_room(site: Server, home: Page) -> None:
    lounge = Lounge.open(site, name="늦은 밤")
    home.locator(".card a").click()
    expect(home).to_have_url(re.compile("/r/"))
    expect(home.locator(".bar-name")).to_have_text("늦은 밤")
    assert lounge.slug


def test_nothing_moves_under_the_pointer(site: Server, browser: Browser) -> None:
    rooms = [Lounge.open(site, name=name) for name in ("Attic", "Bar", "Cellar")]
    window = Window.open(browser, site.url, "/?all=1")
    page = window.page
    expect(page.locator(".card-name")).to_have_text(before := ["Cellar", "Bar", "Attic"])
    page.locator(".card").nth(1).hover()
    dune = Lounge.open(site, name="Dune")
    dune.add(A)
    dune.control(playing=True)
    rooms[0].alice.patch(rooms[0].path, json={"name": "Attic at dusk"})
    gone = rooms[2]
    gone.alice.delete(gone.path)
    expect(page.locator(".card.is-gone")).to_have_count(1)
    expect(page.get_by_text("Attic at dusk")).to_be_visible()
    assert [name.removesuffix(" at dusk") for name in names(page)] == before
    page.mouse.move(0, 0)
    expect(page.locator(".card-name").filter(has_text="Dune")).to_be_visible()
    expect(page.locator(".card-name").filter(has_text="Cellar")).to_have_count(0)
    window.close()


def test_those_that_stay_keep_their_order(site: Server, browser: Browser) -> None:
    rooms = [Lounge.open(site, name=name) for name in ("Attic", "Bar", "Cellar")]
    window = Window.open(browser, site.url, "/?all=1")
    page = window.page
    expect(page.locator(".card-name")).to_have_text(["Cellar", "Bar", "Attic"])
    rooms[0].add(A)
    rooms[0].control(playing=True)
    expect(page.locator(".card", has_text="Attic").locator(".card-track")).to_have_text("Dusk")
    assert names(page) == ["Cellar", "Bar", "Attic"]
    page.reload()
    assert names(page)[0] == "Attic"
    window.close()


def test_all_tabs_of_a_browser_share_one_stream(site: Server, browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(OWN_STREAMS)
    # A tab whose leader is too busy to answer within seconds would lead itself.
    stop_the_clock(context)
    tabs = [Window.of(context, site.url, "/").page for _ in range(8)]
    lounge = Lounge.open(site)
    for tab in tabs:
        expect(tab.locator(".card-name")).to_have_text(["Lounge"])
    assert sum(tab.evaluate("opened") for tab in tabs) == 1
    leader = next(tab for tab in tabs if tab.evaluate("opened"))
    tabs.remove(leader)
    leader.close()
    lounge.alice.patch(lounge.path, json={"name": "Lounge at dusk"})
    for tab in tabs:
        expect(tab.locator(".card-name")).to_have_text(["Lounge at dusk"])
    context.close()


def test_without_a_stream_the_rooms_are_asked_for_quietly(site: Server, browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(NO_STREAM)
    stop_the_clock(context)
    window = Window.of(context, site.url, "/")
    page = window.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    Lounge.open(site)
    page.clock.run_for(20_000)
    assert asked == []
    page.clock.run_for(15_000)
    expect(page.locator(".card-name")).to_have_text(["Lounge"])
    assert len(asked) == 1
    window.close()


# Search


def test_a_search_finds_rooms_while_somebody_types(site: Server, browser: Browser) -> None:
    for name in ("Attic", "Bar", "Bar at dusk"):
        Lounge.open(site, name=name)
    window = Window.open(browser, site.url, "/")
    page = window.page
    page.get_by_role("searchbox").press_sequentially("bar")
    expect(page.locator(".card")).to_have_count(2)
    expect(page.get_by_role("heading", name="Rooms like “bar”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?search=bar$"))
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No public room is called that.")).to_be_visible()
    page.get_by_role("link", name="Show them all").click()
    expect(page.locator(".card")).to_have_count(3)
    assert page.url.endswith("/")
    window.close()


def test_what_was_searched_for_stays_while_rooms_change(site: Server, browser: Browser) -> None:
    bar = Lounge.open(site, name="Bar")
    window = Window.open(browser, site.url, "/?search=bar")
    Lounge.open(site, name="Attic")
    bar.add(A)
    bar.control(playing=True)
    expect(window.page.locator(".card-track")).to_have_text(["Dusk"])
    assert names(window.page) == ["Bar"]
    window.close()


# Starting


def test_a_room_is_started_in_one_step_with_its_link_to_share(site: Server, home: Page) -> None:
    home.get_by_label("Name your room").fill("Alice and friends")
    home.keyboard.press("Enter")
    expect(home.locator(".bar .badge")).to_have_text("Host")
    link = home.get_by_label("Whoever opens this link hears what you hear.").first
    expect(link).to_be_visible()
    expect(link).to_have_value(re.compile(f"^{re.escape(site.url)}/r/alice-and-friends-[0-9a-f]+$"))
    expect(home.locator(".welcome").get_by_placeholder("Paste a link")).to_be_visible()


# Where one was


def visited(page: Page) -> list[str]:
    return page.locator(".visit-name").all_inner_texts()


def test_the_rooms_that_one_was_in_are_remembered_newest_first(server: Server, browser: Browser) -> None:
    rooms = [Lounge.open(server, name=name, visibility="unlisted") for name in ("Attic", "Bar", "Cellar")]
    window = Window.open(browser, server.url, *(f"/r/{room.slug}" for room in rooms), f"/r/{rooms[0].slug}", "/")
    expect(window.page.locator(".visit")).to_have_count(3)
    assert visited(window.page) == ["Attic", "Cellar", "Bar"]
    window.page.locator(".visit").get_by_role("link", name="Cellar").click()
    expect(window.page.locator(".bar-name")).to_have_text("Cellar")
    expect(window.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    window.page.go_back()
    until(lambda: visited(window.page) == ["Cellar", "Attic", "Bar"], "the newest room is not the first")
    window.close()


def test_twelve_rooms_are_remembered_and_no_more(server: Server, browser: Browser) -> None:
    window = Window.open(browser, server.url, "/")
    rooms = [Lounge.open(server, name=f"Room {number}", visibility="unlisted") for number in range(13)]
    window.page.evaluate(REMEMBER, [room.snapshot()["room"] for room in reversed(rooms[:12])])
    window.page.goto(f"{server.url}/r/{rooms[12].slug}")
    expect(window.page.locator(".live")).to_have_attribute("data-state", "live")
    window.page.goto(server.url)
    expect(window.page.locator(".visit-name")).to_have_text([f"Room {number}" for number in range(12, 0, -1)])
    window.close()


def test_rooms_are_forgotten_one_by_one_and_all(server: Server, browser: Browser) -> None:
    rooms = [Lounge.open(server, name=name, visibility="unlisted") for name in ("Attic", "Bar", "Cellar")]
    window = Window.open(browser, server.url, *(f"/r/{room.slug}" for room in rooms), "/")
    page = window.page
    page.get_by_role("button", name="Forget Bar").click()
    expect(page.locator(".visit-name")).to_have_text(["Cellar", "Attic"])
    page.reload()
    expect(page.locator(".visit-name")).to_have_text(["Cellar", "Attic"])
    page.get_by_role("button", name="Forget all").click()
    expect(page.locator(".recent")).to_be_hidden()
    page.reload()
    expect(page.locator(".playing")).to_be_visible()
    assert visited(page) == []
    window.close()


def test_rooms_that_are_gone_vanish_also_when_another_has_their_name(site: Server, browser: Browser) -> None:
    attic, bar, cellar = (Lounge.open(site, name=name) for name in ("Attic", "Barn", "Cellar"))
    window = Window.open(browser, site.url, *(f"/r/{room.slug}" for room in (attic, bar, cellar)))
    attic.alice.delete(attic.path)
    bar.alice.delete(bar.path)
    assert site.client().post("/rooms", json={"name": "Barn", "visibility": "public"}).json()["slug"] == bar.slug
    window.page.goto(site.url)
    expect(window.page.locator(".visit-name")).to_have_text(["Cellar"])
    window.close()


def test_what_plays_is_shown_of_public_rooms_alone(site: Server, browser: Browser) -> None:
    rooms = [Lounge.open(site, name=kind, visibility=kind) for kind in ("public", "unlisted")]
    window = Window.open(browser, site.url, *(f"/r/{room.slug}" for room in rooms), "/")
    # Only now: a listener would find that there is no such file.
    for room in rooms:
        room.add(A)
        room.control(playing=True)
    window.page.reload()
    expect(window.page.locator(".visit", has_text="public")).to_contain_text("Dusk")
    expect(window.page.locator(".visit", has_text="unlisted")).not_to_contain_text("Dusk")
    another = Window.of(window.page.context, site.url, "/")
    another.page.evaluate("localStorage.setItem('musicrooms.volume', '0.5'); localStorage.setItem('other', '1')")
    another.page.get_by_role("button", name="Forget unlisted").click()
    expect(window.page.locator(".visit")).to_have_count(1)
    expect(window.page.locator(".visit", has_text="public")).to_contain_text("Dusk")
    window.close()


def test_rooms_that_are_paused_and_empty_are_not_among_what_plays(site: Server, browser: Browser) -> None:
    playing, quiet = Lounge.open(site), Lounge.open(site, name="Attic")
    for room in (playing, quiet):
        room.add(A)
    playing.control(playing=True)
    window = Window.open(browser, site.url, "/")
    page = window.page
    expect(page.get_by_role("heading", name="Playing now")).to_be_visible()
    expect(page.locator(".card-name")).to_have_text(["Lounge"])
    with quiet.bob():
        expect(page.locator(".card-name")).to_have_text(["Lounge", "Attic"])
        expect(page.get_by_role("heading", name="Open rooms")).to_be_visible()
    expect(page.locator(".card-name")).to_have_text(["Lounge"])
    page.get_by_role("link", name="Show the quiet rooms, too").click()
    expect(page.locator(".card-name")).to_have_text(["Lounge", "Attic"])
    window.close()


def test_what_is_no_memory_of_ours_breaks_nothing(server: Server, browser: Browser) -> None:
    for kept in ("{", "7", '[1, null, {"slug": 5}, "x"]', '{"slug": "a"}'):
        context = browser.new_context()
        context.add_init_script(f"localStorage.setItem('musicrooms.visits', {kept!r})")
        window = Window.of(context, server.url, "/")
        expect(window.page.locator(".playing")).to_be_visible()
        window.close()


def test_the_page_fits_its_window(site: Server, browser: Browser) -> None:
    rooms = [Lounge.open(site, name="A very long name of a room " * 2 + str(number)) for number in range(3)]
    window = Window.open(browser, site.url, *(f"/r/{room.slug}" for room in rooms), "/")
    expect(window.page.locator(".visit")).to_have_count(3)
    for width in (320, 390, 1440):
        window.page.set_viewport_size({"width": width, "height": 800})
        assert window.page.evaluate("document.documentElement.scrollWidth") == width
    window.close()


def test_the_quiet_rooms_are_shown_before_the_stream_told_of_any(site: Server, browser: Browser) -> None:
    Lounge.playing(site)
    Lounge.open(site, name="Attic").add(A)
    window = Window.open(browser, site.url)
    window.page.route("**/events", lambda route: None)
    window.page.goto(site.url)
    window.page.get_by_role("link", name="Show the quiet rooms, too").click()
    expect(window.page.locator(".card-name:visible")).to_have_count(2)
    window.close()
