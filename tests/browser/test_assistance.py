"""What axe cannot see: the way of the focus, what is said aloud and when, and how large things are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.tones import tone
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

SMALLEST_PX = 24
"""WCAG 2.5.8."""

STOP = """() => {
  const one = document.activeElement
  const looks = (place) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(place)
    return [outlineStyle === 'none' ? '' : outlineWidth + outlineColor, boxShadow].join(' ')
  }
  // A ring may be drawn by what surrounds or follows the control.
  const places = [one, one.closest('.field'), ...(one.parentElement?.children ?? [])].filter(Boolean)
  const focused = places.map(looks)
  one.blur()
  const plain = places.map(looks)
  one.focus({ focusVisible: true })
  const name = one.getAttribute('aria-label') ?? one.id ?? one.textContent
  return { tag: one.tagName, what: one.outerHTML.slice(0, 120), name, isSeen: String(focused) !== String(plain) }
}"""
"""Where the focus is, and whether that can be seen."""

SMALL = """(least) => [...document.querySelectorAll('button, a[href], input, select, summary, [tabindex="0"]')]
  .filter((one) => one.checkVisibility() && !one.matches('.sr-only, .skip, [disabled], p a, label a, .choice input'))
  .map((one) => ({ what: one.outerHTML.slice(0, 120), box: one.getBoundingClientRect() }))
  .filter(({ box }) => box.width && (box.width < least || box.height < least))
  .map(({ what, box }) => `${what} is ${box.width} by ${box.height}`)"""
"""Links within sentences are excepted; a radio is as large as the label that surrounds it."""

HEAR = """() => {
  window.said = []
  const places = document.querySelectorAll('[aria-live], [role=status], [role=alert]')
  const watch = new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.textContent.trim() && node.ariaHidden !== 'true') window.said.push(node.textContent)
  })
  for (const place of places) watch.observe(place, { childList: true, characterData: true, subtree: true })
  return places.length
}"""
"""Note what assistive technology is given to say."""


@pytest.fixture
def lounge(server: Server) -> Lounge:
    """A room of Alice's that plays the first of its tracks."""
    lounge = Lounge.open(server)
    for number in range(3):
        lounge.add(f"https://media.example.org/Song_{number}.wav")
    lounge.control(playing=True)
    return lounge


