"""What Alice's hands do to the room: seen at once, taken back if it is refused, and undone if she likes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.tones import tone
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

TITLES = ["One", "Two", "Three", "Four", "Five"]
LINKS = [f"https://media.example.org/{title}.mp3" for title in TITLES]
MOST_FILE_KIB = 1024
TRACK_S = 120

DROP = """({ text, files }) => {
  const data = new DataTransfer()
  if (text) data.setData('text/plain', text)
  for (const [name, content] of files) data.items.add(new File([content], name))
  const at = { bubbles: true, cancelable: true, dataTransfer: data }
  document.querySelector('.now-title, main').dispatchEvent(new DragEvent('dragover', at))
  const isShown = !document.querySelector('.drop-here').hidden
  const drop = new DragEvent('drop', at)
  document.querySelector('main').dispatchEvent(drop)
  return [isShown, drop.defaultPrevented]
}"""
"""A drop as the browser would bring it; whether the page showed where to drop, and kept the browser from leaving."""

PASTE = """([selector, text]) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  const at = { bubbles: true, cancelable: true, clipboardData: data }
  document.querySelector(selector).dispatchEvent(new ClipboardEvent('paste', at))
}"""

LATE_EVENTS = """
const listen = EventSource.prototype.addEventListener
EventSource.prototype.addEventListener = function (name, heard) {
  const isLate = ['player', 'queue', 'notice'].includes(name)
  return listen.call(this, name, isLate ? (event) => setTimeout(heard, 500, event) : heard)
}
"""
"""An answer comes before its event."""

LASTING = """
const wait = window.setTimeout
window.setTimeout = (act, ms, ...given) => wait(act, [4500, 8000].includes(ms) ? 600_000 : ms, ...given)
"""
"""Toasts stay until something else ends them: a slow test would come too late to read one, or to press its button."""

TELL_ANNOUNCED = """() => {
  const line = document.querySelector('[data-part=announced]')
  const tell = () => console.info('announced:', line.textContent)
  new MutationObserver(tell).observe(line, { childList: true, subtree: true })
}"""


@pytest.fixture
def lounge(server: Server) -> Lounge:
    """A room of Alice's that is paused on the first of five tracks."""
    lounge = Lounge.open(server)
    first, *_ = [lounge.add(link) for link in LINKS]
    lounge.control(entry_id=first["id"])
    return lounge


def opened(browser: Browser, lounge: Lounge, path: str, script: str = "") -> Window:
    """A window in which the tracks can be heard: what cannot be played would be skipped."""
    window = Window.open(browser, lounge.server.url)
    for one in (LASTING, script):
        window.page.add_init_script(one)
    sound = tone(TRACK_S)
    window.page.route("https://media.example.org/**", lambda route: route.fulfill(body=sound, content_type="audio/wav"))
    window.page.goto(entered(window.page, lounge.server.url + path))
    expect(window.page.locator(".live")).to_have_attribute("data-state", "live")
    expect(window.page.locator("[data-part=length]")).to_have_text("2:00")
    return window


