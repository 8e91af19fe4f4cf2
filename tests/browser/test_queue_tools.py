"""What a group does to its queue on the page: the order, votes, names, what has played, and taking back a clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.test_queue_input import LINKS, choose, kept, opened, shown, toast
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server


@pytest.fixture
def lounge(server: Server) -> Lounge:
    """A room of Alice's whose first track was skipped, paused on the second of five."""
    lounge = Lounge.open(server)
    first, *_ = [lounge.add(link) for link in LINKS]
    lounge.control(entry_id=first["id"], playing=True)
    lounge.alice.post(f"{lounge.path}/player/next")
    lounge.control(playing=False)
    return lounge


@pytest.fixture
def alice(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    window = opened(browser, lounge, lounge.host_url.removeprefix(lounge.server.url))
    yield window.page
    window.close()


def of_the_queue(page: Page, item: str) -> None:
    """From the menu of the whole queue."""
    page.get_by_role("button", name="More about the queue").click()
    page.get_by_role("menuitem", name=item).click()


def test_votes_arrange_the_queue_and_a_clear_is_taken_back_even_after_a_reload(alice: Page, lounge: Lounge) -> None:
    lounge.alice.patch(lounge.path, json={"rules": {"order": "votes"}})
    expect(alice.locator(".queue")).to_have_attribute("data-order", "votes")
    alice.get_by_role("button", name="Vote for Five").click()
    until(lambda: shown(alice) == ["Two", "Five", "Three", "Four"], "the vote moved nothing")
    vote = alice.locator(".row", has_text="Five").locator(".row-vote")
    expect(vote).to_have_text("1")
    expect(vote).to_have_attribute("aria-pressed", "true")
    of_the_queue(alice, "Clear the queue")
    until(lambda: kept(lounge) == [], "it was not cleared")
    alice.reload()
    expect(alice.locator(".live")).to_have_attribute("data-state", "live")
    alice.keyboard.press("ControlOrMeta+z")
    until(lambda: shown(alice) == ["Two", "Five", "Three", "Four"], "it did not come back")


def test_three_people_take_turns_and_what_the_page_announces_plays_next(browser: Browser, lounge: Lounge) -> None:
    strangers = f"/r/{lounge.slug}"
    paths = {"Alice": lounge.host_url.removeprefix(lounge.server.url), "Bob": strangers, "Charlie": strangers}
    windows = {name: opened(browser, lounge, path) for name, path in paths.items()}
    lounge.alice.patch(lounge.path, json={"rules": {"order": "fair"}})
    lounge.alice.delete(f"{lounge.path}/queue")

    def add(name: str, count: int, field_id: str) -> None:
        titles = [f"{name} {number}" for number in range(count)]
        field = windows[name].page.locator(field_id)
        field.fill(" ".join(f"https://media.example.org/{title.replace(' ', '_')}.mp3" for title in titles))
        field.press("Enter")
        until(lambda: set(titles) <= set(kept(lounge)), f"{name} added nothing")

    expect(windows["Alice"].page.locator(".row")).to_have_count(0)
    add("Alice", 3, "#add-first")
    for name, count in (("Bob", 2), ("Charlie", 1)):
        expect(windows[name].page.locator(".row:visible", has_text="Alice 2")).to_have_count(1)
        add(name, count, "#add-link")
    fair = ["Alice 0", "Bob 0", "Charlie 0", "Alice 1", "Bob 1", "Alice 2"]
    assert kept(lounge) == fair
    for window in windows.values():
        expect(window.page.locator(".row:visible .row-title")).to_have_text(fair)
    choose(windows["Alice"].page, "Bob 0", "Remove all by this person")
    until(lambda: kept(lounge) == [title for title in fair if "Bob" not in title], "Bob's are still there")
    windows["Alice"].page.keyboard.press("ControlOrMeta+z")
    until(lambda: kept(lounge) == fair, "they did not come back")
    for title in fair[1:]:
        expect(windows["Charlie"].page.locator(".row[aria-current] + .row .row-title")).to_have_text(title)
        lounge.alice.post(f"{lounge.path}/player/next")
        expect(windows["Charlie"].page.locator("[data-part=title]")).to_have_text(title)
    for window in windows.values():
        window.close()


def test_what_has_played_is_searched_and_queued_again_and_an_entry_renamed(alice: Page, lounge: Lounge) -> None:
    of_the_queue(alice, "What has played")
    line = alice.locator(".history-row")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("skipped")
    alice.get_by_label("Search what has played").fill("none of these")
    expect(line).to_have_count(0)
    alice.get_by_label("Search what has played").fill("one")
    alice.get_by_role("button", name="Queue One again").click()
    until(lambda: kept(lounge)[-1] == "One", "it was not queued again")
    alice.keyboard.press("Escape")
    choose(alice, "Three", "Rename")
    alice.get_by_label("Title").fill("Our Song")
    alice.get_by_role("button", name="Save").click()
    toast(alice, "Renamed Three")
    until(lambda: "Our Song" in shown(alice), "it is not renamed")


def signed_up(browser: Browser, server: Server) -> Window:
    """Alice's window on a room of her own with two tracks, signed in with a new account."""
    window = Window.open(browser, server.url, "/accounts/signup/")
    page = window.page
    page.get_by_label("Email").fill(f"alice-{uuid4().hex[:8]}@example.org")
    page.get_by_label("Password").first.fill("a long way home at dusk")
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url(f"{server.url}/")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Origin": server.url}
    calls, base = page.context.request, f"{server.url}/api/v1/rooms"
    made = calls.post(base, data={"name": f"Alice's {uuid4().hex[:8]}"}, headers=headers).json()
    calls.post(f"{base}/{made['slug']}/queue", data={"url": "\n".join(LINKS[:2])}, headers=headers)
    page.goto(f"{server.url}/r/{made['slug']}")
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    return window


def lead(page: Page, title: str) -> Locator:
    return page.locator(".row", has_text=title).locator(".row-lead")


def test_several_are_chosen_with_the_keyboard_or_clicks_and_what_was_done_is_undone_from_the_log(
    alice: Page, lounge: Lounge
) -> None:
    choose(alice, "Three", "Choose several")
    expect(lead(alice, "Three")).to_be_focused()
    expect(lead(alice, "Three")).to_have_attribute("aria-checked", "true")
    alice.keyboard.press("Tab")
    lead(alice, "Five").focus()
    alice.keyboard.press("Space")
    expect(alice.locator("[data-part=selection-count]")).to_have_text("2 chosen")
    alice.get_by_role("toolbar").get_by_role("button", name="Play next").press("Enter")
    until(lambda: shown(alice) == ["Two", "Three", "Five", "Four"], "they are not next")
    expect(alice.get_by_role("toolbar")).to_be_hidden()
    expect(lead(alice, "Three")).not_to_have_attribute("role", "checkbox")
    alice.locator(".row", has_text="Five").locator(".row-text").click(modifiers=["ControlOrMeta"])
    alice.locator(".row", has_text="Four").locator(".row-text").click(modifiers=["Shift"])
    alice.keyboard.press("Delete")
    until(lambda: kept(lounge) == ["One", "Two", "Three"], "they were not removed")
    of_the_queue(alice, "What was done")
    lines = alice.locator("[data-part=log-list] .row-title")
    expect(lines.nth(0)).to_have_text(re.compile(".+ took 2 tracks out"))
    expect(lines.nth(1)).to_have_text(re.compile(".+ put 2 tracks next"))
    alice.get_by_role("button", name=re.compile("Undo: .+ took 2 tracks out")).click()
    until(lambda: kept(lounge) == ["One", "Two", "Three", "Five", "Four"], "they did not come back")
    expect(lines.nth(0)).to_have_text(re.compile(".+ undid something"))
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("button", name="More about the queue")).to_be_focused()


