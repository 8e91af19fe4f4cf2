"""What a page costs: ``bin/bench page [--server daphne] [--rounds 5]``.

A real browser opens the home page and the demo room on the network and the processor of a cheap phone, as the browser
imitates them, and a page of nothing at all for comparison. Cold is a profile that was never here, warm one that comes
again. The player's own media do not count. Interactive is when the page's scripts have run and it answers. At last the
longest queue that there may be is scrolled by a strong fling, on a processor that nothing slows down.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench.output import cli
from bench.output.result import Bar, Result, Row, merged
from bench.servers.side import server_of
from tools.browser import FLAGS, chromium
from tools.people import Lounge
from tools.server import Server
from tools.visit import SLOW_4G, Visit, scroll_through, visit

PAGES = {"nothing": "/healthz", "home": "/", "room": "/r/lounge"}
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
TIMES = ("first paint ms", "largest paint ms", "interactive ms", "longest task ms")

LONG = 2_000
AT_ONCE = 50
"""Links in one call."""
FLING_PX, FLING_S = 10_000, 2.0

MOST_KB = 100
MOST_REQUESTS = 20
MOST_INTERACTIVE_MS = 1_000
MOST_SHIFT = 0.005
"""No layout shift, to two digits."""
MOST_FRAME_MS = 1_000 / 60 + 0.5
"""60 frames a second, as closely as the browser's clock tells."""


def main() -> None:
    parser = cli.parser(__doc__, servers=("daphne", "uvicorn"))
    parser.add_argument("--rounds", type=int, default=5, help="loads of each page; their median counts (default: 5)")
    options = parser.parse_args()
    if chromium() is None:
        raise SystemExit("There is no Chromium: install one, or name it in CHROMIUM.")
    cli.finish("page", run, options)


def run(options: argparse.Namespace) -> Result:
    result = Result("page", options.server, cli.given())
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "data"
        if options.prepared:
            shutil.copytree(options.prepared, folder)
        else:
            folder.mkdir()
            server_of(options.root, folder).prepare()
        server = server_of(options.root, folder, options.server)
        server.manage("demo")
        server.start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            for name, path in PAGES.items():
                result.rows += measured(browser, server.url, name, path, options.rounds)
            result.rows.append(scrolled(browser, long_room(server), options.rounds))
        finally:
            browser.close()
            server.stop()
    result.bars = bars(result.rows)
    return result


def measured(browser: Browser, url: str, name: str, path: str, rounds: int) -> list[Row]:
    """One page, cold and warm: the medians of times, the most of what was counted."""
    cold, warm = [], []
    for _ in range(rounds):
        context = browser.new_context(viewport=PHONE)
        cold.append(row(name, "cold", visit(context, url + path, SLOW_4G)))
        warm.append(row(name, "warm", visit(context, url + path, SLOW_4G)))
        context.close()
    return [merged(cold, TIMES), merged(warm, TIMES)]


def long_room(server: Server) -> Lounge:
    """A room that is paused, with as many entries as a queue holds."""
    lounge = Lounge.open(server)
    for first in range(0, LONG, AT_ONCE):
        lounge.add("\n".join(f"https://media.example.org/track-{first + n:04}.mp3" for n in range(AT_ONCE)))
    return lounge


def scrolled(browser: Browser, lounge: Lounge, rounds: int) -> Row:
    """How long a frame lasts while the queue is scrolled: the median of all frames of the median round."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(f"{lounge.server.url}/r/{lounge.slug}")
    page.wait_for_function(f"() => document.querySelectorAll('.queue > .row').length === {LONG}")
    frames = [statistics.median(scroll_through(page, "#panel-queue", FLING_PX, FLING_S)) for _ in range(rounds)]
    context.close()
    nothing = dict.fromkeys(("requests", "KB", *TIMES, "layout shift"), math.nan)
    return {"page": f"{LONG:,} entries", "profile": "fling", **nothing, "frame ms": statistics.median(frames)}


def row(name: str, state: str, seen: Visit) -> Row:
    told = seen.told
    return {
        "page": name,
        "profile": state,
        "requests": len(seen.own),
        "KB": seen.bytes / 1_000,
        "first paint ms": float(told["first_paint_ms"]),
        "largest paint ms": float(told["largest_ms"]),
        "interactive ms": seen.interactive_ms,
        "longest task ms": max((float(task["lasts_ms"]) for task in told["tasks"]), default=0.0),
        "layout shift": seen.layout_shift,
        "frame ms": math.nan,
    }


def bars(rows: list[Row]) -> list[Bar]:
    (room,) = (row for row in rows if (row["page"], row["profile"]) == ("room", "cold"))
    return [
        Bar("KB of the room, cold", room["KB"], MOST_KB),
        Bar("requests of the room, cold", room["requests"], MOST_REQUESTS),
        Bar("interactive, the room, cold, ms", room["interactive ms"], MOST_INTERACTIVE_MS),
        Bar("layout shift of the room, cold", room["layout shift"], MOST_SHIFT),
        Bar(f"ms a frame, scrolling {LONG:,} entries", rows[-1]["frame ms"], MOST_FRAME_MS),
    ]


if __name__ == "__main__":
    main()
