"""The states of a room that nobody hopes for, each with its words, on a phone and on a desk, by day and by night."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge

SIZES = {"narrow": (320, 640), "wide": (1440, 900)}
LEAST_TEXT_PX = 13

TOO_SMALL = """(least) => [...document.querySelectorAll('body *')]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => one.checkVisibility() && !one.closest('.sr-only, noscript, svg'))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < least)
  .map((one) => one.outerHTML.slice(0, 90))"""

CROWD = """(people) => addEventListener('readystatechange', () => {
  const place = document.getElementById('snapshot')
  if (!place || document.readyState !== 'interactive') return
  place.textContent = JSON.stringify({ ...JSON.parse(place.textContent), people })
}, true)"""

STYLED = "[...document.querySelectorAll('link[rel=stylesheet]')].every((one) => one.sheet)"

LONG = "A title that goes on and on, as those of live recordings of whole evenings do, " * 3
ARABIC = "أغنية طويلة جدا عن الليل والمدينة"
EMOJI = "🎷🌙👩‍👩‍👧‍👦 " * 12
TITLES = {"long": LONG.strip(), "arabic": ARABIC, "emoji": EMOJI.strip(), "one word": "x" * 200}

Show = Callable[..., Page]


both_sizes = pytest.mark.parametrize("show", SIZES, indirect=True)


@pytest.fixture
def show(request: pytest.FixtureRequest, browser: Browser, lounge: Lounge) -> Iterator[Show]:
    """Opens a page of the lounge's server, in a window of a phone's size unless the test names another."""
    windows: list[Window] = []
    width, height = SIZES[getattr(request, "param", "narrow")]

    def open_page(
        path: str = "", before: Callable[[Page], Any] = lambda page: None, scripted: bool = True, **options: Any
    ) -> Page:
        options = {"viewport": {"width": width, "height": height}, **options}
        window = Window.open(browser, lounge.server.url, **options)
        windows.append(window)
        before(window.page)
        address = entered(window.page, lounge.server.url + (path or f"/r/{lounge.slug}"))
        window.page.goto(address, wait_until="domcontentloaded" if scripted else "commit")
        return window.page

    yield open_page
    for window in windows:
        assert_designed(window.page)
        window.close()


def assert_designed(page: Page) -> None:
    """Nothing sticks out, and nothing is too small to be read."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(TOO_SMALL, LEAST_TEXT_PX) == []


def link(lounge: Lounge, name: str = "song") -> str:
    """A track that no other room knows."""
    return f"https://media.example.org/{lounge.slug}/{name}.mp3"


def host_path(lounge: Lounge) -> str:
    return lounge.host_url.removeprefix(lounge.server.url)


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def notice(page: Page, text: str) -> None:
    expect(part(page, "notice")).to_contain_text(text)


# Nothing yet


@both_sizes
def test_an_empty_room_offers_a_place_to_paste_and_three_suggestions(lounge: Lounge, show: Show) -> None:
    page = show(host_path(lounge))
    expect(part(page, "welcome-title")).to_have_text("Nothing plays yet")
    expect(page.get_by_placeholder("Paste a link").first).to_be_visible()
    expect(page.locator(".suggestion:visible")).to_have_count(3)


def test_whoever_is_alone_is_given_the_link_to_share(lounge: Lounge, show: Show) -> None:
    page = show()
    page.get_by_role("tab", name="People").click()
    expect(part(page, "alone")).to_contain_text("Just you, for now")
    expect(part(page, "alone-copy")).to_be_visible()


