"""Text can be read whatever cover plays: colours come from tokens, and the tokens are tinted, never darkened."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tools.browser import Window
from tools.patience import until
from tools.people import Lounge

STYLES = Path(__file__).resolve().parents[2] / "rooms/static/rooms/css"
LEAST = 4.5
LEAST_OF_SHAPES = 3.0
SIDE = 64
COVERED = "https://media.example.org/covered.mp3"

COVERS: dict[str, Callable[[], Image.Image]] = {
    "white": lambda: Image.new("RGB", (SIDE, SIDE), "white"),
    "black": lambda: Image.new("RGB", (SIDE, SIDE), "black"),
    "red": lambda: Image.new("RGB", (SIDE, SIDE), "#f00"),
    "yellow": lambda: Image.new("RGB", (SIDE, SIDE), "#ff0"),
    "blue": lambda: Image.new("RGB", (SIDE, SIDE), "#00f"),
    "green": lambda: Image.new("RGB", (SIDE, SIDE), "#0f0"),
    "halves": lambda: Image.linear_gradient("L").point(lambda value: 255 if value > 127 else 0).convert("RGB"),
    "noise": lambda: Image.frombytes("RGB", (SIDE, SIDE), random.Random(7).randbytes(SIDE * SIDE * 3)),
}

LAYERS = ["", "--panel", "--hover", "--soft", "--raised"]
"""What text stands on, over the backdrop; "" is the backdrop itself."""

COLOURS = """(names) => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const probe = document.body.appendChild(document.createElement('i'))
  return Object.fromEntries(names.map((name) => {
    probe.style.color = `var(${name})`
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = getComputedStyle(probe).color
    context.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data
    return [name, [red, green, blue, alpha / 255]]
  }))
}"""
"""The tokens as the browser paints them."""

BARE = "body > :not(.backdrop) { display: none !important }"

Colour = tuple[float, float, float]


def linear(channel: float) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    return sum(share * linear(channel) for share, channel in zip((0.2126, 0.7152, 0.0722), colour, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(colour: list[float], ground: Colour) -> Colour:
    *channels, alpha = colour
    red, green, blue = (alpha * top + (1 - alpha) * below for top, below in zip(channels, ground, strict=True))
    return red, green, blue


@pytest.fixture(params=["light", "dark"])
def room(request: pytest.FixtureRequest, lounge: Lounge, browser: Browser) -> Iterator[tuple[Lounge, Page]]:
    """Bob's window, in which covers are what the test says."""
    lounge.add(COVERED)
    # The test styles the page itself, to look at its background alone.
    options = {"viewport": {"width": 640, "height": 900}, "color_scheme": request.param, "bypass_csp": True}
    window = Window.open(browser, lounge.server.url, **options)
    yield lounge, window.page
    window.close()


def play_with(lounge: Lounge, page: Page, cover: str) -> None:
    """Bob opens the room, and what plays has this cover, or none."""
    url = f"/covers/{cover}.png" if cover else ""
    lounge.server.sql("UPDATE players_track SET artwork_url = %s WHERE media_id = %s", (url, COVERED))
    page.unroute_all()
    page.route("https://media.example.org/**", lambda route: route.abort())
    page.route("**/covers/*", lambda route: route.fulfill(body=png(cover), content_type="image/png"))
    lounge.control(playing=True)
    page.goto(f"{lounge.server.url}/r/{lounge.slug}")
    expect(page.locator("[data-part=backdrop] canvas")).to_have_count(1 if cover else 0)
    page.wait_for_function("document.documentElement.style.getPropertyValue('--hue')")
    page.evaluate("document.getAnimations().forEach((one) => one.effect?.getTiming().iterations === 1 && one.finish())")


def png(cover: str) -> bytes:
    picture = io.BytesIO()
    COVERS[cover]().save(picture, "PNG")
    return picture.getvalue()


def grounds(page: Page) -> list[Colour]:
    """The lightest and the darkest place of the backdrop as it was painted."""
    style = page.add_style_tag(content=BARE)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize((40, 60))
    style.evaluate("(element) => element.remove()")
    pixels: list[Colour] = [shot.getpixel((x, y)) for x in range(40) for y in range(60)]  # type: ignore[misc]
    ordered = sorted(pixels, key=luminance)
    return [ordered[0], ordered[-1]]


@pytest.mark.parametrize("cover", [*COVERS, ""], ids=lambda cover: cover or "none")
def test_text_can_be_read_over_any_cover(room: tuple[Lounge, Page], cover: str) -> None:
    lounge, page = room
    play_with(lounge, page, cover)
    names = ["--ink", "--ink-2", "--problem", "--good", "--accent", "--on-accent", *LAYERS[1:]]
    colours = page.evaluate(COLOURS, names)
    worst = {}
    for ground in grounds(page):
        for layer in LAYERS:
            below = over(colours[layer], ground) if layer else ground
            for name, least in (
                ("--ink", LEAST),
                ("--ink-2", LEAST),
                ("--problem", LEAST),
                ("--accent", LEAST_OF_SHAPES),
            ):
                found = contrast(over(colours[name], below), below)
                if found < least:
                    worst[f"{name} on {layer or 'the backdrop'}"] = round(found, 2)
    assert worst == {}
    accent = over(colours["--accent"], (0, 0, 0))
    assert contrast(over(colours["--on-accent"], accent), accent) >= LEAST


def test_without_a_cover_a_room_has_the_hue_of_its_name(room: tuple[Lounge, Page]) -> None:
    lounge, page = room
    hue = "document.documentElement.style.getPropertyValue('--hue')"
    play_with(lounge, page, "")
    own = page.evaluate(hue)
    play_with(lounge, page, "blue")
    until(lambda: page.evaluate(hue) != own, "a blue cover changes nothing")
    blue = page.evaluate(hue)
    lounge.alice.patch(lounge.path, json={"name": "Another name"})
    play_with(lounge, page, "")
    assert page.evaluate(hue) not in (own, blue)


RAW = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab)\(|\boklch\((?!var\()", re.IGNORECASE)
SIZE = re.compile(r"font-size: (?!.*var\(--(?:step-[1-5]|u)\))(?!inherit)(?!clamp)[^;]+")
ITS_OWN = {"overlay.css"}
"""Lies over the picture of a stream, and chooses its colours by an address and not by the browser."""


def test_colours_and_sizes_of_text_are_tokens() -> None:
    files = [file for file in STYLES.rglob("*.css") if file.name not in {"tokens.css", *ITS_OWN}]
    assert len(files) > 10
    raw = {file.name: found for file in files if (found := raw_in(file.read_text()))}
    assert raw == {}


def test_what_is_no_token_is_found() -> None:
    for css in ("a { color: #fff }", "a { color: rgb(1 2 3) }", "a { color: oklch(50% 0 0) }", "a { font-size: 13px }"):
        assert raw_in(css), css
    for css in ("a { color: var(--text) }", "/* #fff */", "a { font-size: var(--step-1) }"):
        assert not raw_in(css), css


def raw_in(css: str) -> list[str]:
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [*RAW.findall(plain), *SIZE.findall(plain)]
