"""What a page may cost those who open it: bytes, requests, round trips, and nothing that jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support import patient
from tools.people import Lounge
from tools.server import Server
from tools.visit import SLOW_4G, Visit, visit

MOST_BYTES = 96_700
"""Of its parts. With ten asides, of some 320 bytes each, a page stays below 100,000."""
MOST_PARTS = 10
MOST_ASIDES = 18
"""The clock asks eight times, anew once the stream is live; and the player tells its state."""
MOST_SHIFT = 0.005

SIZES = {"wide": (1440, 900), "narrow": (390, 844), "short": (800, 420)}


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Bob's browser, which was never here, on a screen of the size that the test names."""
    yield from _visitor(browser, *SIZES[request.param])


@pytest.fixture
def bob(browser: Browser) -> Iterator[BrowserContext]:
    yield from _visitor(browser, *SIZES["wide"])


def _visitor(browser: Browser, width: int, height: int) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context
    context.close()


@pytest.mark.parametrize("path", ["/", "/r/lounge"])
def test_a_page_is_small_and_made_of_few_parts(demo: Server, bob: BrowserContext, path: str) -> None:
    seen = visit(bob, demo.url + path)
    asides = [one for one in seen.own if one.url.endswith(("/api/v1/time", "/people/me"))]
    parts = [one for one in seen.own if one not in asides]
    assert len(parts) <= MOST_PARTS, [one.url for one in parts]
    assert len(asides) <= MOST_ASIDES
    assert 0 < sum(one.bytes for one in parts) <= MOST_BYTES, [(one.url, one.bytes) for one in parts]


def test_a_second_visit_fetches_no_script_style_or_picture_again(demo: Server, bob: BrowserContext) -> None:
    visit(bob, f"{demo.url}/r/lounge")
    again = visit(bob, f"{demo.url}/r/lounge")
    kinds = {one.kind for one in again.own if "/static/" in one.url and one.bytes}
    assert not kinds
    assert any("/static/" in one.url for one in again.own)


@pytest.mark.parametrize(
    ("visitor", "path", "current"),
    [("wide", "/", 0), ("narrow", "/r/lounge", 0), ("wide", "/r/lounge", 3), ("short", "/r/lounge", 3)],
    ids=["home", "a room on a phone", "a room with a video", "a room with a video in a low window"],
    indirect=["visitor"],
)
def test_nothing_jumps_while_a_page_loads_whatever_plays(
    demo: Server, visitor: BrowserContext, path: str, current: int
) -> None:
    """With time left, since the next track may be of another shape. In the middle of the queue what played is folded
    away; and a video is wider than a cover, with the notice that it cannot be reached."""
    _play(demo, current)
    seen = visit(visitor, demo.url + path, SLOW_4G)
    assert jumps(seen) < MOST_SHIFT, str(seen.told["shifts"])  # whole


def jumps(seen: Visit) -> float:
    """All that moves but the two words of state, which are as long as they are: a busy machine changes them often."""
    shifts = seen.told["shifts"]
    return float(sum(shift["value"] for shift in shifts if not {"sync", "connection"}.issuperset(shift["what"])))


@pytest.mark.parametrize("path", ["/", "/r/lounge"])
def test_every_picture_says_its_size(demo: Server, bob: BrowserContext, path: str) -> None:
    play_a_piece_with_a_cover(demo)
    page = bob.new_page()
    page.goto(demo.url + path)
    if path == "/":
        page.locator(".covers img").first.wait_for(state="attached")
    else:
        page.locator("[data-state=live]").wait_for()
    pictures = page.locator("img").evaluate_all(
        "all => all.map((one) => [one.outerHTML, one.hasAttribute('width') && one.hasAttribute('height')])"
    )
    assert pictures
    assert [markup for markup, is_sized in pictures if not is_sized] == []


def play_a_piece_with_a_cover(demo: Server) -> None:
    """The demo's queue also holds a video without one, which plays after five minutes."""
    host = demo.client(demo.manage("token", "lounge").strip())
    first = host.get("/rooms/lounge/queue").json()["items"][0]
    assert first["artwork_url"]
    assert host.patch("/rooms/lounge/player", json={"entry_id": first["id"], "playing": True}).status_code == 200


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("gzip, br", "br"), ("identity", None)])
def test_scripts_and_styles_come_compressed(server: Server, accepted: str, encoding: str | None) -> None:
    page = patient.get(server.url).text
    links = re.findall(r'"(/static/rooms/[^"]+\.(?:css|js))"', page)
    assert {link.rsplit(".")[-1] for link in links} == {"css", "js"}
    for link in links:
        answer = patient.get(server.url + link, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        assert "Accept-Encoding" in answer.headers["vary"]


def test_pages_come_compressed_and_short_answers_at_once(lounge: Lounge) -> None:
    url = lounge.server.url
    for path in ("/", f"/r/{lounge.slug}"):
        answer = patient.get(url + path)
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
    assert "content-encoding" not in patient.get(f"{url}/api/v1/time").headers


def test_a_long_snapshot_comes_compressed_and_is_still_known_by_its_tag(lounge: Lounge) -> None:
    for number in range(3):
        lounge.add("\n".join(f"https://media.example.org/{number}-{one}.mp3" for one in range(50)))
    first = lounge.alice.get(lounge.path)
    assert first.headers["content-encoding"] == "gzip"
    again = lounge.alice.get(lounge.path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def _play(server: Server, place: int) -> None:
    """Have the demo room play what stands at ``place``."""
    server.shell(
        "from rooms.models import Room; from rooms.core.change import change; from rooms.clock import now_ms\n"
        "room = Room.objects.get(slug='lounge')\n"
        "with change(room, now_ms()) as lent:\n"
        f"    lent.player.jump(lent.queue.listed()[{place}], now_ms())\n"
    )
