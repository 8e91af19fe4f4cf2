"""The other pages of a room: a huge screen, a player in other sites' pages, and an overlay for streams."""

from __future__ import annotations

import base64
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support import patient
from tests.support.demo import alice_of, demo_served
from tests.support.in_step import in_step
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge, take
from tools.server import Server

SCREENS = ("tv", "embed", "overlay")


@pytest.fixture(scope="module")
def stage(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo room, which any site may show."""
    with demo_served(prepared_demo, tmp_path_factory.mktemp("stage"), EMBED_ANCESTORS="*") as server:
        yield server


@pytest.fixture
def api(stage: Server) -> httpx.Client:
    """Alice, with the first track of the lounge playing."""
    client = alice_of(stage)
    first = client.get("/rooms/lounge/queue").json()["items"][0]
    client.patch("/rooms/lounge/player", json={"entry_id": first["id"], "position_ms": 5_000, "playing": True})
    return client


def opened(browser: Browser, server: Server, path: str, width: int = 1280, height: int = 720, **options: Any) -> Window:
    return Window.open(browser, server.url, path, viewport={"width": width, "height": height}, **options)


def playing(api: httpx.Client) -> dict[str, Any]:
    return dict(api.get("/rooms/lounge/player").json()["entry"])


def listeners(api: httpx.Client) -> int:
    return int(api.get("/rooms/lounge").json()["people"]["listeners"])


def title_of(page: Page) -> Any:
    return page.locator("[data-part=title]")


# What all of them do


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_shows_what_plays_and_follows_when_the_host_skips(
    api: httpx.Client, browser: Browser, stage: Server, screen: str
) -> None:
    window = opened(browser, stage, f"/r/lounge/{screen}")
    before = playing(api)
    expect(title_of(window.page)).to_have_text(before["title"])
    expect(window.page.locator("[data-part=artist]")).to_have_text(before["artist"])
    expect(window.page.locator("[data-part=cover] img").last).to_have_attribute("src", before["artwork_url"])
    api.post("/rooms/lounge/player/next")
    after = playing(api)
    assert after["title"] != before["title"]
    expect(title_of(window.page)).to_have_text(after["title"])
    expect(window.page.locator("[data-part=cover] img").last).to_have_attribute("src", after["artwork_url"])
    window.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_says_before_any_script_runs_what_plays(api: httpx.Client, stage: Server, screen: str) -> None:
    page = patient.get(f"{stage.url}/r/lounge/{screen}")
    assert page.status_code == 200
    assert re.search(rf'data-part="title">{re.escape(playing(api)["title"])}<', page.text)
    assert "no-cache" in page.headers["cache-control"]


@pytest.mark.parametrize("screen", SCREENS)
def test_strangers_see_a_private_room_on_no_screen(server: Server, screen: str) -> None:
    lounge = Lounge.open(server, name="Hidden", visibility="private")
    page = patient.get(f"{server.url}/r/{lounge.slug}/{screen}")
    assert page.status_code == 404
    assert "No room by that name" in page.text
    assert "Hidden" not in page.text
    alice = lounge.host()
    assert "Hidden" in alice.get(f"/r/{lounge.slug}/{screen}").text


@pytest.mark.parametrize("screen", SCREENS)
def test_a_room_that_does_not_exist_has_no_screens(server: Server, screen: str) -> None:
    assert patient.get(f"{server.url}/r/no-such-room/{screen}").status_code == 404


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_takes_no_posts(server: Server, lounge: Lounge, screen: str) -> None:
    assert patient.post(f"{server.url}/r/{lounge.slug}/{screen}").status_code in (403, 405)


@pytest.mark.parametrize("screen", ["tv", "embed"])
def test_a_screen_says_goodbye_when_the_room_is_closed(browser: Browser, server: Server, screen: str) -> None:
    lounge = Lounge.open(server)
    window = opened(browser, server, f"/r/{lounge.slug}/{screen}")
    expect(window.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    lounge.alice.delete(lounge.path)
    expect(window.page.get_by_role("heading", name="The room is closed")).to_be_visible()
    window.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("tv?mute=loud", ["“mute”", "“loud”", "0, 1"]),
        ("overlay?theme=purple", ["“theme”", "“purple”", "dark, light"]),
        ("overlay?align=", ["“align”", "“”", "left, center, right"]),
        ("overlay?theme=%3Cscript%3E", ["“&lt;script&gt;”"]),
    ],
)
def test_what_the_query_may_not_say_is_answered_with_a_sentence(lounge: Lounge, path: str, words: list[str]) -> None:
    page = patient.get(f"{lounge.server.url}/r/{lounge.slug}/{path}")
    assert page.status_code == 422
    assert [word for word in words if word not in page.text] == []


# The huge screen


def test_the_huge_screen_plays_in_step(api: httpx.Client, browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/tv?mute=1")
    in_step(api, window)
    api.patch("/rooms/lounge/player", json={"position_ms": 40_000})
    in_step(api, window)
    assert window.page.evaluate("[...document.querySelectorAll('video')].every((one) => one.muted)")
    assert window.page.evaluate("localStorage.getItem('musicrooms.listening')") is None, "the room's page is muted too"
    window.close()


def test_the_huge_screen_shows_what_comes_next_and_who_is_here(
    api: httpx.Client, browser: Browser, stage: Server
) -> None:
    window = opened(browser, stage, "/r/lounge/tv")
    queue = [entry["id"] for entry in api.get("/rooms/lounge/queue").json()["items"]]
    following = api.get("/rooms/lounge/queue").json()["items"][(queue.index(playing(api)["id"]) + 1) % len(queue)]
    expect(window.page.locator("[data-part=next-title]")).to_have_text(following["title"])
    until(lambda: listeners(api) >= 1, "the screen is not counted")
    expect(window.page.locator("[data-part=here]")).to_have_text(re.compile(r"^[1-9]\d* here$"))
    expect(window.page.locator("[data-part=elapsed]")).to_have_text(re.compile(r"^\d+:\d\d$"))
    window.close()


def test_the_code_on_the_huge_screen_leads_into_the_room(browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/tv", 1920, 1080)
    code = window.page.locator(".tv-code")
    box = code.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 160, "too small to be read from a sofa"
    # Drawn anew from what it ought to say: the same squares.
    import segno

    wanted = segno.make(f"{stage.url}/r/lounge", micro=False, error="l").svg_inline(border=0, omitsize=True)
    drawn = window.page.locator(".qr path").get_attribute("d")
    assert drawn
    assert f'd="{drawn}"' in wanted
    window.close()


def test_the_code_of_a_private_room_lets_in_only_where_its_host_shows_it(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    alice = lounge.host()
    member_link = re.search(
        r'id="share-link" type="text" readonly value="([^"]+)"', alice.get(f"/r/{lounge.slug}").text
    )
    assert member_link
    bob = server.browser(follow_redirects=True)
    take(bob, member_link[1])
    codes = [
        re.search(r'class="qrline"[^>]* d="([^"]+)"', one.get(f"/r/{lounge.slug}/tv").text) for one in (alice, bob)
    ]
    assert all(codes)
    assert codes[0][1] != codes[1][1]  # type: ignore[index]


def test_everything_fits_on_the_huge_screen(api: httpx.Client, browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/tv")
    for width, height in (1280, 720), (1920, 1080), (3840, 2160), (1024, 768), (1080, 1920):
        window.page.set_viewport_size({"width": width, "height": height})
        for name in ("title", "next-title", "track", "room-name", "connection", "cover"):
            box = window.page.locator(f"[data-part={name}]").bounding_box()
            assert box, name
            assert box["x"] >= 0, name
            assert box["y"] >= 0, name
            assert box["x"] + box["width"] <= width, name
            assert box["y"] + box["height"] <= height, name
        size = window.page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('[data-part=title]')).fontSize)"
        )
        assert size >= 0.03 * min(width, height)
    window.close()


# The player in other sites' pages


@pytest.fixture
def blog(stage: Server) -> Iterator[str]:
    """The address of another site's page, which shows the lounge's player in a frame."""
    frame = f'<iframe src="{stage.url}/r/lounge/embed" width="480" height="360" allow="autoplay"></iframe>'
    page = f"<!doctype html><title>A blog</title>{frame}"

    class Blog(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: object) -> None: ...

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Blog)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    # Another name than the server's: to the browser another site, where cookies are kept back.
    yield f"http://localhost:{site.server_port}/"
    site.shutdown()
    site.server_close()
    thread.join()


def test_in_the_page_of_another_site_a_nameless_guest_listens(
    api: httpx.Client, browser: Browser, stage: Server, blog: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(blog)
    frame = page.frame_locator("iframe")
    expect(frame.locator("[data-part=title]")).to_have_text(playing(api)["title"])
    expect(frame.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    frame.get_by_role("button", name="Listen").click()
    player = page.frames[1]
    until(
        lambda: bool(
            player.evaluate("[...document.querySelectorAll('video')].some((one) => !one.paused && !one.muted)")
        ),
        "nothing is heard in the frame",
    )
    api.post("/rooms/lounge/player/next")
    expect(frame.locator("[data-part=title]")).to_have_text(playing(api)["title"])
    frame.get_by_role("button", name="Stop").click()
    expect(frame.get_by_role("button", name="Listen")).to_be_visible()
    assert context.cookies() == []
    context.close()


def test_a_page_of_another_site_shows_no_player_unless_it_may(browser: Browser, server: Server, lounge: Lounge) -> None:
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{server.url}/healthz")
    page.set_content(f'<iframe src="{server.url}/r/{lounge.slug}/embed"></iframe>')
    # What a page says is heard by this process while it does something with the page.
    until(
        lambda: bool(page.evaluate("true")) and any("frame" in text.lower() for text in refused), "nothing was refused"
    )
    context.close()


def test_nothing_is_loaded_to_be_heard_before_somebody_wants_to_listen(
    api: httpx.Client, browser: Browser, stage: Server
) -> None:
    window = opened(browser, stage, "/r/lounge/embed", 480, 360)
    expect(window.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    assert window.hears is None
    window.page.get_by_role("button", name="Listen").click()
    in_step(api, window)
    window.close()


def test_the_player_never_scrolls_sideways(api: httpx.Client, browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/embed")
    for width, height in (320, 360), (280, 290), (480, 360), (640, 180), (320, 568):
        window.page.set_viewport_size({"width": width, "height": height})
        window.page.evaluate(
            "document.querySelector('[data-part=title]').textContent = 'A very long title '.repeat(30)"
        )
        scroll = window.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert scroll[0] <= width
        assert scroll[1] <= height
        for name in ("listen", "title", "connection"):
            box = window.page.locator(f"[data-part={name}]").bounding_box()
            assert box
            assert box["x"] + box["width"] <= width, name
    window.close()


def test_the_player_leads_into_the_room(browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/embed", 480, 360)
    link = window.page.get_by_role("link", name="Open the room Lounge")
    assert link.get_attribute("href") == "/r/lounge"
    assert link.get_attribute("target") == "_blank"
    window.close()


# The overlay


def alpha_at(page: Page, x: int, y: int) -> int:
    """How opaque the picture is there that a program for streaming takes of the page, from 0 to 255."""
    png = base64.b64encode(page.screenshot(omit_background=True)).decode()
    other = page.context.new_page()
    alpha = other.evaluate(
        """async ([png, x, y]) => {
          const image = new Image()
          image.src = `data:image/png;base64,${png}`
          await image.decode()
          const canvas = new OffscreenCanvas(image.width, image.height)
          const context = canvas.getContext('2d')
          context.drawImage(image, 0, 0)
          return context.getImageData(x, y, 1, 1).data[3]
        }""",
        [png, x, y],
    )
    other.close()
    return int(alpha)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_is_behind_what_an_overlay_says(
    api: httpx.Client, browser: Browser, stage: Server, theme: str, scheme: Any
) -> None:
    window = opened(browser, stage, f"/r/lounge/overlay?theme={theme}", color_scheme=scheme)
    expect(title_of(window.page)).to_be_visible()
    assert alpha_at(window.page, 1270, 10) == 0
    box = window.page.locator(".overlay-art").bounding_box()
    assert box
    assert alpha_at(window.page, int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)) == 255
    window.close()


def test_an_overlay_makes_no_sound(api: httpx.Client, browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/overlay", 800, 200)
    expect(title_of(window.page)).to_have_text(playing(api)["title"])
    assert window.hears is None
    assert window.page.locator("video, audio, iframe").count() == 0
    window.close()


def test_an_overlay_stands_where_it_is_told_to(api: httpx.Client, browser: Browser, stage: Server) -> None:
    middles = {}
    for align in ("left", "center", "right"):
        window = opened(browser, stage, f"/r/lounge/overlay?align={align}")
        box = window.page.locator("main").bounding_box()
        assert box
        middles[align] = box["x"] + box["width"] / 2
        window.close()
    assert middles["left"] < 560 < 720 < middles["right"]
    assert abs(middles["center"] - 640) < 2


def test_an_overlay_fits_whatever_it_is_given(api: httpx.Client, browser: Browser, stage: Server) -> None:
    window = opened(browser, stage, "/r/lounge/overlay")
    for width, height in (800, 200), (400, 100), (1920, 1080), (3840, 2160), (300, 600):
        window.page.set_viewport_size({"width": width, "height": height})
        box = window.page.locator("main").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        assert box["height"] >= 0.1 * min(height, width)
    window.close()


def test_an_overlay_gives_nobody_a_name_and_goes_away_with_the_music(browser: Browser, server: Server) -> None:
    lounge = Lounge.open(server)
    entry = lounge.add("https://media.example.org/a.mp3")
    lounge.control(entry_id=entry["id"])
    window = opened(browser, server, f"/r/{lounge.slug}/overlay", 800, 200)
    main = window.page.locator("main")
    expect(main).to_have_css("opacity", "1")
    until(lambda: lounge.snapshot()["people"]["listeners"] == 1, "the stream is not there")
    assert all(one["state"] == "away" for one in lounge.snapshot()["people"]["items"])
    assert window.page.context.cookies() == []
    lounge.alice.delete(lounge.path)
    expect(main).to_have_css("opacity", "0")
    window.close()


@pytest.mark.parametrize("screen", ["tv", "embed"])
def test_a_screen_whose_room_has_a_password_now_says_so_and_leads_back_in_its_own_place(
    browser: Browser, server: Server, screen: str
) -> None:
    lounge = Lounge.open(server)
    window = opened(browser, server, f"/r/{lounge.slug}/{screen}")
    page = window.page
    expect(page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    lounge.alice.patch(lounge.path, json={"password": "sesame"})
    expect(page.get_by_role("heading", name="This room has a password now")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Come back in").click()
    assert page.context.pages == [page]
    window.close()


def test_the_code_on_the_huge_screen_is_asked_for_again_after_an_outage(browser: Browser, server: Server) -> None:
    lounge = Lounge.open(server)
    window = opened(browser, server, lounge.host_url.removeprefix(server.url))
    page = window.page
    page.goto(f"{server.url}/r/{lounge.slug}/tv")
    expect(page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if route.request.resource_type == "fetch" and not refused:
            refused.append(route.request.url)
            return route.abort()
        return route.fallback()

    page.route(f"{server.url}/r/{lounge.slug}/tv", refuse_once)
    line = page.locator(".tv-code .qrline")
    before = line.get_attribute("d") or ""
    lounge.alice.patch(lounge.path, json={"visibility": "private", "guests": "stay"})
    expect(line).not_to_have_attribute("d", before)
    assert refused
    window.close()