def test_an_account_keeps_what_it_chose_renames_its_list_and_lets_the_room_go_on_with_it(
    browser: Browser, server: Server
) -> None:
    window = signed_up(browser, server)
    page = window.page
    expect(page.locator(".row")).to_have_count(2)
    page.locator(".own-lists summary").click()
    page.get_by_label("Save the queue as a list").fill("Dusk")
    page.locator("[data-part=save-list]").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Rename Dusk").click()
    page.get_by_role("textbox", name="Rename Dusk").fill("Dawn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Rename Dawn")).to_be_focused()
    lead(page, "Two").click(modifiers=["ControlOrMeta"])
    page.get_by_role("toolbar").get_by_role("button", name="Add to a list of yours").click()
    page.get_by_role("menuitem", name="Dawn").click()
    toast(page, "1 track added to Dawn")
    page.locator("[data-part=settings-button]").click()
    page.get_by_text("Every rule").click()
    page.get_by_label("At the end of the queue").select_option("go on by itself")
    page.get_by_label("What it goes on with by itself").select_option("Dawn")
    page.locator("[data-part=settings-form]").get_by_role("button", name="Save").click()
    toast(page, "Saved")
    rules = page.evaluate("fetch(location.pathname.replace('/r/', '/api/v1/rooms/')).then((it) => it.json())")["room"][
        "rules"
    ]
    lists = page.evaluate("fetch('/api/v1/playlists').then((it) => it.json())")["items"]
    assert [(one["name"], one["length"], one["id"]) for one in lists] == [("Dawn", 3, rules["autofill_from"])]
    assert window.errors == []
    window.close()


