"""The People panel as the hosts' console: two people, one of whom moderates the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.support.tones import tone
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge

A = "https://media.example.org/a.wav"
B = "https://media.example.org/b.wav"
RENAME = """async ([slug, name]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content
  const body = new URLSearchParams({ name, csrfmiddlewaretoken: token })
  return (await fetch(`/r/${slug}/name`, { method: 'POST', body })).status
}"""
NOTE_STATES = """
window.state = { told: 'listening', underWay: 0 }
const own = window.fetch
window.fetch = async (input, init) => {
  if (!String(input).endsWith('/people/me')) return own(input, init)
  state.told = JSON.parse(init.body).state
  state.underWay += 1
  try {
    return await own(input, init)
  } finally {
    state.underWay -= 1
  }
}"""
"""What the page told the server of its player, as which one is taken for a listener until it tells another."""
ASK_AGAIN = "localStorage.removeItem('name-asked')"


def opened(browser: Browser, lounge: Lounge, path: str) -> Window:
    window = Window.open(browser, lounge.server.url)
    window.page.add_init_script(NOTE_STATES)
    sound = tone(300)
    window.page.route("https://media.example.org/**", lambda route: route.fulfill(body=sound, content_type="audio/wav"))
    window.page.goto(entered(window.page, lounge.server.url + path))
    expect(window.page.locator(".live")).to_have_attribute("data-state", "live")
    return window


@pytest.fixture
def alice(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    window = opened(browser, lounge, lounge.host_url.removeprefix(lounge.server.url))
    window.page.get_by_role("tab", name="People").click()
    yield window.page
    window.close()


def touch(page: Page) -> None:
    """Make gestures until it sounds: one is lost while the player starts anew without sound."""

    def sounds() -> bool:
        page.locator(".bar").click(position={"x": 2, "y": 2})
        return page.locator("[data-part=deck]").get_attribute("data-phase") == "playing"

    until(sounds, "it does not sound")
    # That it was silent may be on its way yet, and would take from the listeners who is counted among them already.
    page.wait_for_function("() => state.told === 'listening' && !state.underWay")


def listening(lounge: Lounge) -> int:
    return sum(person["state"] == "listening" for person in lounge.snapshot()["people"]["items"])


def test_a_host_mutes_and_bans_from_the_list_and_takes_both_back(browser: Browser, lounge: Lounge, alice: Page) -> None:
    bob = opened(browser, lounge, f"/r/{lounge.slug}")
    bob.page.get_by_role("tab", name="People").click()
    bob.page.get_by_label("You listen as").fill("Bob")
    bob.page.get_by_label("You listen as").press("Enter")
    there = alice.locator("[data-part=people] > li", has_text="Bob")
    expect(there).to_have_count(1)
    expect(alice.locator("[data-part=people] > li").first).to_contain_text("you")

    there.get_by_role("button").press("Enter")
    menu = alice.get_by_role("menu", name="This person")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    menu.get_by_role("menuitem", name="Mute in queue and chat").press("Enter")
    expect(there).to_contain_text("muted")
    alice.get_by_role("button", name="Undo").click()
    expect(there).not_to_contain_text("muted")

    there.get_by_role("button").click()
    menu.get_by_role("menuitem", name="Ban…").click()
    sheet = alice.get_by_role("dialog", name="Ban Bob")
    sheet.get_by_label("Reason, which they are told").fill("Skips all day")
    sheet.get_by_role("button", name="Ban", exact=True).click()
    expect(bob.page.get_by_role("heading", name="You can no longer come in")).to_be_visible()
    expect(bob.page.locator("[data-part=farewell-text]")).to_contain_text("Their reason: Skips all day")
    bob.page.reload()
    expect(bob.page.get_by_text("Their reason: Skips all day")).to_be_visible()

    alice.get_by_text("Who is banned").click()
    alice.locator("[data-part=bans-list] > li", has_text="Skips all day").get_by_role("button").click()
    expect(alice.get_by_text("Nobody is banned.")).to_be_visible()
    bob.page.reload()
    expect(bob.page.locator(".live")).to_have_attribute("data-state", "live")
    bob.close()


def test_a_list_of_bans_that_comes_late_does_not_bring_back_who_was_let_in(lounge: Lounge, alice: Page) -> None:
    bob = lounge.person().post(f"/api/v1{lounge.path}/queue", json={"url": A}).json()["added_by"]["id"]
    assert lounge.alice.post(f"{lounge.path}/people/{bob}/ban", json={}).status_code == 201
    summary = alice.get_by_text("Who is banned")
    let_in = alice.get_by_role("button", name="Let in again")
    summary.click()
    expect(let_in).to_be_visible()
    summary.click()
    late: list[tuple[Route, APIResponse]] = []
    alice.route("**/bans", lambda route: route.fallback() if late else late.append((route, route.fetch())))
    summary.click()
    until(lambda: alice.title() and late, "the list was not asked for")
    let_in.click()
    expect(alice.get_by_text("Nobody is banned.")).to_be_visible()
    route, before = late[0]
    with alice.expect_event("requestfinished", lambda request: request.url.endswith("/bans")):
        route.fulfill(response=before)
    alice.evaluate("() => new Promise(requestAnimationFrame)")
    expect(alice.get_by_text("Nobody is banned.")).to_be_visible()


def test_a_guest_is_asked_for_a_name_after_the_first_sound_and_votes_to_skip(browser: Browser, lounge: Lounge) -> None:
    first, second = lounge.add(A), lounge.add(B)
    lounge.control(playing=True)
    bob = opened(browser, lounge, f"/r/{lounge.slug}")
    bob.page.evaluate(ASK_AGAIN)
    touch(bob.page)
    field = bob.page.get_by_label("What shall the others call you?")
    expect(field).to_be_visible()
    expect(field).not_to_be_focused()
    field.fill("Host")
    field.press("Enter")
    expect(bob.page.get_by_text("choose another name")).to_be_visible()
    field.fill("Bob")
    field.press("Enter")
    expect(field).to_have_count(0)
    expect(bob.page.locator("main.room")).to_be_visible()
    assert "Bob" in [person["name"] for person in lounge.snapshot()["people"]["items"]]
    assert bob.page.evaluate(RENAME, [lounge.slug, "Robert"]) == 200  # as another tab would
    expect(bob.page.locator("[data-part=people] > li").first).to_contain_text("Robert")

    charlie = opened(browser, lounge, f"/r/{lounge.slug}")
    dora = opened(browser, lounge, f"/r/{lounge.slug}")
    touch(charlie.page)
    touch(dora.page)
    until(lambda: listening(lounge) == 3, "not everybody listens, without which nobody counts for a vote")
    vote = bob.page.get_by_role("button", name="Vote to skip")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(charlie.page.locator("[data-part=skip-votes]")).to_have_text("1 of 2")
    assert lounge.snapshot()["player"]["entry_id"] == first["id"]
    charlie.page.get_by_role("button", name="Vote to skip").click()
    expect(dora.page.locator("[data-part=title]")).to_have_text(second["title"])
    expect(vote).to_have_attribute("aria-pressed", "false")
    for window in (bob, charlie, dora):
        window.close()


def test_a_press_on_somebody_is_not_lost_because_they_change_or_somebody_else_comes(
    browser: Browser, lounge: Lounge, alice: Page
) -> None:
    bob = opened(browser, lounge, f"/r/{lounge.slug}")
    count = alice.locator("[data-part=count]")
    expect(count).to_have_text("2")
    people = alice.locator("[data-part=people] > li")
    people.filter(has_text="Guest").nth(1).get_by_role("button").hover()
    alice.mouse.down()
    assert bob.page.evaluate(RENAME, [lounge.slug, "Bob"]) == 200
    expect(people.filter(has_text="Bob")).to_be_visible()
    charlie = opened(browser, lounge, f"/r/{lounge.slug}")
    expect(count).to_have_text("3")
    alice.mouse.up()
    expect(alice.get_by_role("menu", name="This person")).to_be_visible()
    bob.close()
    charlie.close()
