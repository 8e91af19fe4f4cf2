"""A track of the server's own library, heard by two windows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.in_step import in_step
from tests.support.music import tone
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server, served


@pytest.fixture
def server(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "music").mkdir()
    for title in ("Night Train", "Last Light"):
        tone(tmp_path / "music" / f"{title}.wav", 120, title)
    with served(prepared, tmp_path / "data", MUSIC_DIR=str(tmp_path / "music")) as server:
        yield server


def test_a_track_of_the_library_is_heard_in_step_by_two(server: Server, browser: Browser) -> None:
    lounge = Lounge.open(server)
    until(lambda: len(lounge.alice.get("/library").json()["items"]) == 2, "the folder is read")
    alice = Window.open(browser, server.url, lounge.host_url.removeprefix(server.url))
    bob = Window.open(browser, server.url, f"/r/{lounge.slug}")
    expect(alice.page.locator(".live")).to_have_attribute("data-state", "live")
    alice.page.locator("#add-first").press_sequentially("train")
    track = alice.page.locator(".found-track")
    expect(track).to_contain_text(["in this server's library"])
    track.click()
    until(lambda: len(lounge.snapshot()["queue"]) == 1, "what was found is not added")
    (last,) = lounge.alice.get("/library", params={"q": "last light"}).json()["items"]
    field = alice.page.locator("#add-link")
    field.fill(f"{server.url}{last['url']}")
    field.press("Enter")
    until(lambda: len(lounge.snapshot()["queue"]) == 2, "the link is not added")
    lounge.control(playing=True)
    in_step(lounge.alice, alice, bob)
    lounge.control(position_ms=70_000)
    in_step(lounge.alice, alice, bob)
    first = lounge.snapshot()["player"]["entry_id"]
    assert lounge.alice.post(f"{lounge.path}/player/next").status_code == 200
    in_step(lounge.alice, alice, bob)
    assert lounge.snapshot()["player"]["entry_id"] != first
    alice.close()
    bob.close()
