"""The chat of a room and its reactions, in the windows of those who write, read and are spoken to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.axe import violations
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge

ZALGO = "Z" + "\u0316\u0317\u0301\u0302\u0303\u0334" * 40
MARKUP = '<img src=x onerror=alert(1)> javascript:alert(1) https://example.org/song"><b>'
HIDE = """(isHidden) => {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}"""
COUNT_FRAMES = """() => {
  window.drawn = 0
  new MutationObserver(() => (window.drawn += 1)).observe(document.querySelector('.chat-log'), { childList: true })
}"""
FLOOD = """([slug, version]) => {
  const channel = new BroadcastChannel(`musicrooms 1 /api/v1/rooms/${slug}/events`)
  const written = { person: 'c', name: 'Charlie', sent_at_ms: Date.now(), edited_at_ms: null }
  for (let n = 0; n < 1000; n += 1) {
    const message = { id: 10 ** 9 + n, text: `flood ${n}`, ...written }
    const data = { op: 'add', message, version: version + 1 + n, prev: version + n, advance_at_ms: null }
    channel.postMessage({ kind: 'event', from: 0, name: 'chat', data })
  }
}"""
COUNTS = "[data-part=reaction-counts]"
NOTE_TEXT = """(selector) => {
  const place = document.querySelector(selector)
  window.noted = new Promise((done) => {
    new MutationObserver(() => place.textContent && done(place.textContent)).observe(place, { childList: true })
  })
}"""
"""Note what is written there first: it stands for 2.5 seconds, which may be over before a test looks."""
FOLLOWS = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight < 32"

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, lounge: Lounge) -> Iterator[Open]:
    """Opens the lounge in a browser of its own, as a person of that name."""
    windows: list[Window] = []

    def open_page(name: str, path: str = f"/r/{lounge.slug}", width: int = 1280, **options: Any) -> Page:
        options |= {"viewport": {"width": width, "height": 800}}
        window = Window.open(browser, lounge.server.url, path, **options)
        windows.append(window)
        window.page.evaluate(
            """async ([slug, name]) => {
              const token = document.querySelector('meta[name="csrf-token"]').content
              const body = new URLSearchParams({ name, csrfmiddlewaretoken: token })
              await fetch(`/r/${slug}/name`, { method: 'POST', body })
            }""",
            [lounge.slug, name],
        )
        window.page.reload()
        expect(part(window.page, "connection")).to_have_attribute("data-state", "live")
        return window.page

    yield open_page
    for window in windows:
        window.close()


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part={name}]")


def say(page: Page, text: str) -> None:
    part(page, "chat-text").fill(text)
    part(page, "chat-text").press("Enter")
    expect(part(page, "chat-text")).to_have_value("")


def choose(page: Page, text: str, item: str) -> None:
    """Press an item in the menu of the message with that text."""
    message = page.locator(".message", has_text=text)
    message.hover()
    message.get_by_role("button", name="More about this message").click()
    page.get_by_role("menuitem", name=item).click()


def test_alice_and_bob_talk_and_what_was_written_never_acts(lounge: Lounge, opened: Open) -> None:
    alice, bob = opened("Alice", lounge.host_url.removeprefix(lounge.server.url)), opened("Bob", width=390)
    expect(part(alice, "chat-log")).to_be_visible()
    expect(part(bob, "chat-log")).to_be_hidden()
    bob.get_by_role("tab", name="Chat").click()
    for text in ("Good evening, @alice", MARKUP, "שלום", ZALGO):
        say(bob, text)
    log = part(alice, "chat-log")
    expect(log.locator(".message-text")).to_have_count(4)
    expect(log.locator(".mention[data-me]")).to_have_text("@alice")
    assert log.locator("img, b").count() == 0
    (link,) = log.locator("a").all()
    assert (link.get_attribute("href"), link.get_attribute("rel")) == (
        "https://example.org/song",
        "noopener noreferrer nofollow ugc",
    )
    assert [row.get_attribute("dir") for row in log.locator(".message-text").all()] == ["auto"] * 4
    heights = [row.bounding_box()["height"] for row in log.locator(".message").all()]  # type: ignore[index]
    assert heights[3] <= heights[2] + 4, "marks upon marks take more than their line"
    # Bob corrects what is his; Alice, who moderates, takes away any.
    choose(bob, "Good evening", "Edit")
    expect(part(bob, "chat-text")).to_have_value("Good evening, @alice")
    say(bob, "Good evening")
    expect(log.locator(".message-text").first).to_have_text("Good evening (edited)")
    choose(alice, "example.org", "Report to the operator…")
    expect(part(alice, "report-sheet-name")).to_have_text("Bob")
    part(alice, "report-sheet").get_by_role("textbox").fill("Spam")
    part(alice, "report-sheet").get_by_role("button", name="Send").click()
    expect(alice.get_by_text("Thank you. The operator of this site will read it.")).to_be_visible()
    choose(alice, "example.org", "Delete")
    expect(bob.locator(".message-text")).to_have_count(3)
    assert "example" not in part(bob, "chat-log").inner_text()
    # To whom the tab is hidden, a mark in its title tells of a mention.
    bob.evaluate(HIDE, True)
    say(alice, "and to you, @Bob")
    until(lambda: bob.title().startswith("(1) "), "the tab says nothing of the mention")
    bob.evaluate(HIDE, False)
    assert not bob.title().startswith("(")
    for page in (alice, bob):
        assert violations(page) == []


def test_nothing_jumps_while_bob_reads_above_and_a_flood_is_bounded(lounge: Lounge, opened: Open) -> None:
    for n in range(70):
        answer = lounge.alice.post(f"{lounge.path}/chat", json={"text": f"message {n}\nof the evening"})
        assert answer.status_code == 201
    bob = opened("Bob")
    log, newer = part(bob, "chat-log"), part(bob, "chat-newer")
    until(lambda: log.evaluate(FOLLOWS), "the newest is not in sight")
    expect(bob.locator(".message")).to_have_count(50)
    read = bob.locator(".message", has_text="message 21 of")
    read.scroll_into_view_if_needed()
    expect(bob.locator(".message")).to_have_count(70)
    before = read.bounding_box()
    for n in range(5):
        lounge.alice.post(f"{lounge.path}/chat", json={"text": f"late {n}"})
    expect(newer).to_have_text("5 new messages")
    after = read.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 1
    newer.click()
    until(lambda: log.evaluate(FOLLOWS), "the newest is not in sight")
    expect(newer).to_be_hidden()
    # A thousand messages, as one tab relays them to another: few rows, and far fewer frames than messages.
    other = bob.context.new_page()
    other.goto(bob.url)
    expect(part(other, "connection")).to_have_attribute("data-state", "live")
    other.evaluate(COUNT_FRAMES)
    bob.evaluate(FLOOD, [lounge.slug, lounge.snapshot()["version"]])
    expect(other.locator(".message").last).to_contain_text("flood 999")
    assert other.locator(".message").count() == 200
    assert other.evaluate("window.drawn") < 200


def test_who_may_not_chat_has_no_field_and_reactions_rise_over_the_artwork_alone(lounge: Lounge, opened: Open) -> None:
    lounge.add("https://media.example.org/song.mp3")
    lounge.control(playing=True)
    assert lounge.alice.patch(lounge.path, json={"rules": {"chat": "member"}}).status_code == 200
    bob, charlie = opened("Bob", reduced_motion="no-preference"), opened("Charlie")
    expect(part(bob, "chat-log")).to_be_visible()
    expect(part(bob, "chat-text")).to_have_count(0)
    bob.get_by_role("button", name="React", exact=True).click()
    for page, place in ((bob, ".floating"), (charlie, COUNTS)):
        page.evaluate(NOTE_TEXT, place)
    bob.get_by_role("button", name="React with 🔥").click()
    assert bob.evaluate("window.noted") == charlie.evaluate("window.noted") == "🔥"
    expect(charlie.locator(".floating > span")).to_have_count(0)
    # Nothing is ever drawn over YouTube's frame.
    lounge.control(entry_id=lounge.add("https://youtu.be/dQw4w9WgXcQ")["id"])
    expect(part(bob, "deck")).to_have_attribute("data-picture", "video")
    expect(bob.locator(".floating > span")).to_have_count(0)
    expect(part(bob, "reaction-counts")).to_have_text("")
    bob.evaluate(NOTE_TEXT, COUNTS)
    lounge.alice.post(f"{lounge.path}/reactions", json={"emoji": "🔥"})
    assert bob.evaluate("window.noted") == "🔥"
    expect(bob.locator(".floating > span")).to_have_count(0)
    assert lounge.alice.patch(lounge.path, json={"chat_kept": "off"}).status_code == 200
    expect(part(bob, "chat-panel")).to_be_hidden()