@pytest.fixture
def alice(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    window = opened(browser, lounge, lounge.host_url.removeprefix(lounge.server.url))
    # Her player reports how long the track is, which is a change; what a test looks at shall be its own.
    until(lambda: lounge.snapshot()["player"]["entry"]["length_ms"], "the server was not told how long it is")
    yield window.page
    window.close()


@pytest.fixture
def bob(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    window = opened(browser, lounge, f"/r/{lounge.slug}")
    yield window.page
    window.close()


def shown(page: Page) -> list[str]:
    """The titles of the rows that can be seen, in their order."""
    return page.locator(".row:visible .row-title").all_text_contents()


def kept(lounge: Lounge) -> list[str]:
    """The titles as the server has them."""
    return [entry["title"] for entry in lounge.snapshot()["queue"]]


def current(lounge: Lounge) -> str:
    return str(lounge.snapshot()["player"]["entry"]["title"])


def row(page: Page, title: str) -> str:
    id_ = page.locator(".row", has_text=title).first.get_attribute("data-id")
    return f'.row[data-id="{id_}"]'


def choose(page: Page, title: str, item: str) -> None:
    """From the menu of a row."""
    page.locator(f"{row(page, title)} .row-more").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def toast(page: Page, text: str) -> None:
    expect(page.locator(".toast", has_text=text)).to_be_visible()


def undo(page: Page) -> None:
    page.locator(".toast-undo").click()


# What is seen before the server answers


class Held:
    """The calls of a window that change something, held back until they are let go."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(re.compile(r"/api/v1/rooms/[^/]+/(player|queue|undo)"), self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.url.endswith("/hints"):
            route.continue_()
        else:
            self.routes.append(route)

    def wait_for_one(self) -> None:
        # Calls are held by this process, while it does something with the page.
        until(lambda: bool(self.page.evaluate("true")) and len(self.routes) == 1, "nothing was asked of the server")

    def refuse(self, status: int, code: str, message: str) -> None:
        for route in self.routes:
            route.fulfill(status=status, json={"error": {"code": code, "message": message}})
        self.routes.clear()


FRAMES = """([act, seen]) => new Promise((done) => {
  const holds = new Function(`return ${seen}`)
  const before = holds()
  const from = performance.now()
  new Function(act)()
  let frames = 0
  const look = () => {
    frames += 1
    if (holds() || frames > 60) done({ before, after: holds(), frames, took_ms: performance.now() - from })
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})"""
"""Act, and look frame by frame until it can be seen."""

TITLES_SEEN = (
    "[...document.querySelectorAll('.row')].filter((one) => one.checkVisibility()).map((one) => one.innerText)"
)
ROW = "[...document.querySelectorAll('.row')].find((one) => one.innerText.includes('{}'))"
FROM_MENU = (
    f"{ROW}.querySelector('.row-more').click(); document.querySelector('[data-part=menu] [data-do={{}}]').click()"
)
ACTS = {
    "play": ("document.querySelector('[data-part=play]').click()",
             "document.querySelector('[data-part=play]').getAttribute('aria-label') === 'Pause'"),
    "skip": ("document.querySelector('[data-part=next]').click()",
             "document.querySelector('[data-part=title]').textContent === 'Two'"),
    "remove": (FROM_MENU.format("Three", "remove"), f"!{TITLES_SEEN}.some((one) => one.includes('Three'))"),
    "move": (FROM_MENU.format("Four", "soon"), f"{TITLES_SEEN}[1].includes('Four')"),
    "add": ("const url = document.querySelector('#add-link'); url.value = 'https://media.example.org/Six.mp3';"
            "url.form.requestSubmit()", f"{TITLES_SEEN}.some((one) => one.includes('Six'))"),
}  # fmt: skip
REFUSALS = [(403, "forbidden", "Only hosts may."), (409, "stale", "x"), (503, "unavailable", "The server is busy.")]


def on_server(lounge: Lounge) -> tuple[bool, int, list[int]]:
    """What the acts change."""
    told = lounge.snapshot()
    return told["player"]["playing"], told["player"]["entry_id"], [entry["id"] for entry in told["queue"]]


@pytest.mark.parametrize("name", ACTS)
def test_what_was_done_is_seen_while_the_answer_is_held_back(alice: Page, lounge: Lounge, name: str) -> None:
    held = Held(alice)
    before = on_server(lounge)
    seen = alice.evaluate(FRAMES, ACTS[name])
    assert (seen["before"], seen["after"]) == (False, True)
    held.wait_for_one()
    assert on_server(lounge) == before
    # In the first frame after the click, or the next: as soon as anything can be seen at all.
    assert seen["frames"] <= 2
    held.refuse(503, "unavailable", "The server is busy.")


@pytest.mark.parametrize(("status", "code", "message"), REFUSALS, ids=["403", "409", "503"])
@pytest.mark.parametrize("name", ACTS)
def test_what_is_refused_is_taken_back_with_a_sentence(
    alice: Page, lounge: Lounge, name: str, status: int, code: str, message: str
) -> None:
    held = Held(alice)
    before = shown(alice)
    act, seen = ACTS[name]
    alice.evaluate(FRAMES, [act, seen])
    held.wait_for_one()
    held.refuse(status, code, message)
    alice.wait_for_function(f"() => !({seen})")
    sentence = "Someone else was faster." if code == "stale" and name != "add" else message
    expect(alice.locator(".toast, .problem:visible", has_text=sentence)).to_be_visible()
    expect(alice.locator(".toast-undo")).to_have_count(0)
    # What comes back grows into its place.
    expect(alice.locator(".row:visible .row-title")).to_have_text(before)
    if name == "add":
        expect(alice.locator("#add-link")).to_have_value("https://media.example.org/Six.mp3")


def test_a_link_that_comes_by_the_stream_before_its_answer_stands_there_once(alice: Page, lounge: Lounge) -> None:
    held = Held(alice)
    alice.locator("#add-link").fill("https://media.example.org/Six.mp3")
    alice.keyboard.press("Enter")
    held.wait_for_one()
    expect(alice.locator('.row[aria-busy="true"]')).to_have_count(1)
    answer = held.routes.pop().fetch
    answered = answer()
    expect(alice.locator(".row:not([aria-busy])")).to_have_count(6)
    expect(alice.locator(".row")).to_have_count(6)
    assert answered.status == 201


# Undo


@pytest.mark.parametrize("how", ["button", "keys"])
def test_a_removed_entry_comes_back_in_its_place(alice: Page, lounge: Lounge, how: str) -> None:
    choose(alice, "Three", "Remove")
    until(lambda: kept(lounge) == ["One", "Two", "Four", "Five"], "it was not removed")
    toast(alice, "Removed Three")
    if how == "button":
        undo(alice)
    else:
        alice.keyboard.press("ControlOrMeta+z")
    until(lambda: kept(lounge) == TITLES, "it did not come back")
    expect(alice.locator(".toast-undo")).to_have_count(0)
    until(lambda: shown(alice) == TITLES, "it is not shown")


def test_the_entry_that_played_plays_again_from_where_it_was(alice: Page, lounge: Lounge) -> None:
    lounge.control(position_ms=61_000)
    expect(alice.locator("[data-part=elapsed]")).to_have_text("1:01")
    choose(alice, "One", "Remove")
    until(lambda: current(lounge) == "Two", "it was not removed")
    undo(alice)
    until(lambda: current(lounge) == "One" and kept(lounge) == TITLES, "it is not current again")
    assert lounge.snapshot()["player"]["position_ms"] == 61_000


def test_a_trimmed_entry_comes_back_as_it_was_trimmed(alice: Page, lounge: Lounge) -> None:
    three = lounge.snapshot()["queue"][2]["id"]
    trims = {"start_ms": 1_000, "end_ms": 9_000}
    lounge.alice.patch(f"{lounge.path}/queue/{three}", json=trims)
    alice.reload()
    choose(alice, "Three", "Remove")
    until(lambda: len(kept(lounge)) == 4, "it was not removed")
    undo(alice)
    until(lambda: kept(lounge) == TITLES, "it did not come back")
    until(lambda: trims.items() <= lounge.snapshot()["queue"][2].items(), "it is not trimmed as it was")


def test_an_entry_comes_back_behind_what_is_left_of_its_neighbours(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Three", "Remove")
    until(lambda: len(kept(lounge)) == 4, "it was not removed")
    two = lounge.snapshot()["queue"][1]["id"]
    lounge.alice.delete(f"{lounge.path}/queue/{two}")
    until(lambda: shown(alice) == ["One", "Four", "Five"], "the page was not told")
    undo(alice)
    until(lambda: kept(lounge) == ["One", "Three", "Four", "Five"], "it did not come back to its place")


def test_a_skip_goes_back_to_where_it_was(alice: Page, lounge: Lounge) -> None:
    lounge.control(position_ms=42_000)
    expect(alice.locator("[data-part=elapsed]")).to_have_text("0:42")
    alice.keyboard.press("n")
    until(lambda: current(lounge) == "Two", "it was not skipped")
    toast(alice, "Skipped One")
    undo(alice)
    until(lambda: current(lounge) == "One", "it did not go back")
    assert lounge.snapshot()["player"]["position_ms"] == 42_000


def test_a_row_moved_on_and_on_goes_back_at_once(alice: Page, lounge: Lounge) -> None:
    alice.locator(f"{row(alice, 'Two')} .row-more").focus()
    for _ in range(3):
        alice.keyboard.press("Alt+ArrowDown")
    until(lambda: kept(lounge) == ["One", "Three", "Four", "Five", "Two"], "it was not moved")
    toast(alice, "Two, now 4 of 4")
    alice.keyboard.press("ControlOrMeta+z")
    until(lambda: kept(lounge) == TITLES, "it did not go back")


def test_moves_in_quick_succession_arrive_in_their_order_and_go_back_together(alice: Page, lounge: Lounge) -> None:
    moved = ["One", "Three", "Four", "Five", "Two"]
    held: list[Route] = []
    alice.route("**/queue/*", lambda route: held.append(route))
    alice.locator(f"{row(alice, 'Two')} .row-more").focus()
    for _ in range(3):
        alice.keyboard.press("Alt+ArrowDown")
    expect(alice.locator(".row:visible .row-title")).to_have_text(moved)
    for _ in range(3):
        until(lambda: bool(alice.evaluate("true")) and bool(held), "it was not moved on")
        with alice.expect_response("**/queue/*"):
            held.pop().continue_()  # of several on their way the last, as a network may
    until(lambda: kept(lounge) == moved, "it was not moved to the end")
    alice.keyboard.press("ControlOrMeta+z")
    until(lambda: kept(lounge) == TITLES, "it did not go back")


def test_undo_in_a_field_is_the_fields_own(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Three", "Remove")
    until(lambda: len(kept(lounge)) == 4, "it was not removed")
    alice.locator("#add-link").click()
    alice.keyboard.type("abc")
    alice.keyboard.press("ControlOrMeta+z")
    toast(alice, "Removed Three")
    assert len(kept(lounge)) == 4


def test_an_undo_that_is_refused_says_why(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Three", "Remove")
    until(lambda: len(kept(lounge)) == 4, "it was not removed")
    held = Held(alice)
    undo(alice)
    held.wait_for_one()
    held.refuse(503, "unavailable", "The server is busy.")
    toast(alice, "The server is busy.")
    expect(alice.locator(".row", has_text="Three")).to_have_count(0)


def test_an_offer_stays_while_it_is_hovered_or_focused_and_news_leave_it_alone(
    alice: Page, lounge: Lounge, bob: Page
) -> None:
    alice.clock.install()
    # A call that is not answered yet would be given up as the time passes.
    with alice.expect_event("requestfinished", lambda request: request.method == "DELETE"):
        choose(alice, "Three", "Remove")
    toast(alice, "Removed Three")
    alice.locator(".toast", has_text="Removed Three").hover()
    alice.clock.fast_forward(60_000)
    toast(alice, "Removed Three")
    alice.locator(".toast-undo").focus()
    alice.mouse.move(0, 0)
    alice.clock.fast_forward(60_000)
    toast(alice, "Removed Three")
    bob.locator("#add-link").fill("https://media.example.org/Six.mp3")
    bob.keyboard.press("Enter")
    expect(alice.locator(".toast")).to_have_count(2)
    alice.locator("[data-part=play]").focus()
    alice.mouse.move(0, 0)
    for _ in range(4):
        alice.clock.fast_forward(10_000)
    expect(alice.locator(".toast")).to_have_count(0)


# The order


def test_each_item_of_the_menu_moves_a_row(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Four", "Move up")
    until(lambda: kept(lounge) == ["One", "Two", "Four", "Three", "Five"], "it was not moved up")
    alice.keyboard.press("Escape")
    choose(alice, "Two", "Move down")
    until(lambda: kept(lounge) == ["One", "Four", "Two", "Three", "Five"], "it was not moved down")
    alice.keyboard.press("Escape")
    choose(alice, "Four", "Move to the end")
    until(lambda: kept(lounge) == ["One", "Two", "Three", "Five", "Four"], "it was not moved to the end")
    choose(alice, "Five", "Play next")
    until(lambda: kept(lounge) == ["One", "Five", "Two", "Three", "Four"], "it does not play next")


def test_what_would_change_nothing_is_greyed_out(alice: Page, lounge: Lounge) -> None:
    version = lounge.snapshot()["version"]
    alice.locator(f"{row(alice, 'Five')} .row-more").click()
    for name in ("Move down", "Move to the end"):
        expect(alice.get_by_role("menuitem", name=name)).to_be_disabled()
        alice.get_by_role("menuitem", name=name).click(force=True)
    expect(alice.get_by_role("menuitem", name="Move up")).to_be_enabled()
    assert lounge.snapshot()["version"] == version


def test_the_focus_stays_on_a_row_that_moves_and_goes_on_where_one_goes(alice: Page, lounge: Lounge) -> None:
    three = row(alice, "Three")
    alice.locator(f"{three} .row-more").focus()
    alice.keyboard.press("Alt+ArrowUp")
    until(lambda: kept(lounge)[1] == "Three", "it was not moved")
    expect(alice.locator(f"{three} .row-more")).to_be_focused()
    first = lounge.snapshot()["queue"][0]["id"]
    moved = lounge.snapshot()["queue"][1]["id"]
    lounge.alice.patch(f"{lounge.path}/queue/{moved}", json={"after": lounge.snapshot()["queue"][-1]["id"]})
    until(lambda: shown(alice)[-1] == "Three", "somebody else's move was not told")
    expect(alice.locator(f"{three} .row-more")).to_be_focused()
    alice.keyboard.press("Delete")
    expect(alice.locator(f"{row(alice, 'Five')} .row-more")).to_be_focused()
    assert first == lounge.snapshot()["queue"][0]["id"]


def test_a_row_is_dragged_to_where_the_line_shows(alice: Page, lounge: Lounge) -> None:
    four = alice.locator(row(alice, "Four"))
    four.scroll_into_view_if_needed()
    box = four.bounding_box()
    assert box is not None
    x, y = box["x"] + 120, box["y"] + box["height"] / 2
    alice.mouse.move(x, y)
    alice.mouse.down()
    alice.mouse.move(x, y - 10)  # still beside the lower edge, where a drag downwards would scroll the list
    alice.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 200))")
    alice.mouse.move(x, y - 2 * box["height"], steps=5)
    expect(alice.locator(".drop-line")).to_be_attached()
    alice.mouse.up()
    until(lambda: kept(lounge) == ["One", "Four", "Two", "Three", "Five"], "it was not moved")
    toast(alice, "Four, now 1 of 4")
    expect(alice.locator(".drop-line")).to_have_count(0)


# Keys


def test_each_key_does_what_the_map_says(alice: Page, lounge: Lounge) -> None:
    alice.keyboard.press("Space")
    until(lambda: lounge.snapshot()["player"]["playing"], "space did not play")
    alice.keyboard.press("Space")
    until(lambda: not lounge.snapshot()["player"]["playing"], "space did not pause")
    alice.keyboard.press("n")
    until(lambda: current(lounge) == "Two", "N did not skip")
    alice.keyboard.press("p")
    until(lambda: current(lounge) == "One", "P did not go back")
    lounge.control(position_ms=50_000)
    expect(alice.locator("[data-part=elapsed]")).to_have_text("0:50")
    alice.keyboard.press("ArrowRight")
    until(lambda: lounge.snapshot()["player"]["position_ms"] == 55_000, "an arrow did not seek")
    expect(alice.locator("[data-part=elapsed]")).to_have_text("0:55")
    alice.keyboard.press("Shift+ArrowLeft")
    until(lambda: lounge.snapshot()["player"]["position_ms"] == 25_000, "Shift did not go farther")
    alice.keyboard.press("m")
    expect(alice.locator("[data-part=mute]")).to_have_attribute("aria-pressed", "true")
    alice.keyboard.press("m")
    volume = float(alice.locator("[data-part=volume]").input_value())
    alice.keyboard.press("ArrowDown")
    assert float(alice.locator("[data-part=volume]").input_value()) < volume
    alice.keyboard.press("/")
    expect(alice.locator("#add-link")).to_be_focused()


def test_keys_are_text_in_a_field_and_nothing_beside_others_or_under_a_sheet(alice: Page, lounge: Lounge) -> None:
    version = lounge.snapshot()["version"]
    alice.locator("#add-link").click()
    alice.keyboard.type("n p m / ?")
    expect(alice.locator("#add-link")).to_have_value("n p m / ?")
    alice.locator(".now-title").click()
    for key in ("Control+m", "Alt+n", "Meta+p"):
        alice.keyboard.press(key)
    alice.keyboard.press("?")
    sheet = alice.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    for key in ("n", "p", "m", "Space", "ArrowRight"):
        if key != "Space":
            alice.keyboard.press(key)
    alice.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(alice.locator("[data-part=mute]")).to_have_attribute("aria-pressed", "false")
    assert lounge.snapshot()["version"] == version


def test_single_keys_can_be_switched_off_for_good(alice: Page, lounge: Lounge) -> None:
    alice.locator("[data-part=sync]").click()
    alice.get_by_role("button", name="Keyboard shortcuts").click()
    switch = alice.get_by_role("switch", name="Single keys")
    expect(switch).to_be_checked()
    switch.click()
    alice.keyboard.press("Escape")
    expect(alice.locator("[data-part=sync]")).to_be_focused()
    alice.reload()
    expect(alice.locator(".live")).to_have_attribute("data-state", "live")
    for key in ("m", "n", "/", "?"):
        alice.keyboard.press(key)
    expect(alice.locator("[data-part=mute]")).to_have_attribute("aria-pressed", "false")
    expect(alice.locator("dialog[open]")).to_have_count(0)
    volume = float(alice.locator("[data-part=volume]").input_value())
    alice.keyboard.press("ArrowDown")
    assert float(alice.locator("[data-part=volume]").input_value()) < volume
    assert current(lounge) == "One"


def test_a_field_that_is_entered_as_the_keyboard_map_closes_keeps_the_focus(alice: Page) -> None:
    alice.locator("[data-part=mute]").focus()
    alice.keyboard.press("?")
    expect(alice.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    focused = """async () => {
        const sheet = document.querySelector("[data-part=key-map]")
        const closed = new Promise((resolve) => sheet.addEventListener("close", () => setTimeout(resolve)))
        sheet.close()
        document.querySelector("#add-link").focus()
        await closed
        return document.activeElement.id
    }"""
    assert alice.evaluate(focused) == "add-link"


def test_a_listeners_keys_change_nothing_and_say_so_once(bob: Page, lounge: Lounge) -> None:
    version = lounge.snapshot()["version"]
    bob.keyboard.press("n")
    toast(bob, "In this room you follow along.")
    bob.evaluate("document.querySelector('.toasts').replaceChildren()")
    for key in ("p", "n", "ArrowLeft", "Shift+ArrowRight"):
        bob.keyboard.press(key)
    expect(bob.locator(".toast")).to_have_count(0)
    bob.keyboard.press("m")
    expect(bob.locator("[data-part=mute]")).to_have_attribute("aria-pressed", "true")
    assert lounge.snapshot()["version"] == version


# Paste and drop

Drop = Callable[..., tuple[bool, bool]]


def drop(page: Page, text: str = "", **files: str) -> tuple[bool, bool]:
    content = [[name.replace("_", "."), content] for name, content in files.items()]
    seen, stayed = page.evaluate(DROP, {"text": text, "files": content})
    return seen, stayed


def test_a_link_pasted_anywhere_is_added(alice: Page, lounge: Lounge) -> None:
    alice.evaluate(PASTE, ["main", "listen to https://media.example.org/Six.mp3 now"])
    until(lambda: kept(lounge)[-1] == "Six", "it was not added")
    toast(alice, "Added to the queue.")


def test_text_without_a_link_and_text_in_a_field_are_left_alone(alice: Page, lounge: Lounge) -> None:
    version = lounge.snapshot()["version"]
    alice.evaluate(PASTE, ["main", "no link at all"])
    alice.evaluate(PASTE, ["#my-name", LINKS[0]])
    expect(alice.locator(".toast")).to_have_count(0)
    assert lounge.snapshot()["version"] == version


LISTS = {
    "list_txt": "https://media.example.org/Six.mp3\r\n# no\r\nhttps://media.example.org/Seven.mp3",
    "LIST_M3U8": "#EXTM3U\n#EXTINF:1,Six\nhttps://media.example.org/6.mp3\n#EXTINF:1,Seven\nhttps://media.example.org/7.mp3",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_of_links_is_dropped_anywhere(alice: Page, lounge: Lounge, name: str) -> None:
    assert drop(alice, **{name: LISTS[name]}) == (True, True)
    expect(alice.locator(".drop-here")).to_be_hidden()
    until(lambda: kept(lounge)[5:] == ["Six", "Seven"], "they were not added")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"big_txt": "x" * (MOST_FILE_KIB * 1024 + 1)}, "“big.txt” has 1025 KiB"),
        ({"song_mp3": LINKS[0]}, "“song.mp3” is not a list of links"),
        ({"list_txt": "nothing in here"}, '“list.txt”: "nothing in here" is not a link'),
    ],
    ids=["too large", "no list", "empty"],
)
def test_a_file_that_cannot_be_is_refused_with_a_sentence(
    alice: Page, lounge: Lounge, files: dict[str, str], sentence: str
) -> None:
    version = lounge.snapshot()["version"]
    assert drop(alice, **files) == (True, True)
    toast(alice, sentence)
    assert lounge.snapshot()["version"] == version


def test_the_queue_is_saved_as_a_file_and_a_file_is_chosen_from_its_menu(alice: Page, lounge: Lounge) -> None:
    more = alice.get_by_role("button", name="More about the queue")
    more.click()
    with alice.expect_download() as download:
        alice.get_by_role("menuitem", name="Save as M3U").click()
    assert download.value.suggested_filename.endswith(".m3u8")
    saved = download.value.path().read_text()
    assert [line for line in saved.splitlines() if not line.startswith("#")] == LINKS
    expect(more).to_have_attribute("aria-expanded", "false")
    more.press("Enter")
    expect(alice.get_by_role("menuitem").first).to_be_focused()
    bring = alice.get_by_role("menuitem", name="Add a file of links")
    held: list[Route] = []
    alice.route("**/queue/import", lambda route: held.append(route))
    with alice.expect_file_chooser() as chooser:
        bring.click()
    chooser.value.set_files({"name": "saved.m3u8", "mimeType": "audio/x-mpegurl", "buffer": saved.encode()})
    expect(alice.get_by_role("progressbar", name="Adding “saved.m3u8”…")).to_be_visible()
    until(lambda: bool(alice.evaluate("true")) and bool(held), "the file was not sent")
    held[0].continue_()
    until(lambda: kept(lounge) == TITLES * 2, "they were not added")
    expect(alice.get_by_role("progressbar")).to_have_count(0)
    toast(alice, "Added 5 tracks to the queue.")


def test_a_video_in_a_playlist_is_added_with_an_offer_to_add_the_playlist(alice: Page, lounge: Lounge) -> None:
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append((route.request.post_data_json or {})["url"])
        route.continue_()

    alice.route("**/queue", note)
    alice.evaluate(PASTE, ["main", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLlounge"])
    alice.get_by_role("button", name="Add its whole playlist").click()
    until(
        lambda: bool(alice.evaluate("true")) and asked[1:] == ["https://www.youtube.com/playlist?list=PLlounge"],
        "it was not asked for",
    )


def test_of_several_links_those_that_can_be_played_are_added(alice: Page, lounge: Lounge) -> None:
    bad = "https://www.youtube.com/feed/history"
    good = [f"https://media.example.org/{title}.mp3" for title in ("Six", "Seven", "Eight")]
    drop(alice, "\n".join([good[0], bad, *good[1:]]))
    toast(alice, f'3 added. "{bad}" is on YouTube but names no video')
    assert kept(lounge)[5:] == ["Six", "Seven", "Eight"]
    expect(alice.locator(".row")).to_have_count(8)


def test_where_nobody_may_add_a_drop_is_answered_and_the_page_stays(browser: Browser, lounge: Lounge) -> None:
    lounge.alice.patch(lounge.path, json={"rules": {"add": "host"}})
    window = opened(browser, lounge, f"/r/{lounge.slug}")
    version = lounge.snapshot()["version"]
    assert drop(window.page, LINKS[0]) == (True, True)
    toast(window.page, "You cannot add music in this room.")
    assert lounge.snapshot()["version"] == version
    window.close()


def test_what_was_deleted_in_a_field_comes_back_and_nothing_else_does(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Two", "Remove")
    until(lambda: kept(lounge) == ["One", "Three", "Four", "Five"], "it was not removed")
    field = alice.locator("#add-link")
    field.press_sequentially("night")
    for key in ("ControlOrMeta+a", "Delete", "ControlOrMeta+z"):
        field.press(key)
    expect(field).to_have_value("night")
    assert kept(lounge) == ["One", "Three", "Four", "Five"]


def test_after_a_seek_an_undo_is_not_offered_for_what_was_removed_before(alice: Page, lounge: Lounge) -> None:
    lounge.control(position_ms=42_000)
    expect(alice.locator("[data-part=elapsed]")).to_have_text("0:42")
    choose(alice, "Two", "Remove")
    until(lambda: "Two" not in kept(lounge), "it was not removed")  # what comes to the server last is undone first
    toast(alice, "Removed Two")
    alice.keyboard.press("ArrowRight")
    until(lambda: lounge.snapshot()["player"]["position_ms"] == 47_000, "it was not sought")
    expect(alice.locator(".toast-undo")).to_have_count(0)
    alice.keyboard.press("ControlOrMeta+z")
    until(lambda: lounge.snapshot()["player"]["position_ms"] == 42_000, "it did not go back")
    assert "Two" not in kept(lounge)


def test_no_row_sticks_to_a_pointer_that_was_let_go_beside_the_list(alice: Page, lounge: Lounge) -> None:
    five = alice.locator(row(alice, "Five"))
    five.scroll_into_view_if_needed()
    box = five.bounding_box()
    assert box is not None
    x, edge = box["x"] + 120, box["y"] + box["height"]
    alice.mouse.move(x, edge - 2)
    alice.mouse.down()
    alice.mouse.move(x, edge + 30)
    alice.mouse.up()
    alice.mouse.move(x, edge - 80, steps=4)
    expect(alice.locator(".drop-line")).to_have_count(0, timeout=1_000)
    alice.mouse.click(x, edge - 80)
    assert kept(lounge) == ["One", "Two", "Three", "Four", "Five"]


def test_a_place_that_was_held_in_one_track_is_not_sought_in_the_next(alice: Page, lounge: Lounge) -> None:
    box = alice.locator("[data-part=track]").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    alice.mouse.move(box["x"] + box["width"] * 0.5, middle)
    alice.mouse.down()
    alice.mouse.move(box["x"] + box["width"] * 0.9, middle)
    lounge.alice.post(f"{lounge.path}/player/next")
    expect(alice.locator("[data-part=title]")).to_have_text("Two")
    expect(alice.locator("[data-part=track]")).not_to_have_class(re.compile("is-held"))
    alice.mouse.up()
    alice.locator("[data-part=play]").click()
    until(lambda: lounge.snapshot()["player"]["playing"], "it does not play")
    assert lounge.snapshot()["player"]["position_ms"] == 0


def test_one_s_own_skip_is_said_once_though_its_answer_comes_before_its_event(browser: Browser, lounge: Lounge) -> None:
    window = opened(browser, lounge, lounge.host_url.removeprefix(lounge.server.url), LATE_EVENTS)
    announced: list[str] = []
    window.page.on("console", lambda told: announced.append(told.text) if "announced:" in told.text else None)
    window.page.evaluate(TELL_ANNOUNCED)
    window.page.keyboard.press("n")
    toast(window.page, "Skipped One")
    expect(window.page.locator("[data-part=title]")).to_have_text("Two")
    window.page.wait_for_timeout(1_000)
    assert announced == []
    window.close()


def test_after_a_row_was_dragged_by_a_word_that_is_selected_links_can_be_dropped_all_the_same(alice: Page) -> None:
    title = alice.locator(".row:visible .row-title").nth(1)
    title.dblclick(position={"x": 8, "y": 8})
    box = title.bounding_box()
    assert box
    alice.mouse.move(box["x"] + 8, box["y"] + 8)
    with alice.expect_event("console", lambda told: told.text == "dragged"):
        alice.evaluate("document.addEventListener('dragstart', () => console.info('dragged'))")
        alice.mouse.down()
        alice.mouse.move(box["x"] + 8, box["y"] + 60, steps=6)
        alice.mouse.up()
    assert drop(alice, text="https://media.example.org/Six.mp3") == (True, True)


def test_of_two_menus_opened_in_turn_one_is_said_to_be_open(alice: Page) -> None:
    more = alice.locator(".row:visible .row-more")
    for place in (1, 0):
        more.nth(place).click()
        expect(more.nth(place)).to_have_attribute("aria-expanded", "true")
    expect(more.nth(1)).to_have_attribute("aria-expanded", "false")


def test_what_was_refused_of_one_track_is_not_said_of_the_next_that_is_renamed(alice: Page) -> None:
    alice.route("**/queue/*", lambda route: route.abort() if route.request.method == "PATCH" else route.fallback())
    choose(alice, "Three", "Rename")
    alice.get_by_role("button", name="Save").click()
    expect(alice.locator("#rename-problem")).to_be_visible()
    alice.keyboard.press("Escape")
    choose(alice, "Four", "Rename")
    expect(alice.locator("#rename-problem")).to_be_hidden()
