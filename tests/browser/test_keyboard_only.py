"""The whole of Alice's and Bob's job by keys alone: the focus is never lost, hidden or out of sight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.tones import tone
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

TITLES = ["One", "Two", "Three"]
LINKS = [f"https://media.example.org/{title}.wav" for title in TITLES]
LENGTH_S = 300
MOST_STOPS = 60
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 390, "height": 780}

STANDING = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  const one = document.activeElement
  if (!one || one === document.body) return 'nothing'
  // What only takes the focus to be read from, and is not pressed, needs no ring.
  if (one.matches('main, h1')) return ''
  const box = (one.closest('label') ?? one).getBoundingClientRect()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const what = one.outerHTML.slice(0, 160)
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `out of sight at ${x}, ${y}: ${what}`
  const there = document.elementFromPoint(x, y)
  const own = one.closest('label, .seek-track') ?? one
  if (!own.contains(there) && !there?.contains(own)) return `covered by ${there?.outerHTML.slice(0, 160)}: ${what}`
  // A ring may be drawn by what surrounds or follows the control.
  const rings = [one, ...(one.parentElement?.children ?? [])].map((place) => getComputedStyle(place))
  const isSeen = rings.some((ring) => ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2)
    || /0px 0px 0px 2px inset/.test(getComputedStyle(one.closest('.field') ?? one).boxShadow)
  return isSeen ? '' : `unseen: ${what}`
}"""
"""What is wrong with the focus; empty if nothing is."""


NOTE_TEXTS = """() => {
  const focused = document.activeElement
  window.texts = []
  new MutationObserver(() => texts.push(focused.textContent)).observe(focused, { childList: true })
}"""
"""Remember what is written on what has the focus, however briefly."""


