"""A browser that lets nobody hear anything before they touched the page.

Playwright's own scripts count as a touch, so these pages speak by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.support.bob import tone, video
from tests.support.engine import Engine
from tools.patience import PATIENCE_S

MakeEntry = Callable[[Engine], dict[str, Any]]


def a_tone(started: Engine) -> dict[str, Any]:
    return tone(started, 1)


def a_video(started: Engine) -> dict[str, Any]:
    return video(1)


def untouched(
    started: Engine, entry: dict[str, Any], *, muted: bool = False, starts_anew: bool = False, **knobs: Any
) -> tuple[Page, list[str]]:
    """A page that plays ``entry``, from its beginning again when its button is pressed, and what it says."""
    page = started.page("/tests/js/blank.html", **knobs)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    about = {"entry": entry, "muted": muted, "startsAnew": starts_anew}
    page.goto(f"{started.server.url}/tests/js/untouched.html#{quote(json.dumps(about))}")
    return page, said


def wait_for(page: Page, said: list[str], line: str, after: int = 0) -> None:
    if line not in said[after:]:
        page.wait_for_event("console", lambda message: message.text == line, timeout=PATIENCE_S * 1_000)


@pytest.mark.parametrize("make", [a_tone, a_video])
def test_whoever_has_not_touched_the_page_is_in_step_in_silence_until_they_listen(
    started: Engine, make: MakeEntry
) -> None:
    page, said = untouched(started, make(started), autoplayBlocked=True)
    wait_for(page, said, "blocked silent in step")
    assert not any("playing" in line for line in said)
    before = len(said)
    page.mouse.click(320, 400)
    wait_for(page, said, "playing audible in step", before)


@pytest.mark.parametrize("make", [a_tone, a_video])
def test_a_touch_counts_also_while_the_player_starts_anew(started: Engine, make: MakeEntry) -> None:
    page, said = untouched(started, make(started), starts_anew=True, autoplayBlocked=True)
    wait_for(page, said, "blocked silent in step")
    page.mouse.click(320, 400)
    wait_for(page, said, "playing audible in step")
    # From the click on: pressed, and not yet let go, is no touch, however soon the page speaks again.
    assert not any("blocked" in line for line in said[said.index("clicked") :])


@pytest.mark.parametrize("make", [a_tone, a_video])
def test_whoever_wants_silence_is_not_asked(started: Engine, make: MakeEntry) -> None:
    page, said = untouched(started, make(started), muted=True, autoplayBlocked=True)
    wait_for(page, said, "playing silent in step")
    assert not any("blocked" in line for line in said)


def test_a_video_that_may_not_even_play_in_silence_waits_for_the_touch(started: Engine) -> None:
    page, said = untouched(started, a_video(started), autoplayBlocked="always")
    wait_for(page, said, "blocked silent elsewhere")
    assert not any("playing" in line for line in said)
    page.mouse.click(320, 400)
    wait_for(page, said, "playing audible in step")
