"""What a group does to its queue on the page: the order, votes, names, what has played, and taking back a clear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_queue_input import LINKS, choose, kept, opened, shown, toast
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
