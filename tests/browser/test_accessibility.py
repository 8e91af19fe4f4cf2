"""Every page in every state, held to WCAG 2.2 AA by axe: light and dark, wide and narrow, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.support import axe
from tests.support.tones import tone
from tools.browser import Window, entered
from tools.people import Lounge
from tools.server import Server

WIDE = ViewportSize(width=1280, height=860)
NARROW = ViewportSize(width=390, height=780)
LANGUAGES = ["en-GB", "ko-KR"]
LENGTH_S = 600
"""Longer than the tests of one worker take: what plays is not to end meanwhile."""
ERRORS = ["400", "403", "403_csrf", "404", "429", "500", "503"]
PANELS: dict[str, Callable[[Page], None]] = {
    "share": lambda page: page.locator('[data-part="share-button"]').click(),
    "screens": lambda page: _unfold(page, "share", ".screens summary"),
    "settings": lambda page: page.locator('[data-part="settings-button"]').click(),
    "closing": lambda page: _unfold(page, "settings", ".close-room:has([data-part=close-room]) summary"),
    "menu": lambda page: page.locator(".row-more").nth(1).click(),
    "choosing": lambda page: page.locator(".row-text").nth(2).click(modifiers=["ControlOrMeta"]),
    "log": lambda page: _of_the_queue(page, "log"),
    "listening": lambda page: page.locator('[data-part="sync"]').click(),
    "people": lambda page: page.locator('[data-part="people-button"]').click(),
    "played": lambda page: page.locator('[data-part="played-toggle"]').click(),
    "keyboard map": lambda page: page.keyboard.press("?"),
    "complaint": lambda page: _complain(page),
}
"""What opens in a room. Where a page has no such thing, nothing opens, and the page is judged as it is."""


def _of_the_queue(page: Page, item: str) -> None:
    page.locator("[data-part=queue-more]").click()
    page.locator(f"[data-part=queue-menu] [data-do={item}]").click()
    expect(page.locator(".history-row").first).to_be_visible()


@pytest.fixture(scope="module")
def full(server: Server) -> Lounge:
    """A room of Alice's that plays the second of its tracks."""
    lounge = Lounge.open(server, name="Full lounge")
    entries = [lounge.add(f"https://media.example.org/Song_{number}.wav") for number in range(4)]
    lounge.control(entry_id=entries[1]["id"], playing=True)
    return lounge


@pytest.fixture(scope="module")
def empty(server: Server) -> Lounge:
    return Lounge.open(server, name="Empty lounge", visibility="unlisted")


every_language = pytest.mark.parametrize("locale", LANGUAGES, indirect=True)