def test_the_keys_of_a_selection_leave_a_field_beside_it_alone(browser: Browser, server: Server) -> None:
    window = signed_up(browser, server)
    page = window.page
    expect(page.locator(".row")).to_have_count(2)
    page.locator(".own-lists summary").click()
    lead(page, "Two").click(modifiers=["ControlOrMeta"])
    name = page.get_by_label("Save the queue as a list")
    name.fill("Duks")
    for key in ("ControlOrMeta+a", "Delete"):
        name.press(key)
    expect(name).to_have_value("")
    expect(page.locator("[data-part=selection-count]")).to_have_text("1 chosen")
    expect(page.locator(".row")).to_have_count(2)
    window.close()


def test_who_undoes_from_the_log_keeps_the_focus_while_others_act(alice: Page, lounge: Lounge) -> None:
    choose(alice, "Five", "Remove")
    of_the_queue(alice, "What was done")
    undo = alice.get_by_role("button", name=re.compile("Undo: .+ removed Five"))
    undo.focus()
    lounge.add("https://media.example.org/Six.mp3")
    expect(alice.locator("[data-part=log-list] .row-title").first).to_contain_text("added Six")
    expect(undo).to_be_focused()


def test_what_has_played_says_its_day_and_says_so_where_no_more_can_be_read(alice: Page, lounge: Lounge) -> None:
    entry = lounge.snapshot()["queue"][0]
    days_ago = {"id": 7, "entry": entry, "added_by": None, "played_at_ms": 1_700_000_000_000, "outcome": "ended"}
    answers = [{"items": [days_ago], "next": "more"}, None, None, {"items": [days_ago], "next": None}]

    def answer(route: Route) -> None:
        told = answers.pop(0)
        route.fulfill(json=told) if told else route.abort()

    alice.route("**/history?*", answer)
    of_the_queue(alice, "What has played")
    expect(alice.locator(".history-row")).to_contain_text("2023")
    lost = alice.locator("[data-part=history-empty]", has_text="The room cannot be reached right now.")
    more = alice.locator("[data-part=history-more]")
    more.press("Enter")
    expect(lost).to_be_visible()
    with alice.expect_event("requestfailed", lambda request: "none" in request.url):
        alice.get_by_label("Search what has played").fill("none of these")
    expect(lost).to_be_visible()
    more.press("Enter")
    expect(more).to_be_hidden()
    expect(lost).to_be_hidden()
    expect(alice.get_by_role("button", name="Queue One again").first).to_be_focused()
