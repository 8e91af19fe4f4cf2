"""A moving picture of two windows of one room: whatever Alice does, Bob's window does at the same moment."""

from __future__ import annotations

import base64
import io
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import CDPSession, Page, ViewportSize

from tools.shots.stage import Stage, wait_for_step

SIZE = (1280, 640)
FRAME_MS = 125
QUALITY = 72


@dataclass(frozen=True)
class Place:
    """Where a window stands in the picture, and how large it is in the browser, so that its text stays legible."""

    left: int
    top: int
    width: int
    height: int
    radius: int
    viewport: ViewportSize

    @property
    def box(self) -> tuple[int, int, int, int]:
        return (self.left, self.top, self.left + self.width, self.top + self.height)


WIDE = Place(59, 51, 860, 538, 12, {"width": 1147, "height": 717})
NARROW = Place(959, 51, 262, 538, 22, {"width": 350, "height": 719})

BACKDROP = """<style>
  html {{ height: 100%; background: linear-gradient(115deg, #2c1d36, #5c2c47 60%, #c06a41) }}
  div {{ position: absolute; box-shadow: 0 24px 60px -10px #000a }}
</style>{windows}"""


class Camera:
    """What one window shows, with the instants at which that changed."""

    def __init__(self, page: Page) -> None:
        self.frames: list[tuple[float, bytes]] = []
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.on("Page.screencastFrame", self._take)
        self._cdp.send("Page.startScreencast", {"format": "png", "everyNthFrame": 2})

    def stop(self) -> None:
        self._cdp.send("Page.stopScreencast")

    def at(self, instant: float) -> Image.Image:
        """What was to be seen then."""
        place = bisect_right([at for at, _ in self.frames], instant)
        return Image.open(io.BytesIO(self.frames[max(0, place - 1)][1])).convert("RGB")

    def _take(self, event: dict[str, Any]) -> None:
        self.frames.append((event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        self._cdp.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})


def two_windows(stage: Stage, folder: Path) -> None:
    """Alice's wide window in the dark, Bob's phone in the light; she pauses, plays, and skips."""
    wide, narrow = stage.profile(WIDE.viewport, "dark"), stage.profile(NARROW.viewport, "light")
    alice, bob = stage.host(wide), stage.listener(narrow)
    stage.player(entry_id=stage.entries()[0]["id"], position_ms=20_000, playing=True)
    wait_for_step(alice, bob)
    alice.locator(".toast").wait_for(state="detached")
    cameras = [Camera(page) for page in (alice, bob)]
    _act(alice)
    for camera in cameras:
        camera.stop()
    backdrop = _backdrop(stage)
    wide.close()
    narrow.close()
    _develop(backdrop, cameras, folder / "two-windows.webp")


def _act(alice: Page) -> None:
    """What happens while the cameras run."""
    for part, pause_ms in (("play", 1_500), ("play", 1_500), ("next", 2_500)):
        alice.wait_for_timeout(1_200)
        alice.locator(f"[data-part={part}]").click()
        alice.wait_for_timeout(pause_ms)


def _backdrop(stage: Stage) -> Image.Image:
    """What lies behind the windows, and their shadows."""
    windows = "".join(
        f'<div style="left:{place.left}px;top:{place.top}px;width:{place.width}px;height:{place.height}px;'
        f'border-radius:{place.radius}px"></div>'
        for place in (WIDE, NARROW)
    )
    context = stage.profile({"width": SIZE[0], "height": SIZE[1]}, "dark")
    page = context.new_page()
    page.set_content(BACKDROP.format(windows=windows))
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return picture


def _develop(backdrop: Image.Image, cameras: list[Camera], path: Path) -> None:
    """Put what the cameras saw at the same instants into one picture that moves, for ever."""
    begin = max(camera.frames[0][0] for camera in cameras)
    end = max(camera.frames[-1][0] for camera in cameras)
    count = max(1, int((end - begin) * 1_000 / FRAME_MS))
    frames = [
        _composed(backdrop, [camera.at(begin + number * FRAME_MS / 1_000) for camera in cameras])
        for number in range(count)
    ]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0, quality=QUALITY, method=4)


def _composed(backdrop: Image.Image, windows: list[Image.Image]) -> Image.Image:
    frame = backdrop.copy()
    for place, window in zip((WIDE, NARROW), windows, strict=True):
        size = (place.width, place.height)
        mask = Image.new("L", (size[0] * 2, size[1] * 2))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), place.radius * 2, fill=255)
        frame.paste(window.resize(size, Image.Resampling.LANCZOS), place.box, mask.resize(size))
    return frame
