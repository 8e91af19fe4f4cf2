"""YouTube for tests: a browser that asks for it gets the stand-in of ``youtube_stand_in.js``, and no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

STAND_IN = Path(__file__).parent / "youtube_stand_in.js"
API = "https://www.youtube.com/iframe_api"
FRAME = "<!doctype html><title>YouTube</title><body style='background: #222'>"


def intercept(target: Page | BrowserContext, **knobs: Any) -> None:
    """Serve the stand-in to ``target`` instead of YouTube, and nothing else of YouTube's.

    ``knobs`` are those of ``window.youtubeStandIn``: ``seekLatencyMs``, ``startLatencyMs`` and ``bufferingMs`` (each a
    number, or [least, most], drawn anew each time; ``seed`` repeats what is drawn), ``errors`` {id: code},
    ``durations`` {id: seconds}, ``live`` {id: {elapsedS, keptS}} (how long it has gone on, and how much of it is kept
    to seek in), ``autoplayBlocked`` (True: sound needs a click first, "always": all playing does),
    ``rates``, ``ad`` {atMs, forMs}, ``updateEveryMs``, ``extrapolates``. A page may change them at any time.
    """
    target.add_init_script(f"window.youtubeStandIn = {json.dumps(knobs)}")
    target.route("https://www.youtube.com/**", _answer)
    target.route("https://i.ytimg.com/**", lambda route: route.abort())


def _answer(route: Route) -> None:
    url = route.request.url
    if url.startswith(API):
        route.fulfill(content_type="text/javascript", path=STAND_IN)
    elif "/embed/" in url:
        route.fulfill(content_type="text/html", body=FRAME)
    else:
        route.abort()
