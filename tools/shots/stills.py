"""Pictures that stand still: the room, wide and narrow, the home page and the admin."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from tools.shots.stage import Scheme, Stage, wait_for_step

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

AT_MS = 22_000
"""Where the music is in each picture of a room."""

SETTLE_MS = 1_500
"""Until pictures have faded in and the sentence about who came is gone from sight."""

QUALITY = 88


def room(stage: Stage, folder: Path) -> None:
    """Alice's wide window and Bob's phone, in light and in dark."""
    first = stage.entries()[0]["id"]
    for scheme in SCHEMES:
        wide, narrow = stage.profile(WIDE, scheme, 2), stage.profile(NARROW, scheme, 2)
        alice, bob = stage.host(wide), stage.listener(narrow)
        stage.player(entry_id=first, playing=True)
        wait_for_step(alice, bob)
        stage.player(position_ms=AT_MS)
        for page, name in ((alice, "room"), (bob, "phone")):
            page.locator(".toast").wait_for(state="detached")
            wait_for_step(page)
            keep(page, folder / f"{name}-{scheme}.webp")
        wide.close()
        narrow.close()


def home(stage: Stage, folder: Path) -> None:
    """The home page, with rooms in which something plays."""
    for scheme in SCHEMES:
        context = stage.profile(WIDE, scheme, 2)
        page = context.new_page()
        page.goto(stage.url, wait_until="networkidle")
        page.wait_for_timeout(SETTLE_MS)
        keep(page, folder / f"home-{scheme}.webp")
        context.close()


def admin(stage: Stage, folder: Path) -> None:
    """The lounge in the admin."""
    context = stage.profile(WIDE, "light", 2)
    page = stage.admin(context, "/admin/rooms/room/")
    page.get_by_role("link", name="Lounge", exact=True).first.click()
    page.wait_for_load_state("networkidle")
    keep(page, folder / "admin.webp")
    context.close()


STILLS: dict[str, Callable[[Stage, Path], None]] = {"room": room, "home": home, "admin": admin}


def keep(page: Page, path: Path) -> None:
    """Write what is to be seen of ``page``."""
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)
