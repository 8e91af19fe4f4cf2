"""Who one is, in several browsers: by a provider of accounts, by a role that is handed over, by a network address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import openid
from tests.support.openid import Provider
from tools.browser import Window
from tools.people import Lounge
from tools.server import Server, served


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with openid.provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Server]:
    env: dict[str, Any] = {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": openid.CLIENT_ID,
        "OIDC_CLIENT_SECRET": openid.SECRET,
        "OIDC_NAME": "Home",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    with served(prepared, tmp_path_factory.mktemp("accounts"), **env) as running:
        yield running


def opened(browser: Browser, server: Server, path: str, address: str = "192.0.2.1") -> Page:
    """A browser of its own behind that network address."""
    return Window.open(browser, server.url, path, extra_http_headers={"X-Forwarded-For": address}).page


def sign_in(page: Page, server: Server, provider: Provider) -> None:
    page.route(f"{provider.issuer}/**", lambda route: route.continue_())
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_role("button", name="Go on with Home").click()
    expect(page).to_have_url(f"{server.url}/")


def choose(page: Page, name: str, item: str) -> None:
    """Press an item in the menu of that person."""
    page.get_by_role("tab", name="People").click()
    page.locator("[data-part=people] > li", has_text=name).get_by_role("button").click()
    page.get_by_role("menuitem", name=item).click()


def test_alice_signs_in_by_a_provider_finds_her_room_elsewhere_and_hands_it_over(
    browser: Browser, server: Server, provider: Provider
) -> None:
    alice = opened(browser, server, "/")
    alice.locator("#name").fill("Alice's own")
    alice.get_by_role("button", name="Start a room").click()
    alice.wait_for_url(re.compile("/r/"))
    room = alice.url
    sign_in(alice, server, provider)
    elsewhere = opened(browser, server, "/")
    sign_in(elsewhere, server, provider)
    elsewhere.goto(f"{server.url}/rooms/mine")
    elsewhere.get_by_role("link", name="Alice's own").click()
    expect(elsewhere.locator("[data-part=room]")).to_have_attribute("data-role", "owner")

    bob = opened(browser, server, room.removeprefix(server.url))
    bob.get_by_role("tab", name="People").click()
    bob.get_by_label("You listen as").fill("Bob")
    bob.get_by_label("You listen as").press("Enter")
    elsewhere.once("dialog", lambda dialog: dialog.dismiss())
    choose(elsewhere, "Bob", "Hand the room over…")
    expect(elsewhere.locator("[data-part=room]")).to_have_attribute("data-role", "owner")
    asked: list[str] = []
    elsewhere.once("dialog", lambda dialog: dialog.accept())
    elsewhere.once("dialog", lambda dialog: asked.append(dialog.message))
    choose(elsewhere, "Bob", "Hand the room over…")
    expect(elsewhere.locator("[data-part=room]")).to_have_attribute("data-role", "host")
    assert asked == ["Hand the room over to Bob? You stay as a host, and only they can give it back."]
    expect(bob.get_by_text("This room is yours now.")).to_be_visible()
    bob.get_by_role("button", name="Reload").click()
    expect(bob.locator("[data-part=room]")).to_have_attribute("data-role", "owner")


def test_bob_is_muted_and_banned_by_what_he_wrote_and_clearing_cookies_is_no_way_back(
    browser: Browser, server: Server
) -> None:
    lounge = Lounge.open(server)
    bob = opened(browser, server, f"/r/{lounge.slug}", "203.0.113.7")
    bob.locator("[data-part=chat-text]").fill("Buy my pills")
    bob.locator("[data-part=chat-text]").press("Enter")
    expect(bob.locator("[data-part=chat-text]")).to_have_value("")
    bob.locator("[data-part=chat-text]").fill("Pills, cheap")
    alice = opened(browser, server, lounge.host_url.removeprefix(server.url))
    expect(alice.locator(".live")).to_have_attribute("data-state", "live")
    message = alice.locator(".message", has_text="Buy my pills")
    for item in ("Mute in queue and chat", "Ban…"):
        message.hover()
        message.get_by_role("button", name="More about this message").click()
        alice.get_by_role("menuitem", name=item).click()
        if item != "Ban…":
            expect(alice.get_by_text("is muted")).to_be_visible()
            bob.locator("[data-part=chat-text]").press("Enter")
            expect(bob.get_by_text("was muted here and may not write in the chat")).to_be_visible()
    alice.get_by_role("dialog").get_by_role("button", name="Ban", exact=True).click()
    expect(bob.get_by_role("heading", name="You can no longer come in")).to_be_visible()
    bob.context.clear_cookies()
    bob.reload()
    expect(bob.get_by_role("heading", name="You can no longer come in")).to_be_visible()
    charlie = opened(browser, server, f"/r/{lounge.slug}", "203.0.113.8")
    expect(charlie.locator("main.room")).to_be_visible()
