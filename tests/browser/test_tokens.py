"""The page on which hosts make tokens for programs: made, tried, withdrawn, and refused to all others."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support import axe
from tools.browser import Window
from tools.people import Lounge


def test_alice_makes_a_token_that_a_program_acts_by_until_she_withdraws_it(browser: Browser, lounge: Lounge) -> None:
    window = Window.of(browser.new_context(), lounge.server.url)
    page = window.page
    lounge_page = httpx.URL(lounge.host_url).path
    page.goto(lounge.server.url + lounge_page)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("dialog", name="Listen together").get_by_role("link", name="Tokens for programs").click()
    expect(page.get_by_role("heading", name="Tokens for programs")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Jukebox")
    page.get_by_role("checkbox", name=re.compile("^queue")).check()
    page.get_by_label("Ends after, in days").fill("30")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_text("Keep it now")).to_be_visible()
    program = lounge.server.client(page.locator("#token-text").inner_text())
    added = program.post(f"{lounge.path}/queue", json={"url": "https://media.example.org/a.mp3"})
    assert added.status_code == 201
    assert program.patch(f"{lounge.path}/player", json={"playing": True}).status_code == 403
    page.goto(page.url)
    expect(page.locator("#token-text")).to_have_count(0)
    token = page.get_by_role("listitem").filter(has_text="Jukebox")
    expect(token).to_contain_text("ends in 4 weeks")
    expect(token).to_contain_text("ago")
    page.get_by_role("button", name="Withdraw Jukebox").click()
    expect(token).to_have_count(0)
    assert program.get(lounge.path).status_code == 401
    page.get_by_role("link", name="Back to the room").click()
    expect(page).to_have_url(re.compile(f"/r/{lounge.slug}$"))
    assert window.errors == []


def test_guests_are_shown_no_way_to_tokens(browser: Browser, lounge: Lounge) -> None:
    bob = Window.open(browser, lounge.server.url, f"/r/{lounge.slug}").page
    bob.get_by_role("button", name="Share").click()
    share = bob.get_by_role("dialog", name="Listen together")
    expect(share.get_by_text("On other screens")).to_be_visible()
    expect(share.get_by_role("link", name="Tokens for programs")).to_have_count(0)
    response = bob.goto(f"{lounge.server.url}/r/{lounge.slug}/tokens")
    assert response is not None
    assert response.status == 403
    expect(bob.get_by_text("that takes the role host")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_the_page_of_tokens_has_no_violation_and_is_no_wider_than_a_phone(
    browser: Browser, lounge: Lounge, locale: str
) -> None:
    options = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce", "locale": locale}
    window = Window.open(browser, lounge.server.url, httpx.URL(lounge.host_url).path, **options)
    page = window.page
    page.goto(f"{lounge.server.url}/r/{lounge.slug}/tokens")
    for name, problems in (("", 1), ("Jukebox of a long and winding name, 40 x", 0)):
        page.locator("#id_name").fill(name)
        page.locator("main form button.primary").click()
        expect(page.locator(".errorlist")).to_have_count(problems)
        expect(page.locator("#token-text")).to_have_count(1 - problems)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe.expect_none(page, f"tokens with {problems} problems")
    window.close()