@both_sizes
def test_what_loads_has_its_place_before_it_is_there(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    lounge.control(playing=True)
    held: list[Any] = []
    page = show(before=lambda page: page.route("**/page/room*.js", lambda route: held.append(route)), scripted=False)
    until(lambda: page.evaluate("document.readyState") == "interactive", "it is not read")
    until(lambda: bool(page.evaluate(STYLED)), "it has no styles")
    until(lambda: page.evaluate("true") and bool(held), "the script is not asked for")
    places = {name: part(page, name).bounding_box() for name in ("frame", "title", "track", "transport")}
    held[0].continue_()
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    assert {name: part(page, name).bounding_box() for name in places} == places


# What goes wrong


def test_a_track_that_cannot_play_says_why(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    lounge.control(playing=True)
    # The server is not told: it would go on to the end of the queue.
    page = show(before=lambda page: page.route("**/player/hints", lambda route: route.abort()))
    notice(page, "This one cannot play here.")
    buttons = part(page, "notice").get_by_role("button")
    expect(buttons).to_have_text(["Try again", "Open it there"])
    expect(page.locator(".row[data-failed] .row-by")).to_have_text("Could not play here")
    notice(page, "Nobody else is here.")


def test_a_server_that_does_not_answer_is_waited_for(lounge: Lounge, show: Show) -> None:
    page = show(before=lambda page: page.route("**/api/v1/rooms/**", lambda route: route.abort()))
    expect(part(page, "connection")).to_have_attribute("data-state", "lost")
    notice(page, "The music goes on; catching up")


def test_who_is_offline_is_told_so_at_once_and_comes_back(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    page = show()
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    page.context.set_offline(True)
    notice(page, "You are offline.")
    page.context.set_offline(False)
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    expect(part(page, "notice")).to_be_hidden()


def test_who_comes_when_the_room_is_full_is_told(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    lounge.control(playing=True)
    page = show(before=lambda page: page.route("**/events*", lambda route: route.fulfill(status=429)))
    notice(page, "This room is full.")
    expect(part(page, "notice-button")).to_have_text("Find another room")


# The end of it


def test_a_closed_room_says_goodbye(lounge: Lounge, show: Show) -> None:
    page = show()
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    lounge.alice.delete(lounge.path)
    expect(part(page, "farewell-title")).to_have_text("The room is closed")
    expect(page.get_by_role("link", name="Find another room")).to_be_in_viewport(ratio=1)


def test_who_is_asked_to_leave_may_come_back(lounge: Lounge, show: Show) -> None:
    page = show()
    page.get_by_role("tab", name="People").click()
    page.get_by_label("You listen as").fill("Bob")
    part(page, "save-name").click()
    expect(page.locator("[data-part=people]")).to_contain_text("Bob")
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Origin": lounge.server.url}
    address = f"{lounge.server.url}/api/v1{lounge.path}/queue"
    assert page.context.request.post(address, data={"url": link(lounge)}, headers=headers).ok
    code = (
        "from rooms.models import Room; from rooms.core.change import change; from rooms.clock import now_ms\n"
        f"with change(Room.objects.open().get(slug={lounge.slug!r}), now_ms()) as lent:"
        " lent.members.order_by('pk').last().kick()"
    )
    lounge.server.shell(code)
    expect(part(page, "farewell-title")).to_have_text("You were asked to leave")
    expect(part(page, "farewell-again")).to_be_visible()


def test_a_room_without_an_invitation_is_no_room(lounge: Lounge, show: Show) -> None:
    lounge.alice.patch(lounge.path, json={"visibility": "private"})
    page = show()
    expect(page.get_by_role("heading")).to_have_text("No room by that name")
    expect(page.get_by_role("link", name="Find or start a room")).to_be_in_viewport(ratio=1)


# What people bring


@both_sizes
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_any_title_fits(lounge: Lounge, show: Show, title: str) -> None:
    lounge.add(link(lounge))
    told = (title, title[:60], link(lounge))
    lounge.server.sql("UPDATE players_track SET title = %s, artist = %s WHERE media_id = %s", told)
    lounge.control(playing=True)
    page = show(host_path(lounge))
    shown = part(page, "title")
    expect(shown).to_have_text(title)
    direction = "(element) => getComputedStyle(element).direction"
    assert shown.evaluate(direction) == ("rtl" if title == ARABIC else "ltr")
    box, play = shown.bounding_box(), part(page, "play").bounding_box()
    assert box
    assert play
    assert box["height"] < 120
    assert box["y"] + box["height"] <= play["y"]


def test_a_crowd_is_counted_and_not_written_out(lounge: Lounge, show: Show) -> None:
    people = {"listeners": 5_000, "items": None}

    def crowd(page: Page) -> None:
        page.add_init_script(f"({CROWD})({json.dumps(people)})")
        page.route("**/api/v1/rooms/**", lambda route: route.abort())

    page = show(before=crowd)
    expect(part(page, "count")).to_have_text("5,000")
    page.get_by_role("tab", name="People").click()
    expect(page.locator(".people > li").last).to_have_text("and 4,999 more")


def test_without_scripts_the_room_tells_what_plays(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    lounge.control(playing=True)
    page = show(java_script_enabled=False)
    expect(part(page, "title")).to_have_text("song")
    expect(page.locator(".plain-note")).to_contain_text("needs JavaScript")


# How people look at it


def test_with_reduced_motion_nothing_moves_while_tracks_change(lounge: Lounge, show: Show) -> None:
    entries = [lounge.add(link(lounge, f"song-{number}")) for number in range(3)]
    lounge.control(entry_id=entries[0]["id"], playing=False)
    page = show(host_path(lounge), reduced_motion="reduce")
    page.evaluate(
        """() => {
          window.moving = []
          const look = () => {
            for (const one of document.getAnimations()) {
              const { activeDuration } = one.effect.getComputedTiming()
              if (activeDuration > 1) moving.push(one.animationName ?? one.transitionProperty ?? 'script')
            }
            requestAnimationFrame(look)
          }
          look()
        }"""
    )
    for entry in entries[1:]:
        lounge.control(entry_id=entry["id"], playing=False)
        expect(part(page, "title")).to_have_text(entry["title"])
    lounge.add(link(lounge))
    expect(page.locator(".row:visible")).to_have_count(2)
    assert page.evaluate("moving") == []


def test_with_motion_things_move_for_at_most_a_quarter_of_a_second(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))  # it does not play: what cannot be played would be passed over, and hidden
    page = show(host_path(lounge), reduced_motion="no-preference")
    expect(page.locator(".row:visible")).to_have_count(1)
    page.evaluate(
        """() => {
          window.lasting = []
          const look = () => {
            for (const one of document.getAnimations()) {
              const { duration, iterations } = one.effect.getComputedTiming()
              if (iterations === 1) lasting.push(duration)
            }
            requestAnimationFrame(look)
          }
          look()
        }"""
    )
    lounge.add(link(lounge, "another"))
    expect(page.locator(".row:visible")).to_have_count(2)
    until(lambda: bool(page.evaluate("lasting.length")), "nothing moves")
    assert page.evaluate("Math.max(...lasting)") <= 240


VISIBLE = """(name) => {
  const element = document.querySelector(`[data-part=${name}]`)
  const style = getComputedStyle(element)
  return element.checkVisibility() && [style.backgroundColor, style.color, style.borderTopColor].join(' ')
}"""


def test_forced_colours_keep_what_is_pressed_and_what_is_told(lounge: Lounge, show: Show) -> None:
    lounge.add(link(lounge))
    lounge.add(link(lounge, "another"))
    lounge.control(playing=True)
    page = show(host_path(lounge), forced_colors="active")
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    edges = "(element) => ['borderTopStyle', 'outlineStyle'].some((edge) => getComputedStyle(element)[edge] !== 'none')"
    for name in ("play", "next", "previous"):
        assert part(page, name).evaluate(edges), f"{name} has no edge"
    assert page.locator(".tab[aria-selected=true]").evaluate(
        "(tab) => getComputedStyle(tab, '::after').backgroundColor"
    ) != (page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor"))
    # Found and looked at in one step: a row may be drawn anew, or another one play, between the two.
    page.wait_for_function(f"""() => {{
      const current = document.querySelector('.row[data-current]')
      const other = document.querySelector('.row:not([data-current])')
      return current && other && ({edges})(current) && !({edges})(other)
    }}""")
    assert page.locator(".field:visible").first.evaluate(edges), "nobody sees where to paste"


@pytest.mark.parametrize(("path", "width", "height"), [("tv", 1920, 1080), ("tv", 1280, 720), ("embed", 320, 240)])
def test_other_screens_fit(lounge: Lounge, show: Show, path: str, width: int, height: int) -> None:
    lounge.add(link(lounge))
    lounge.server.sql("UPDATE players_track SET title = %s WHERE media_id = %s", (LONG, link(lounge)))
    lounge.control(playing=True)
    page = show(f"/r/{lounge.slug}/{path}", viewport={"width": width, "height": height})
    expect(part(page, "title")).to_have_text(re.compile("^A title"))
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") <= 0


def test_what_is_live_has_a_mark_and_no_bar(lounge: Lounge, show: Show) -> None:
    entry = lounge.add(link(lounge, "radio"))
    lounge.control(playing=True)
    page = show()
    expect(page.locator("[data-part=track]")).to_be_visible()
    with lounge.listening():
        hint = {"kind": "live", "entry_id": entry["id"]}
        assert lounge.alice.post(f"{lounge.path}/player/hints", json=hint).json() == {"accepted": True}
    expect(page.locator("[data-part=live-mark]")).to_have_text("Live")
    expect(page.locator("[data-part=live-mark]")).to_be_visible()
    expect(page.locator("[data-part=track]")).to_be_hidden()
    expect(page.locator(".row[data-current] .row-length")).to_have_text("Live")
    refused = lounge.alice.patch(f"{lounge.path}/player", json={"position_ms": 5_000})
    assert (refused.status_code, "is live" in refused.json()["error"]["message"]) == (422, True)
    assert lounge.snapshot()["player"]["entry"]["is_live"] is True