@dataclass
class Keyboard:
    """The keys of a page; with every press it is seen to that the focus is somewhere, and can be seen."""

    page: Page

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.stands(f"after {key}")

    def type(self, text: str) -> None:
        """Over what stands in the field."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.stands(f"after typing {text}")

    def stands(self, when: str) -> None:
        problem = self.page.evaluate(STANDING)
        assert not problem, f"{when} the focus is on {problem}"

    def is_on(self, selector: str) -> bool:
        return bool(self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector))

    def go(self, selector: str, key: str = "Tab") -> None:
        """Press ``key`` until the focus is on ``selector``; past the end of the page the browser has its turn."""
        for _ in range(MOST_STOPS):
            if self.is_on(selector):
                return self.stands(f"at {selector}")
            self.page.keyboard.press(key)
            if not self.is_on("body"):
                self.stands(f"on the way to {selector}")
        raise AssertionError(f"{key} does not lead to {selector}")

    def wait(self, holds: Callable[[], bool], why: str) -> None:
        """What comes of a press may come later, and is not to take the focus away then."""
        until(holds, why)
        self.stands(why)


def music(route: Route) -> None:
    route.fulfill(body=tone(LENGTH_S), content_type="audio/wav", headers={"Access-Control-Allow-Origin": "*"})


@pytest.fixture
def window(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Window]:
    window = Window.open(
        browser, server.url, viewport=request.param, reduced_motion="reduce", permissions=["clipboard-write"]
    )
    window.page.route("https://media.example.org/**", music)
    yield window
    window.close()


@pytest.fixture
def page(window: Window) -> Page:
    return window.page


def part(name: str) -> str:
    return f'[data-part="{name}"]'


def titles(page: Page) -> list[str]:
    return page.locator(".row:visible .row-title").all_text_contents()


def says(page: Page, name: str, text: str | re.Pattern[str]) -> None:
    expect(page.locator(part(name))).to_have_text(text)


def answered(page: Page) -> None:
    """What was done is shown before the server agreed, and what is done next may overtake it on the way there."""
    expect(page.locator(part("transport"))).to_have_attribute("aria-busy", "false")
    expect(page.locator(".row[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("window", [WIDE], indirect=True, ids=["wide"])
def test_a_host_does_everything_with_keys(server: Server, page: Page) -> None:
    keys = Keyboard(page)
    _start(server, page, keys)
    _fill(page, keys)
    _lead(page, keys)
    _order(page, keys)
    _sheets(page, keys)
    _people(page, keys, "Alice")
    _close(page, keys)


def _start(server: Server, page: Page, keys: Keyboard) -> None:
    page.goto(server.url)
    keys.go("#name")
    page.keyboard.press("Enter")  # a complaint comes with the focus on its field
    expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    keys.stands("after a complaint")
    keys.type("Lounge")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/r/"))
    expect(page.locator(part("connection"))).to_have_attribute("data-state", "live")


def _fill(page: Page, keys: Keyboard) -> None:
    keys.go("#add-first")
    keys.type(LINKS[0])
    keys.press("Enter")
    expect(page.locator(part("title"))).to_have_text(TITLES[0])
    keys.stands("after the first link")
    for link in LINKS[1:]:
        keys.go("#add-link")
        keys.type(link)
        keys.press("Enter")
        keys.wait(lambda link=link: link[-7:-4] in " ".join(titles(page)), "a link was added")  # type: ignore[misc]
        expect(page.locator("#add-link")).to_have_value("")  # the row is there before its answer is
    expect(page.locator(".row:visible")).to_have_count(3)
    keys.type("no link at all")
    keys.press("Enter")
    expect(page.locator("#add-link")).to_have_attribute("aria-invalid", "true")
    keys.type("")
    page.keyboard.press("Delete")


def _lead(page: Page, keys: Keyboard) -> None:
    expect(page.locator(part("length"))).to_have_text("5:00")
    keys.go(part("seek-input"), "Shift+Tab")
    keys.press("ArrowRight", 3)
    keys.wait(lambda: page.locator(part("elapsed")).inner_text() >= "0:15", "it went on")
    if page.locator(part("volume")).is_visible():
        keys.go(part("volume"))
        keys.press("ArrowLeft", 2)
        keys.go(part("mute"), "Shift+Tab")
    keys.go(part("mute"))
    keys.press("ArrowDown", 2)
    expect(page.locator(part("volume"))).not_to_have_value("100")
    keys.press("Space")
    expect(page.locator(part("mute"))).to_have_attribute("aria-pressed", "true")
    keys.press("Enter")
    keys.go(part("play"))
    for label in ("Play", "Pause"):
        keys.press("Space")
        keys.wait(lambda label=label: page.locator(part("play")).get_attribute("aria-label") == label, label)  # type: ignore[misc]
        answered(page)
    keys.go(part("next"))
    keys.press("Enter")
    says(page, "title", TITLES[1])
    expect(page.locator(part("toasts"))).to_contain_text(f"Skipped {TITLES[0]}")
    answered(page)
    keys.go(part("previous"), "Shift+Tab")
    keys.press("Enter")
    says(page, "title", TITLES[0])
    answered(page)
    says(page, "announced", "")  # one act, one sentence: the toasts told of both
    keys.go(part("seek-input"), "Shift+Tab")
    keys.press("n")  # the length of what comes is not known at once
    says(page, "title", TITLES[1])
    keys.stands("on the line after another track began")
    answered(page)
    keys.press("p")
    says(page, "title", TITLES[0])
    keys.stands("on the line after going back")
    answered(page)


def _order(page: Page, keys: Keyboard) -> None:
    last = ".row:last-child .row-more"
    keys.go(last)
    keys.press("Alt+ArrowUp")
    keys.wait(lambda: titles(page) == ["One", "Three", "Two"], "it moved up by itself")
    # Before other moves of this row: they would be undone one after the other, and all stands as here in between.
    keys.press("Control+z")
    keys.wait(lambda: titles(page) == TITLES, "the move was undone")
    keys.press("Enter")
    keys.go('[data-do="up"]', "ArrowDown")
    keys.press("Enter")
    keys.wait(lambda: titles(page) == ["One", "Three", "Two"], "it moved up")
    answered(page)
    keys.go('[data-do="down"]', "ArrowDown")
    keys.press("Enter")
    keys.wait(lambda: titles(page) == TITLES, "it moved down")
    answered(page)
    keys.press("Escape")
    assert keys.is_on(last)
    keys.press("Enter")
    keys.go('[data-do="remove"]', "ArrowDown")
    keys.press("Enter")
    keys.wait(lambda: titles(page) == TITLES[:2], "it was removed")
    page.locator(".toast").last.hover()  # keeps it, however long the way there takes
    keys.go(".toast-undo")
    keys.press("Enter")
    keys.wait(lambda: titles(page) == TITLES, "the removal was undone")
    keys.go(last)
    keys.press("Delete")
    keys.wait(lambda: titles(page) == TITLES[:2], "it was removed by a key")
    page.locator(".toast").last.hover()  # keeps it, however long the way there takes
    keys.go(".toast-undo")
    keys.press("Control+z")  # takes itself away
    keys.wait(lambda: titles(page) == TITLES, "it was undone by a key")


def _sheets(page: Page, keys: Keyboard) -> None:
    keys.press("?")
    keys.go(part("keys-on"))
    keys.press("Space", 2)
    keys.press("Escape")
    keys.go(part("share-button"), "Shift+Tab")
    keys.press("Enter")
    keys.go('[data-copy="share-link"]')
    page.evaluate(NOTE_TEXTS)  # it says so for two seconds
    keys.press("Enter")
    page.wait_for_function("() => texts.includes('Copied')")
    keys.press("Escape")
    assert keys.is_on(part("share-button"))
    keys.go(part("settings-button"), "Shift+Tab")
    keys.press("Enter")
    keys.go("#set-name")
    keys.type(" ")
    keys.press("Enter")
    expect(page.locator("#set-name")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#set-name")).to_have_accessible_description(
        page.locator(part("settings-problem")).inner_text()
    )
    keys.type("Salon")
    keys.press("Enter")
    says(page, "room-name", "Salon")
    # The change may be told on the stream before the call is answered, which closes the sheet.
    until(lambda: keys.is_on(part("settings-button")), "the sheet kept the focus")
    keys.stands("after the settings were saved")
    keys.go(part("sync"))
    keys.press("Enter")
    keys.go('[name="tightness"]:checked')
    keys.press("ArrowRight")
    keys.go(part("keys-button"))
    keys.press("Enter")
    keys.press("Escape")


def _people(page: Page, keys: Keyboard, name: str) -> None:
    keys.go("#tab-queue")
    keys.press("ArrowLeft")  # the last of them
    assert keys.is_on("#tab-people")
    keys.go("#my-name")
    keys.type(" ")
    keys.press("Enter")
    expect(page.locator("#my-name")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#my-name")).to_have_accessible_description(page.locator("#my-name-problem").inner_text())
    keys.type(name)
    keys.go(part("save-name"))
    keys.press("Enter")
    expect(page.locator("[data-part=people]")).to_contain_text(name)
    keys.stands("after the name was saved")
    keys.go("#tab-people", "Shift+Tab")
    keys.press("ArrowRight")  # and on to the first
    assert keys.is_on("#tab-queue")


def _close(page: Page, keys: Keyboard) -> None:
    keys.go(part("settings-button"), "Shift+Tab")
    keys.press("Enter")
    keys.go(".close-room:has([data-part=close-room]) summary")
    keys.press("Enter")
    keys.go(part("close-room"))
    keys.press("Enter")
    says(page, "farewell-title", "The room is closed")


@pytest.mark.parametrize("window", [NARROW], indirect=True, ids=["narrow"])
def test_a_guest_does_everything_with_keys(server: Server, window: Window, page: Page) -> None:
    lounge = Lounge.open(server)
    for link in LINKS:
        lounge.add(link)
    lounge.control(playing=True)
    window.visit_unheard(f"/r/{lounge.slug}")
    expect(page.locator(part("connection"))).to_have_attribute("data-state", "live")
    keys = Keyboard(page)
    expect(page.locator(part("notice"))).to_have_attribute("data-kind", "blocked")
    _listen(lounge, page, keys)
    keys.go("#add-link")
    keys.type("https://media.example.org/Four.wav")
    keys.press("Enter")
    keys.wait(lambda: titles(page)[-1] == "Four", "a link was added")
    _people(page, keys, "Bob")


def _listen(lounge: Lounge, page: Page, keys: Keyboard) -> None:
    notice = page.locator(part("notice"))
    page.locator(part("notice-button")).focus()  # a key on the way there would already be enough to hear it
    page.keyboard.press("Enter")
    expect(notice).to_be_hidden()
    keys.stands("after Listen")
    keys.go(part("mute"), "Shift+Tab")
    keys.press("m", 2)
    keys.go(part("play"))
    keys.press("Space")
    expect(notice).to_have_attribute("data-kind", "alone")
    keys.go(part("notice-button"), "Shift+Tab")
    keys.press("Enter")
    expect(notice).to_be_hidden()
    keys.stands("back at the room")
    keys.go(part("play"))
    lounge.control(playing=False)  # nothing is left to pause, and yet the button keeps the focus
    expect(page.locator(part("play"))).to_have_attribute("aria-disabled", "true")
    keys.stands("when the host paused")
    keys.press("Enter")
    lounge.control(playing=True)
    expect(page.locator(part("play"))).to_have_attribute("aria-disabled", "false")
    keys.stands("when the host went on")