@pytest.fixture
def alice(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    yield from _in_the_room(browser, lounge, lounge.host_url)


@pytest.fixture
def bob(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    yield from _in_the_room(browser, lounge, "")


@pytest.fixture
def unheard(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    """Bob's window, whose browser has just refused to let it sound."""
    window = _window(browser, lounge)
    window.visit_unheard(f"/r/{lounge.slug}")
    yield window.page
    window.close()


def _in_the_room(browser: Browser, lounge: Lounge, first: str) -> Iterator[Page]:
    window = _window(browser, lounge)
    for address in filter(None, (first, f"{lounge.server.url}/r/{lounge.slug}")):
        window.page.goto(entered(window.page, address))
    expect(window.page.locator('[data-part="connection"]')).to_have_attribute("data-state", "live")
    yield window.page
    window.close()


def _window(browser: Browser, lounge: Lounge) -> Window:
    window = Window.open(browser, lounge.server.url, viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    window.page.route("https://media.example.org/**", _music)
    return window


def _music(route: Route) -> None:
    route.fulfill(body=tone(120), content_type="audio/wav", headers={"Access-Control-Allow-Origin": "*"})


def stops(page: Page, most: int = 60) -> list[dict[str, Any]]:
    """All that Tab leads to, from the top of the page until it begins anew."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["tag"] in ("BODY", "IFRAME") or (found and stop["what"] == found[0]["what"]):
            break
        found.append(stop)
    return found


def test_every_page_has_one_heading_of_the_first_rank_and_one_main_part(server: Server, alice: Page) -> None:
    for path in ("/", alice.url, f"{alice.url}/tv", f"{alice.url}/embed", "/r/nothing-like-it"):
        alice.goto(entered(alice, path if path.startswith("http") else server.url + path))
        expect(alice.locator("h1:visible, h1.sr-only")).to_have_count(1)
        expect(alice.locator("main:visible")).to_have_count(1)
        expect(alice.locator("html")).to_have_attribute("lang", "en")


def test_the_first_stop_skips_to_the_content(server: Server, alice: Page) -> None:
    for path in (alice.url, server.url + "/"):
        alice.goto(path)
        alice.keyboard.press("Tab")
        skip = alice.locator(".skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        alice.keyboard.press("Enter")
        expect(alice.locator("main#main")).to_be_focused()


def test_wherever_the_focus_goes_it_can_be_seen(server: Server, alice: Page) -> None:
    for path in (alice.url, server.url + "/"):
        alice.goto(path)
        found = stops(alice)
        assert len(found) > 5, found
        unseen = [stop["what"] for stop in found if not stop["isSeen"]]
        assert not unseen, "\n".join(unseen)


@pytest.mark.parametrize("sheet", ["share", "settings"])
def test_a_sheet_keeps_the_focus_and_gives_it_back(server: Server, alice: Page, sheet: str) -> None:
    alice.goto(server.url)
    alice.locator("#name").fill("Sheets")
    alice.keyboard.press("Enter")  # the room's owner may set its rules
    expect(alice.locator('[data-part="connection"]')).to_have_attribute("data-state", "live")
    button = alice.locator(f'[data-part="{sheet}-button"]')
    button.focus()
    alice.keyboard.press("Enter")
    expect(alice.locator(f'dialog[data-part="{sheet}"]')).to_be_visible()
    for _ in range(14):
        alice.keyboard.press("Tab")
        # Between the last and the first the browser itself has its turn, with the body in focus.
        assert alice.evaluate("document.activeElement.closest('dialog') || document.activeElement === document.body")
    alice.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_nothing_is_said_while_a_track_plays_and_one_sentence_when_it_changes(lounge: Lounge, unheard: Page) -> None:
    unheard.locator('[data-part="notice-button"]').click()
    expect(unheard.locator('[data-part="notice"]')).to_be_hidden()
    assert unheard.evaluate(HEAR) >= 2
    elapsed = unheard.locator('[data-part="elapsed"]')
    shown: set[str] = set()

    def has_gone_on() -> bool:
        shown.add(elapsed.inner_text())
        return len(shown) > 3

    until(has_gone_on, "it stands still")
    assert unheard.evaluate("said") == []
    second = lounge.snapshot()["queue"][1]
    lounge.alice.post(f"{lounge.path}/player/next")
    expect(unheard.locator('[data-part="title"]')).to_have_text(second["title"])
    until(lambda: bool(unheard.evaluate("said.length")), "nothing was said")
    shown.clear()
    until(has_gone_on, "the second stands still")
    assert len(unheard.evaluate("said")) == 1, unheard.evaluate("said")


def test_the_position_is_a_slider_that_speaks_in_words(alice: Page) -> None:
    slider = alice.get_by_role("slider", name="Position in the track")
    expect(slider).to_be_enabled()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d:\d\d of 2:00$"))


@pytest.mark.parametrize("size", [(1280, 860), (390, 780)], ids=str)
def test_what_is_pressed_is_large_enough(server: Server, alice: Page, size: tuple[int, int]) -> None:
    alice.set_viewport_size({"width": size[0], "height": size[1]})
    for path in (alice.url, server.url + "/"):
        alice.goto(path)
        assert alice.evaluate(SMALL, SMALLEST_PX) == []


def test_a_focused_row_is_not_covered_by_the_dock(lounge: Lounge, alice: Page) -> None:
    for number in range(12):
        lounge.add(f"https://media.example.org/More_{number}.wav")
    expect(alice.locator(".row")).to_have_count(15)
    alice.set_viewport_size({"width": 390, "height": 780})
    for at in range(15):
        more = alice.locator(".row-more").nth(at)
        more.focus()
        covered = """(one) => {
          const box = one.getBoundingClientRect()
          const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
          return !one.contains(there)
        }"""
        assert not more.evaluate(covered), f"row {at} is covered"


def test_a_complaint_belongs_to_its_field(alice: Page) -> None:
    field = alice.locator("#add-link")
    field.fill("no link at all")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(alice.locator("#add-link-problem").inner_text())
    expect(alice.locator("#my-name")).to_have_attribute("autocomplete", "nickname")


def test_nothing_moves_for_whoever_wants_stillness(alice: Page) -> None:
    alice.emulate_media(reduced_motion="reduce")
    alice.reload()
    expect(alice.locator(".row[data-current]")).to_be_visible()
    assert alice.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0


def test_colours_of_ones_own_show_the_focus_and_what_is_chosen(alice: Page) -> None:
    alice.emulate_media(forced_colors="active")
    outline = "(one) => getComputedStyle(one).outlineStyle"
    assert alice.locator('.tab[aria-selected="true"]').evaluate(outline) == "solid"
    alice.locator("#add-link").focus()
    assert alice.locator(".dock .field").evaluate(outline) == "solid"
