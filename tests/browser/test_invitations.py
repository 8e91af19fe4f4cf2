"""A room's doors as its owner and those who come see them: links made, taken and withdrawn, a preset, a password."""

from __future__ import annotations

import re

from playwright.sync_api import APIResponse, Browser, Route, expect

from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server


def test_alice_makes_a_private_radio_and_bob_comes_in_by_her_link_until_she_withdraws_it(
    browser: Browser, server: Server
) -> None:
    window = Window.open(browser, server.url, "/", viewport={"width": 1280, "height": 900})
    alice = window.page
    alice.locator("#name").fill("Alice's own")
    alice.get_by_role("button", name="Start a room").click()
    alice.wait_for_url(re.compile(r"/r/alices-own"))
    alice.get_by_role("button", name="Room settings").click()
    settings = alice.get_by_role("dialog", name="Room settings")
    settings.get_by_label("Who can find it").select_option("private")
    settings.get_by_label("Radio").check()
    settings.get_by_role("button", name="Save", exact=True).click()
    expect(settings).not_to_be_visible()
    alice.get_by_role("button", name="Share").click()
    share = alice.get_by_role("dialog", name="Listen together")
    share.get_by_text("Invitations").click()
    share.get_by_label("How many may join").fill("1")
    share.get_by_role("button", name="Make a link").click()
    expect(share.get_by_text("0 of 1 joined")).to_be_visible()
    link = share.locator("[data-part=invitation-link]").first.input_value()
    share.get_by_text("QR code").nth(1).click()
    code = share.locator(".invitation img").first
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("image => image.naturalWidth") > 0

    other = Window.open(browser, server.url, "/", viewport={"width": 390, "height": 844})
    bob = other.page
    bob.goto(alice.url)
    expect(bob.get_by_role("heading", name="No room by that name")).to_be_visible()
    bob.goto(link)
    bob.get_by_role("button", name="Join").click()
    expect(bob.locator("[data-part=room]")).to_have_attribute("data-role", "member")
    expect(bob.locator("[data-part=room]")).to_have_attribute("data-may", "chat react")

    host_link = share.get_by_role("listitem").filter(has_text="Host").first
    expect(host_link).to_be_visible()
    address = host_link.locator("input").input_value()
    host_link.get_by_role("button", name="Withdraw").click()
    expect(share.get_by_role("listitem").filter(has_text="Host")).to_have_count(0)
    bob.goto(address)
    expect(bob.get_by_text("This invitation was withdrawn")).to_be_visible()
    for each in (window, other):
        each.close()


def test_a_list_of_links_that_comes_late_does_not_hide_the_link_that_was_just_made(
    browser: Browser, lounge: Lounge
) -> None:
    window = Window.open(browser, lounge.server.url, lounge.host_url.removeprefix(lounge.server.url))
    alice = window.page
    late: list[tuple[Route, APIResponse]] = []

    def answer(route: Route) -> None:
        if route.request.method == "GET" and not late:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    alice.route("**/api/v1/rooms/*/invitations", answer)
    alice.get_by_role("button", name="Share").click()
    share = alice.get_by_role("dialog", name="Listen together")
    share.get_by_text("Invitations").click()
    until(lambda: alice.title() and late, "the list was not asked for")
    share.get_by_label("How many may join").fill("1")
    share.get_by_role("button", name="Make a link").click()
    expect(share.get_by_text("0 of 1 joined")).to_be_visible()
    route, before = late[0]
    with alice.expect_event("requestfinished", lambda request: request.url.endswith("/invitations")):
        route.fulfill(response=before)
    alice.evaluate("() => new Promise(requestAnimationFrame)")
    expect(share.get_by_text("0 of 1 joined")).to_be_visible()
    window.close()
