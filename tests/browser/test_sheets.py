"""Sheets that are filled in while others change the room, and buttons that are tapped twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_queue_input import LINKS
from tests.browser.test_queue_tools import signed_up
from tests.support.tones import tone
from tools.browser import Window
from tools.patience import PATIENCE_S, until
from tools.server import NO_TLS, Server

TWICE = "(button) => { button.click(); button.click() }"
"""A double tap, of which both come before the answer to the first."""


@pytest.fixture
def owner(browser: Browser, server: Server) -> Iterator[Page]:
    """Alice's page of a room that she has just started."""
    window = Window.open(browser, server.url, "/")
    page = window.page
    # What cannot be played would be skipped.
    page.route("https://media.example.org/**", lambda route: route.fulfill(body=tone(120), content_type="audio/wav"))
    page.locator("#name").fill(f"Alice's {uuid4().hex[:8]}")
    page.get_by_role("button", name="Start a room").click()
    page.wait_for_url(re.compile(r"/r/alices-"))
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    yield page
    window.close()


def elsewhere(page: Page, method: str, path: str = "", **fields: object) -> httpx.Response:
    """What Alice does on another device of hers."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    base = page.url.split("?")[0].replace("/r/", "/api/v1/rooms/")
    headers = {"X-CSRFToken": cookies["csrftoken"], "Origin": origin[0]}
    with httpx.Client(cookies=cookies, headers=headers, timeout=PATIENCE_S, verify=NO_TLS) as client:
        answer = client.request(method, base + path, json=fields or None)
    assert answer.is_success, answer.text
    return answer


def settings(page: Page) -> Locator:
    page.get_by_role("button", name="Room settings").click()
    return page.get_by_role("dialog", name="Room settings")


def save(sheet: Locator) -> None:
    sheet.get_by_role("button", name="Save", exact=True).click()


def test_who_changes_the_name_of_a_room_changes_nothing_else_back(owner: Page) -> None:
    elsewhere(owner, "PATCH", rules={"max_length_ms": 90_000})
    sheet = settings(owner)
    elsewhere(owner, "PATCH", visibility="private", rules={"order": "votes"})
    expect(owner.locator(".queue")).to_have_attribute("data-order", "votes")
    sheet.locator("#set-name").fill("Our lounge")
    save(sheet)
    expect(sheet).to_be_hidden()
    room = elsewhere(owner, "GET").json()["room"]
    told = (room["name"], room["visibility"], room["rules"]["order"], room["rules"]["max_length_ms"])
    assert told == ("Our lounge", "private", "votes", 90_000)
    expect(owner.locator("h1").first).to_have_text("Our lounge")


def test_a_sheet_stays_open_where_letters_are_selected_past_its_edge_and_closes_beside_it(owner: Page) -> None:
    sheet = settings(owner)
    field, edge = sheet.locator("#set-name").bounding_box(), sheet.bounding_box()
    assert field
    assert edge
    owner.mouse.move(field["x"] + field["width"] / 2, field["y"] + field["height"] / 2)
    owner.mouse.down()
    owner.mouse.move(edge["x"] - 30, field["y"] + 5, steps=4)
    owner.mouse.up()
    assert sheet.is_visible()
    owner.mouse.click(edge["x"] - 30, field["y"])
    expect(sheet).to_be_hidden()


def test_what_was_refused_once_is_not_said_when_the_settings_are_opened_again(owner: Page) -> None:
    sheet = settings(owner)
    sheet.locator("#set-reactions").fill("a b c")
    save(sheet)
    expect(sheet.locator("#settings-problem")).to_be_visible()
    owner.keyboard.press("Escape")
    settings(owner)
    expect(sheet.locator("#settings-problem")).to_be_hidden()
    expect(sheet.locator("#set-reactions")).not_to_have_attribute("aria-invalid", "true")


def test_a_wrong_number_among_rules_that_are_folded_away_is_shown(owner: Page) -> None:
    sheet = settings(owner)
    rules, share = sheet.get_by_text("Every rule"), sheet.locator("#rule-skip_share")
    rules.click()
    share.fill("")
    rules.click()
    save(sheet)
    expect(share).to_be_visible()
    expect(share).to_be_focused()


def test_a_double_tap_starts_the_music_and_does_not_pause_it(owner: Page) -> None:
    elsewhere(owner, "POST", "/queue", url=LINKS[0])
    owner.get_by_role("button", name="Start the music").evaluate(TWICE)
    until(lambda: elsewhere(owner, "GET").json()["player"]["playing"], "it does not play")
    expect(owner.locator("[data-part=transport]")).to_have_attribute("aria-busy", "false")
    assert elsewhere(owner, "GET").json()["player"]["playing"]


def test_a_double_tap_makes_one_link_and_who_withdraws_it_keeps_the_focus(owner: Page) -> None:
    owner.get_by_role("button", name="Share").click()
    share = owner.get_by_role("dialog", name="Listen together")
    share.get_by_text("Invitations").click()
    made = share.locator(".invitation")
    expect(made).not_to_have_count(0)
    before = made.count()
    share.get_by_role("button", name="Make a link").evaluate(TWICE)
    expect(made).to_have_count(before + 1)
    owner.wait_for_load_state("networkidle")
    assert len(elsewhere(owner, "GET", "/invitations").json()["items"]) == before + 1
    share.get_by_role("button", name="Withdraw").first.press("Enter")
    expect(made).to_have_count(before)
    expect(share.locator(".invitations > summary")).to_be_focused()


def test_a_double_tap_saves_one_list_and_loads_it_once(browser: Browser, server: Server) -> None:
    window = signed_up(browser, server)
    page = window.page
    page.locator(".own-lists summary").click()
    page.get_by_label("Save the queue as a list").fill("Dusk")
    page.locator("[data-part=save-list]").get_by_role("button", name="Save").evaluate(TWICE)
    page.get_by_title("Add all of Dusk to the queue").first.evaluate(TWICE)
    expect(page.locator(".row")).to_have_count(4)
    page.wait_for_load_state("networkidle")
    lists = json.loads(page.evaluate("fetch('/api/v1/playlists').then((it) => it.text())"))["items"]
    assert [one["name"] for one in lists] == ["Dusk"]
    assert len(elsewhere(page, "GET").json()["queue"]) == 4
    window.close()
