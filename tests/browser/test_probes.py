"""What the server found out about direct links, as a host's page shows it."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.test_queue_input import choose, opened
from tools.people import Lounge


def test_a_dead_link_says_why_and_is_tried_again_and_a_station_what_it_plays(browser: Browser, lounge: Lounge) -> None:
    station, gone = (lounge.add(f"https://media.example.org/{lounge.slug}/{name}.mp3") for name in ("live", "gone"))
    lounge.control(entry_id=station["id"])
    lounge.server.sql("UPDATE players_entry SET problem = 'missing' WHERE id = %s", (gone["id"],))
    lounge.server.sql("UPDATE players_player SET now_playing = 'IU - Palette' WHERE entry_id = %s", (station["id"],))
    window = opened(browser, lounge, lounge.host_url.removeprefix(lounge.server.url))
    expect(window.page.locator(".now-by [data-part=artist]")).to_have_text("IU - Palette")
    row = window.page.locator(".row", has_text="gone")
    expect(row).to_contain_text("There is no file at this address.")
    choose(window.page, "gone", "Try again")
    expect(row).not_to_contain_text("There is no file at this address.")
    window.close()
