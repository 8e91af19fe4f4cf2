"""The site can be installed, and has a page of its own for when it cannot be reached."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import patient
from tests.support.demo import alice_of
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

OFFLINE = "No connection"
INSTALLED = "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'"


@pytest.fixture(scope="module")
def own(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo server that tests stop, and start again."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(prepared_demo, folder, dirs_exist_ok=True)
    server = Server(folder)
    yield server.start()
    server.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that takes the service worker, and whose requests nobody looks at: that would keep it out."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="allow")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, own: Server) -> Page:
    """A browser that has been to the lounge, and installed the service worker there."""
    page = context.new_page()
    page.goto(f"{own.url}/r/lounge")
    until(lambda: bool(page.evaluate(INSTALLED)), "the service worker was not installed")
    return page


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


# The manifest


def test_the_manifest_says_what_browsers_ask_for_before_they_install(server: Server) -> None:
    answer = patient.get(f"{server.url}/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    told = answer.json()
    assert told["name"] == told["short_name"] == "Musicrooms"
    assert (told["id"], told["start_url"], told["scope"], told["display"]) == ("/", "/", "/", "standalone")
    assert told["lang"] == "en"
    assert all(re.fullmatch(r"#[0-9a-f]{6}", told[name]) for name in ("background_color", "theme_color"))


def test_every_icon_exists_and_has_the_size_that_it_claims(server: Server) -> None:
    icons = patient.get(f"{server.url}/manifest.webmanifest").json()["icons"]
    for icon in icons:
        found = patient.get(server.url + icon["src"])
        assert found.status_code == 200, icon
        assert found.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            assert "x".join(map(str, size_of(found.content))) == icon["sizes"]
    sizes = {(icon["purpose"], icon["sizes"]) for icon in icons}
    assert {("any", "192x192"), ("any", "512x512"), ("maskable", "192x192"), ("maskable", "512x512")} <= sizes


@pytest.mark.parametrize("path", ["/", "/r/{slug}", "/r/{slug}/tv", "/nothing-here"])
def test_every_page_names_the_manifest_and_the_icon_of_apples_systems(lounge: Lounge, path: str) -> None:
    page = patient.get(lounge.server.url + path.format(slug=lounge.slug)).text
    assert '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">' in page
    icon = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    assert icon
    assert size_of(patient.get(lounge.server.url + icon[1]).content) == (180, 180)


def test_a_browser_finds_nothing_wrong_with_the_manifest(context: BrowserContext, own: Server) -> None:
    page = context.new_page()
    page.goto(own.url)
    session = context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window without a trace can install nothing; everything else would be ours.
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


# The service worker


def test_the_service_worker_is_asked_for_anew_each_time_and_sees_the_whole_site(server: Server) -> None:
    answer = patient.get(f"{server.url}/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["cache-control"]
    assert urlsplit(str(answer.url)).path == "/sw.js"
    assert answer.text == patient.get(f"{server.url}/sw.js").text
    assert re.match(r'self\.VERSION = "[0-9a-f]{16}";\n', answer.text)


def test_the_offline_page_is_the_same_for_everybody(server: Server) -> None:
    answer = patient.get(f"{server.url}/offline")
    assert OFFLINE in answer.text
    assert "csrf" not in answer.text
    assert "set-cookie" not in answer.headers
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
    assert links
    for link in links:
        assert link.endswith("?offline")
        assert patient.get(server.url + link).status_code == 200


def test_without_a_server_there_is_a_page_and_it_gives_way_by_itself(page: Page, own: Server) -> None:
    port = int(own.url.rpartition(":")[2])
    own.stop()
    page.reload()
    expect(page.get_by_role("heading", name=OFFLINE)).to_be_visible()
    expect(page.get_by_role("link", name="Try again")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid", "the style is missing"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{own.url}/r/another")
    expect(page.get_by_role("heading", name=OFFLINE)).to_be_visible()
    page.goto(f"{own.url}/r/lounge")
    own.start(port)
    expect(page.locator("[data-part=room-name]")).to_have_text("Lounge")


def test_without_a_network_calls_and_streams_fail_as_ever(page: Page, own: Server) -> None:
    port = int(own.url.rpartition(":")[2])
    own.stop()
    fails = "(url) => fetch(url).then((answer) => answer.status, () => 'failed')"
    for path in ("/api/v1/time", "/api/v1/rooms/lounge", "/api/v1/rooms/lounge/events", "/media/none.mp3", "/admin/"):
        assert page.evaluate(fails, path) == "failed"
    for path in ("/admin/", "/api/v1/docs"):
        with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
            page.goto(own.url + path)
    own.start(port)


def test_the_service_worker_stays_out_of_the_way_of_a_room_that_plays(page: Page) -> None:
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    expect(page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map(({url}) => new URL(url))))).flat()"
        ".map(({pathname, search}) => pathname + search)"
    )
    assert "/offline" in kept
    assert [path for path in kept if path != "/offline" and not re.fullmatch(r"/static/.*\?offline", path)] == []


def test_no_call_waits_for_the_service_worker_to_wake_up(page: Page) -> None:
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    script = page.locator("script[type=module]").get_attribute("src")
    timed = """async (url) => {
      await (await fetch(url)).arrayBuffer()
      await new Promise((resolve) => setTimeout(resolve, 100))
      const [timing] = performance.getEntriesByName(new URL(url, location).href).slice(-1)
      return timing.workerFinalSourceType
    }"""
    for path in ("/api/v1/time?passed", "/media/demo/none.mp3?passed", f"{script}"):
        assert page.evaluate(timed, path) == "network", f"{path} went through the service worker"


def test_a_newer_version_takes_the_place_of_an_older_one(page: Page, context: BrowserContext, own: Server) -> None:
    first = page.evaluate("caches.keys()")
    page.evaluate("caches.open('musicrooms of before').then((cache) => cache.put('/offline', new Response('old')))")
    page.evaluate("caches.open('of somebody else')")
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.unregister())")
    page.reload()
    until(lambda: bool(page.evaluate(INSTALLED)), "the service worker was not installed again")
    until(
        lambda: sorted(page.evaluate("caches.keys()")) == sorted([*first, "of somebody else"]),
        "what older versions kept was not forgotten",
    )


# The tab of a room


def test_the_tab_says_what_plays_and_whether_it_does(context: BrowserContext, own: Server) -> None:
    page = context.new_page()
    page.goto(f"{own.url}/r/lounge")
    alice = alice_of(own)
    icon = page.locator('link[rel="icon"]')
    first = alice.get("/rooms/lounge/queue").json()["items"][0]
    beginning = {"entry_id": first["id"], "position_ms": 0, "playing": True}
    title = alice.patch("/rooms/lounge/player", json=beginning).json()["entry"]["title"]
    expect(page).to_have_title(f"▶ {title} · Lounge")
    playing = icon.get_attribute("href")
    alice.patch("/rooms/lounge/player", json={"playing": False})
    expect(page).to_have_title(f"{title} · Lounge")
    still = icon.get_attribute("href")
    assert playing != still
    for url in (playing, still):
        assert patient.get(f"{own.url}{url}").headers["content-type"] == "image/svg+xml"
