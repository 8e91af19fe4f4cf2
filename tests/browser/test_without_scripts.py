"""The site without JavaScript: everything but the sound."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tools.browser import Window
from tools.people import Lounge
from tools.server import Server

A, B = "https://media.example.org/Dusk_Song.mp3", "https://media.example.org/Dawn_Song.mp3"


@pytest.fixture
def plain(server: Server, browser: Browser) -> Iterator[Page]:
    """A browser with JavaScript switched off, on the home page."""
    window = Window.open(browser, server.url, "/", java_script_enabled=False)
    yield window.page
    window.close()


def missing(page: Page) -> Locator:
    """What the page says of what it cannot do."""
    note = page.locator("noscript p")
    expect(note).to_be_visible()
    return note


def enter(page: Page, lounge: Lounge) -> None:
    page.goto(f"{lounge.server.url}/r/{lounge.slug}")


# Home


def test_rooms_are_seen_searched_and_entered(server: Server, plain: Page) -> None:
    lounge = Lounge.open(server, name="Plainly visible")
    plain.reload()
    search = plain.get_by_role("searchbox")
    search.fill("plainly")
    search.press("Enter")
    expect(plain.get_by_role("heading", name="Rooms like “plainly”")).to_be_visible()
    plain.get_by_role("link", name="Plainly visible").click()
    expect(plain.locator(".bar-name")).to_have_text("Plainly visible")
    assert plain.url.endswith(lounge.slug)


def test_a_search_that_finds_nothing_has_a_way_back(plain: Page) -> None:
    plain.get_by_role("searchbox").fill("nothing is called so")
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="Show them all").click()
    expect(plain.get_by_role("searchbox")).to_have_value("")


def test_a_room_is_started_and_its_link_is_there_to_be_copied(server: Server, plain: Page) -> None:
    plain.get_by_label("Name your room").fill("Started plainly")
    plain.keyboard.press("Enter")
    expect(plain.locator(".bar .badge")).to_have_text("Host")
    link = plain.locator("#invite-link")
    expect(link).to_be_visible()
    expect(link).to_have_value(re.compile(f"^{re.escape(server.url)}/r/started-plainly-[0-9a-f]+$"))


def test_a_room_is_joined_by_name_and_a_slip_is_asked_about(server: Server, plain: Page) -> None:
    Lounge.open(server, name="Joined Plainly")
    plain.get_by_label("Or join one").fill("joyned plainly")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("There is no room “joyned plainly”")
    expect(plain.get_by_label("Or join one")).to_be_focused()
    plain.get_by_role("link", name="Joined Plainly").first.click()
    expect(plain.locator(".bar-name")).to_have_text("Joined Plainly")


def test_the_home_page_says_what_is_missing(plain: Page) -> None:
    expect(missing(plain)).to_contain_text("JavaScript is switched off here")
    expect(plain.locator(".recent")).to_be_hidden()


# The room


def test_a_room_shows_what_plays_the_queue_and_who_is_here(lounge: Lounge, plain: Page) -> None:
    lounge.add(A)
    lounge.add(B)
    lounge.control(playing=True)
    person = lounge.person()
    person.post(f"/r/{lounge.slug}/name", data={"name": "Bob"})
    cookie = {"Cookie": f"person={person.cookies['person']}"}
    with lounge.bob(headers=cookie):
        enter(plain, lounge)
        expect(plain.locator(".now-title")).to_have_text("Dusk Song")
        expect(missing(plain)).to_contain_text("The room plays.")
        expect(plain.locator(".row-title")).to_have_text(["Dusk Song", "Dawn Song"])
        expect(plain.locator(".people li")).to_have_text(["HHostowner", "BBob"])
        expect(plain.get_by_role("heading", name="1 listens")).to_be_visible()
    for control in plain.locator(".needs-js").all():
        expect(control).to_be_hidden()


def test_what_the_page_shows_is_as_new_as_its_last_look(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    expect(plain.locator(".welcome-title")).to_have_text("Nothing plays yet")
    lounge.add(A)
    lounge.control(playing=True)
    enter(plain, lounge)
    plain.get_by_role("link", name="Look again").click()
    expect(plain.locator(".now-title")).to_have_text("Dusk Song")


def test_a_link_is_added_and_the_page_says_so(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    field = plain.locator(".welcome").get_by_label("Link to add")
    field.fill(A)
    field.press("Enter")
    expect(plain.get_by_role("status").filter(has_text="Added “Dusk Song” to the queue.").first).to_be_visible()
    expect(plain.locator(".row-title")).to_have_text(["Dusk Song"])
    assert plain.url.endswith(lounge.slug)


def test_what_is_no_link_is_said_so_and_not_lost(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    field = plain.locator(".welcome").get_by_label("Link to add")
    field.fill("hello there")
    field.press("Enter")
    expect(plain.get_by_role("alert").filter(has_text="hello").first).to_be_visible()
    expect(plain.locator(".welcome").get_by_label("Link to add")).to_have_value("hello there")
    assert lounge.snapshot()["queue"] == []


def test_the_rules_of_the_room_hold(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    lounge.alice.patch(lounge.path, json={"rules": {"add": "host"}})
    field = plain.locator(".welcome").get_by_label("Link to add")
    field.fill(A)
    field.press("Enter")
    expect(plain.get_by_role("alert").filter(has_text="A guest may not add links here")).to_be_visible()
    expect(plain.get_by_label("Link to add")).to_have_count(0)
    assert lounge.snapshot()["queue"] == []


def test_a_name_is_taken_and_one_that_cannot_be_is_explained(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    plain.get_by_label("You listen as").fill("Bob")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_label("You listen as")).to_have_value("Bob")
    plain.get_by_label("You listen as").fill("\u200b")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("alert").filter(has_text="A nickname has 1 to 40")).to_be_visible()


def test_the_room_says_what_is_missing(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    expect(missing(plain)).to_contain_text("Hearing it in step needs JavaScript")


# States


@pytest.mark.parametrize("path", ["/r/nowhere", "/r/nowhere/as/ticket", "/nowhere"])
def test_what_is_not_there_is_a_page_with_a_way_out(server: Server, plain: Page, path: str) -> None:
    answer = plain.goto(server.url + path)
    assert answer is not None
    assert answer.status == 404
    plain.locator(".message .button").click()
    expect(plain.get_by_label("Name your room")).to_be_visible()


def test_a_stale_form_is_a_page_with_a_way_out(lounge: Lounge, plain: Page) -> None:
    enter(plain, lounge)
    plain.context.clear_cookies()
    plain.get_by_label("You listen as").fill("Bob")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("heading", name="That form had gone stale")).to_be_visible()
    plain.locator(".message .button").click()
    expect(plain.get_by_label("Name your room")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_room_fits_its_window(lounge: Lounge, plain: Page, width: int) -> None:
    lounge.add(A)
    lounge.control(playing=True)
    plain.set_viewport_size({"width": width, "height": 700})
    enter(plain, lounge)
    box = plain.locator("main.room").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    for part in (".now-title", ".plain-note", ".queue", ".my-name"):
        inner = plain.locator(part).bounding_box()
        assert inner is not None
        assert 0 <= inner["x"] <= inner["x"] + inner["width"] <= width, part
