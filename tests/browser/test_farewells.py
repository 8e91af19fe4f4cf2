"""What a room's page says when it cannot go on: each state has its words and a way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import Window
from tools.people import Lounge
from tools.server import served


@pytest.fixture
def guest(lounge: Lounge, browser: Browser) -> Iterator[Page]:
    """Bob's window in the lounge."""
    window = Window.open(browser, lounge.server.url, f"/r/{lounge.slug}")
    expect(window.page.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
    yield window.page
    window.close()


def show_out(lounge: Lounge, verb: str) -> None:
    """Do so to everybody who is no host."""
    lounge.server.shell(
        "from rooms.models import Room; from rooms.core.change import change; from rooms.clock import now_ms\n"
        f"with change(Room.objects.find({lounge.slug!r}), now_ms()) as lent:\n"
        f"    for member in lent.members.filter(role__lt=20): member.room = lent; member.{verb}()"
    )


def add_something(page: Page) -> None:
    """Only who did something has a place to be shown out of."""
    field = page.locator(".welcome").get_by_label("Link to add")
    field.fill("https://media.example.org/a.mp3")
    field.press("Enter")
    expect(page.locator(".row:not([aria-busy])")).to_have_count(1)


def test_a_closed_room_says_so_and_leads_elsewhere(lounge: Lounge, guest: Page) -> None:
    lounge.alice.delete(lounge.path)
    expect(guest.get_by_role("heading", name="The room is closed")).to_be_focused()
    expect(guest.get_by_role("link", name="Come back in")).to_be_hidden()
    guest.get_by_role("link", name="Find another room").click()
    expect(guest.get_by_label("Name your room")).to_be_visible()


def test_whoever_is_asked_to_leave_may_come_back(lounge: Lounge, guest: Page) -> None:
    add_something(guest)
    show_out(lounge, "kick")
    expect(guest.get_by_role("heading", name="You were asked to leave")).to_be_visible()
    guest.get_by_role("link", name="Come back in").click()
    expect(guest.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()


def test_whoever_is_banned_is_told_and_has_no_way_back(lounge: Lounge, guest: Page) -> None:
    add_something(guest)
    show_out(lounge, "ban")
    expect(guest.get_by_role("heading", name="You can no longer come in")).to_be_visible()
    expect(guest.get_by_role("link", name="Come back in")).to_be_hidden()
    guest.reload()
    expect(guest.get_by_role("heading", name="You can no longer come in")).to_be_visible()


def test_a_room_that_turns_private_says_so_and_lets_in_when_it_opens_again(lounge: Lounge, guest: Page) -> None:
    lounge.alice.patch(lounge.path, json={"visibility": "private"})
    expect(guest.get_by_role("heading", name="This room is private now")).to_be_visible()
    lounge.alice.patch(lounge.path, json={"visibility": "unlisted"})
    expect(guest.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
    lounge.alice.patch(lounge.path, json={"visibility": "private"})
    expect(guest.get_by_role("heading", name="This room is private now")).to_be_visible()
    guest.reload()
    expect(guest.get_by_text("it is private and you need an invitation")).to_be_visible()
    guest.get_by_role("link", name="Find or start a room").click()
    expect(guest.get_by_label("Name your room")).to_be_visible()


def test_a_room_that_asks_for_a_password_by_now_says_so_and_asks(lounge: Lounge, guest: Page) -> None:
    lounge.alice.patch(lounge.path, json={"password": "open sesame"})
    expect(guest.get_by_role("heading", name="This room has a password now")).to_be_visible()
    guest.get_by_role("link", name="Come back in").click()
    expect(guest.get_by_label("Password")).to_be_visible()


def test_a_host_is_asked_what_becomes_of_the_guests_before_the_room_turns_private(
    lounge: Lounge, guest: Page, browser: Browser
) -> None:
    window = Window.open(browser, lounge.server.url, lounge.host_url.removeprefix(lounge.server.url))
    page = window.page
    me = page.locator("[data-part=room]").get_attribute("data-my-id")
    assert lounge.alice.post(f"{lounge.path}/owner", json={"id": me}).status_code == 200
    page.reload()
    page.get_by_role("button", name="Room settings").click()
    sheet = page.get_by_role("dialog", name="Room settings")
    question = sheet.get_by_role("group", name="1 guest is here who is no member.")
    expect(question).to_be_hidden()
    sheet.get_by_label("Who can find it").select_option("private")
    expect(question).to_be_visible()
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_be_visible()  # it is asked, and not guessed
    sheet.get_by_label("Let them stay, as members").check()
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_be_hidden()
    assert lounge.snapshot()["room"]["visibility"] == "private"
    guest.reload()
    expect(guest.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
    window.close()


def test_a_full_room_says_so_and_lets_in_when_there_is_a_place(
    prepared: Path, tmp_path: Path, browser: Browser
) -> None:
    with served(prepared, tmp_path, MAX_STREAMS_PER_ROOM="1") as server:
        lounge = Lounge.open(server)
        with lounge.bob():
            window = Window.open(browser, server.url, f"/r/{lounge.slug}")
            notice = window.page.locator('.notice[data-kind="full"]')
            expect(notice).to_contain_text("This room is full.")
            expect(notice.get_by_role("button", name="Find another room")).to_be_visible()
        expect(window.page.get_by_role("banner").get_by_text("Live", exact=True)).to_be_visible()
        expect(notice).to_be_hidden()
        window.close()


def test_the_share_sheet_follows_who_may_open_the_room(lounge: Lounge, browser: Browser) -> None:
    window = Window.open(browser, lounge.server.url, lounge.host_url.removeprefix(lounge.server.url))
    page = window.page
    page.locator('[data-part="share-button"]').click()
    link = page.locator("#share-link")
    expect(link).to_have_value(f"{lounge.server.url}/r/{lounge.slug}")
    lounge.alice.patch(lounge.path, json={"visibility": "private"})
    expect(page.get_by_label("Whoever opens this link becomes a member.")).to_have_value(re.compile(r"/as/"))
    lounge.alice.patch(lounge.path, json={"visibility": "public"})
    expect(page.get_by_label("Everybody can open this link")).to_have_value(f"{lounge.server.url}/r/{lounge.slug}")
    window.close()