@pytest.fixture
def locale(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", LANGUAGES[0]))


Visit = Callable[..., Page]


@pytest.fixture
def visit(server: Server, browser: Browser, locale: str) -> Iterator[Visit]:
    """Pages of one new browser profile each; the last path is where it stays."""
    windows: list[Window] = []

    def visit(
        *paths: str, before: Callable[[Page], None] | None = None, unheard: str | None = None, **options: Any
    ) -> Page:
        options = {"locale": locale, "viewport": WIDE, "reduced_motion": "reduce", **options}
        window = Window.open(browser, server.url, **options)
        windows.append(window)
        window.page.route("https://media.example.org/**", _music)
        if before:
            before(window.page)
        for path in paths:
            window.page.goto(entered(window.page, server.url + path.removeprefix(server.url)))
        if unheard:
            window.visit_unheard(unheard)
        return window.page

    yield visit
    for window in windows:
        window.close()


def _music(route: Route) -> None:
    route.fulfill(body=tone(LENGTH_S), content_type="audio/wav", headers={"Access-Control-Allow-Origin": "*"})


def host(lounge: Lounge) -> list[str]:
    """The way of a host into the room."""
    return [lounge.host_url, f"/r/{lounge.slug}"]


def judge(page: Page, state: str) -> None:
    page.wait_for_load_state()  # a click that leads here waits for its first byte alone
    for name, size in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size(size)
        axe.expect_none(page, f"{state}, {name}")
    page.set_viewport_size(WIDE)


def judge_wide(page: Page, state: str) -> None:
    axe.expect_none(page, f"{state}, wide")


def live(page: Page) -> None:
    expect(page.locator('[data-part="connection"]')).to_have_attribute("data-state", "live")


@contextmanager
def opened(page: Page, name: str) -> Iterator[None]:
    """One thing of the room open, and closed again by Escape."""
    trigger = PANELS[name]
    trigger(page)
    yield
    page.keyboard.press("Escape")


def _unfold(page: Page, panel: str, summary: str) -> None:
    PANELS[panel](page)
    page.locator(summary).click()


def _complain(page: Page) -> None:
    page.locator(".add:visible input[name=url]").fill("no link at all")
    page.keyboard.press("Enter")
    expect(page.locator('.add:visible [data-part="problem"]')).to_be_visible()


# Home


@every_language
def test_the_home_page_has_no_violation(full: Lounge, visit: Visit) -> None:
    page = visit(f"/r/{full.slug}", "/")
    expect(page.locator(".visit")).to_have_count(1)
    judge(page, "home with rooms")


def test_the_home_page_after_a_wrong_word_has_no_violation(visit: Visit) -> None:
    for path in ("/?search=nothing+is+called+so", "/join?code=nothing-like-it", "/join?code=lunge"):
        judge(visit(path), path)


def test_a_room_without_a_name_is_complained_about_without_violation(visit: Visit) -> None:
    page = visit("/")
    page.locator(".start button[type=submit]").click()
    expect(page.locator("#name-problem")).to_be_visible()
    judge(page, "home with a complaint")


# The room


def test_an_empty_room_has_no_violation(empty: Lounge, visit: Visit) -> None:
    for who, paths in (("host", host(empty)), ("guest", [f"/r/{empty.slug}"])):
        page = visit(*paths)
        live(page)
        judge(page, f"empty room, {who}")


@every_language
def test_a_full_room_has_no_violation_whatever_a_host_opens(full: Lounge, visit: Visit) -> None:
    page = visit(*host(full))
    live(page)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.locator("#tab-queue").click()
        axe.expect_none(page, f"full room, host, {size['width']}")
        for name in (name for name in PANELS if name not in ("settings", "closing")):
            with opened(page, name):
                axe.expect_none(page, f"{name} open, {size['width']}")
            if name == "people":
                page.locator("#tab-queue").click()


def test_a_full_room_has_no_violation_for_a_guest(full: Lounge, visit: Visit) -> None:
    page = visit(f"/r/{full.slug}")
    live(page)
    judge(page, "full room, guest")
    for name in ("share", "menu", "listening", "people"):
        with opened(page, name):
            judge_wide(page, f"{name} open, guest")
        page.locator("#tab-queue").click()


def test_an_owner_finds_no_violation_in_the_settings(visit: Visit, locale: str) -> None:
    page = visit("/")
    page.locator("#name").fill(f"Own lounge {locale}")
    page.keyboard.press("Enter")
    live(page)
    for name in ("settings", "closing"):
        with opened(page, name):
            judge(page, f"{name} open")


# A room in trouble


def test_blocked_sound_and_pausing_alone_have_no_violation(full: Lounge, visit: Visit) -> None:
    page = visit(unheard=f"/r/{full.slug}")
    expect(page.locator('[data-part="notice"]')).to_have_attribute("data-kind", "blocked")
    judge(page, "sound blocked")
    page.locator('[data-part="notice-button"]').click()
    expect(page.locator('[data-part="notice"]')).to_be_hidden()
    page.locator('[data-part="play"]').click()
    expect(page.locator('[data-part="notice"]')).to_have_attribute("data-kind", "alone")
    judge(page, "paused alone")


def test_catching_up_and_a_lost_connection_have_no_violation(empty: Lounge, full: Lounge, visit: Visit) -> None:
    held = visit(f"/r/{empty.slug}", before=_hold_its_events)
    expect(held.locator('[data-part="connection"]')).to_have_attribute("data-state", "catching-up")
    held.clock.resume()  # axe waits for timers
    judge(held, "catching up")
    held.unroute_all()
    lost = visit(f"/r/{empty.slug}", before=lambda page: page.route("**/api/v1/rooms/**", lambda route: route.abort()))
    expect(lost.locator('[data-part="connection"]')).to_have_attribute("data-state", "lost")
    judge(lost, "lost")


def _hold_its_events(page: Page) -> None:
    """And its clock: a connection that is catching up for some seconds is a lost one."""
    page.clock.install(time=0)
    page.clock.pause_at(1)
    page.route("**/events*", lambda route: None)


@pytest.mark.parametrize("reason", ["closed", "kicked", "gone"])
def test_a_farewell_has_no_violation(server: Server, visit: Visit, reason: str) -> None:
    lounge = Lounge.open(server, name=f"Left lounge {reason}", visibility="unlisted")
    bye = f'retry: 1000\n\nevent: bye\ndata: {{"reason": "{reason}"}}\n\n'
    answer = {"status": 200, "content_type": "text/event-stream", "body": bye}
    for screen in ("", "/tv", "/embed"):
        page = visit(
            f"/r/{lounge.slug}{screen}",
            before=lambda page: _say_farewell(page, answer),
        )
        expect(page.locator('[data-part="farewell"]')).to_be_visible()
        judge(page, f"{reason}, {screen or 'room'}")


def _say_farewell(page: Page, answer: dict[str, Any]) -> None:
    """Have its stream end, and its page be gone when it asks whether it may come back."""
    page.route("**/events*", lambda route: _fulfil(route, answer))
    page.route("**/r/**", lambda route: route.abort() if route.request.method == "HEAD" else route.fallback())


def test_a_room_without_a_place_left_has_no_violation(empty: Lounge, visit: Visit) -> None:
    answer = {"status": 429, "headers": {"Retry-After": "60"}, "body": "full"}
    page = visit(f"/r/{empty.slug}", before=lambda page: page.route("**/events*", lambda route: _fulfil(route, answer)))
    expect(page.locator('[data-part="notice"]')).to_have_attribute("data-kind", "full")
    judge(page, "no place left")


def _fulfil(route: Route, answer: dict[str, Any]) -> None:
    route.fulfill(**answer)


# Other screens


@pytest.mark.parametrize("screen", ["tv", "embed", "overlay"])
def test_other_screens_have_no_violation(full: Lounge, empty: Lounge, visit: Visit, screen: str) -> None:
    for lounge in (full, empty):
        judge(visit(f"/r/{lounge.slug}/{screen}"), f"{screen} of {lounge.slug}")


# What is no room


def test_messages_have_no_violation(server: Server, empty: Lounge, visit: Visit) -> None:
    private = Lounge.open(server, name="Private lounge", visibility="private")
    for path in (f"/r/{private.slug}", "/r/nothing-like-it", f"/r/{empty.slug}/overlay?theme=none", "/offline"):
        judge(visit(path, before=_out_of_reach), path)


def _out_of_reach(page: Page) -> None:
    """The page for when there is no network gives way as soon as the server answers."""
    page.route("**/api/v1/time", lambda route: route.abort())


@pytest.fixture
def _names_of_the_server(server: Server, settings: Any) -> Iterator[None]:
    """Templates name static files as the server does; the names are part of a template that was read."""
    settings.STATIC_ROOT = server.data_dir / "static"
    settings.STORAGES |= {"staticfiles": {"BACKEND": "musicrooms.bundling.storage.BundledFiles"}}
    (loader,) = engines["django"].engine.template_loaders  # type: ignore[attr-defined]  # Django's, which has an engine
    loader.reset()
    yield
    loader.reset()


@pytest.mark.usefixtures("_names_of_the_server")
def test_error_pages_have_no_violation(server: Server, visit: Visit, locale: str) -> None:
    page = visit()
    for name in ERRORS:
        with translation.override(locale[:2]):
            html = render_to_string(f"{name}.html", {"may_repeat": True})
        answer = {"status": int(name[:3]), "body": html, "content_type": "text/html"}
        page.route(f"**/broken/{name}", partial(_fulfil, answer=answer))
        page.goto(f"{server.url}/broken/{name}")
        assert page.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid", "unstyled"
        judge(page, name)


# Accounts


def test_a_guest_finds_the_room_in_another_browser_and_no_violation_on_the_way(visit: Visit) -> None:
    alice = visit("/")
    alice.locator("#name").fill("Kept lounge")
    alice.keyboard.press("Enter")
    live(alice)
    alice.goto(alice.url.partition("/r/")[0] + "/accounts/signup/")
    alice.get_by_label("Your name").fill("Alice")
    alice.get_by_label("Email").fill("alice@example.org")
    alice.get_by_label("Password").fill("short")
    alice.get_by_role("button", name="Sign up").click()
    expect(alice.locator(".errorlist")).to_be_visible()
    judge(alice, "signing up with a complaint")
    alice.get_by_label("Password").fill("quite a long walk")
    alice.get_by_role("button", name="Sign up").click()
    alice.get_by_text("Alice").click()
    judge(alice, "home with the menu open")

    elsewhere = visit("/accounts/login/")
    judge(elsewhere, "signing in")
    elsewhere.get_by_label("Mail address or user name").fill("alice@example.org")
    elsewhere.get_by_label("Password").fill("quite a long walk")
    elsewhere.get_by_role("button", name="Sign in").click()
    elsewhere.get_by_text("Alice").click()
    elsewhere.get_by_role("link", name="My rooms").click()
    judge(elsewhere, "my rooms")
    elsewhere.get_by_role("link", name="Kept lounge").click()
    live(elsewhere)
    expect(elsewhere.locator('[data-part="settings-button"]')).to_be_visible()

    elsewhere.locator(".add:visible input[name=url]").fill("https://media.example.org/Kept_Song.wav")
    elsewhere.keyboard.press("Enter")
    heart = elsewhere.locator('[data-part="favourite"]')
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    elsewhere.get_by_text("Your lists").click()
    elsewhere.get_by_label("Save the queue as a list").fill("Late night")
    elsewhere.keyboard.press("Enter")
    expect(elsewhere.get_by_role("button", name="Late night 1 track")).to_be_visible()
    judge(elsewhere, "lists open")
    elsewhere.get_by_role("button", name="Late night 1 track").click()
    expect(elsewhere.locator('[data-part="queue-count"]')).to_have_text("2")


# Without scripts


def test_pages_without_scripts_have_no_violation(full: Lounge, visit: Visit) -> None:
    for path in ("/", f"/r/{full.slug}", f"/r/{full.slug}/tv", f"/r/{full.slug}/embed"):
        page = visit(path, before=_without_scripts)
        expect(page.locator(".plain-note, .embed")).to_be_visible()
        judge(page, f"{path} without scripts")


def _without_scripts(page: Page) -> None:
    """The pages as a browser without scripts has them; axe is a script, so they cannot be switched off for real."""

    def plain(route: Route) -> None:
        kind = route.request.resource_type
        if kind == "script":
            return route.abort()
        if kind not in ("document", "stylesheet"):
            return route.fallback()
        answer = route.fetch()
        told = answer.text().replace("<noscript>", "<div>").replace("</noscript>", "</div>")
        return route.fulfill(response=answer, body=told.replace("scripting: none", "scripting: enabled"))

    page.route("**/*", plain)
