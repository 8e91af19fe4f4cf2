"""One listener: a browser process of their own, on a network of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from bench.laboratory.proxy import Proxy
from bench.laboratory.record import Record
from bench.laboratory.reference import Zero, zero_of
from tools.browser import FLAGS, chromium, entered
from tools.youtube import STAND_IN

HERE = Path(__file__).parent

OWN_FLAGS = [
    # As after a first click, so that sound is part of what is measured.
    "--autoplay-policy=no-user-gesture-required",
    # No window here is in the background, as each would be the only one of its machine.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    # Nothing but the proxy can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

BLOCK = "(ms) => { const until = laboratory.now() + ms; while (laboratory.now() < until); }"


class Listener:
    """A browser that is about to open the room; ``youtube`` are the knobs of the stand-in for YouTube."""

    def __init__(
        self,
        playwright: Playwright,
        name: str,
        proxy: Proxy,
        *,
        youtube: dict[str, Any] | None = None,
        wrong_by_ms: float = 0,
        sample_ms: int = 50,
        listens: bool = False,
    ) -> None:
        self.name = name
        self.proxy = proxy
        self.errors: list[str] = []
        self._browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *OWN_FLAGS])
        self._page = self._browser.new_page()
        self._page.on("pageerror", lambda error: self.errors.append(str(error)))
        told = {"laboratorySampleMs": sample_ms, "laboratoryListens": listens}
        self._page.add_init_script(f"Object.assign(window, {json.dumps(told)});")
        self._page.add_init_script(path=HERE / "sampler.js")
        if wrong_by_ms:
            self._make_clock_wrong(wrong_by_ms)
        if youtube is not None:
            # It is there before the page asks for it, so that no request has to be looked at, which would slow all.
            self._page.add_init_script(f"window.youtubeStandIn = {json.dumps(youtube)};")
            self._page.add_init_script(f"if (window === window.top) {{ {STAND_IN.read_text()} }}")
        self._cdp = self._page.context.new_cdp_session(self._page)
        self._zero: Zero | None = None

    def open(self, path: str) -> None:
        """Open the room, and do not wait for more than the answer."""
        self._page.goto(entered(self._page, self.proxy.url + path), wait_until="commit")

    def open_nothing(self) -> None:
        """Leave the room."""
        self._page.goto("about:blank")

    @property
    def zero(self) -> Zero:
        """When this page's own clock began."""
        if self._zero is None:
            self._zero = zero_of(self._page_ms)
        return self._zero

    @property
    def began_s(self) -> float:
        """When the page's own code had been loaded: the first thing that it does is to ask for the room's stream."""
        return next((r.at_s for r in self.proxy.requests if "/events" in r.target), float("inf"))

    def set_clock(self, wrong_by_ms: float) -> None:
        """Set the clock of this listener's machine; it had one of its own from the beginning."""
        self._page.evaluate("(ms) => { window.laboratoryWrongByMs = ms; }", wrong_by_ms)

    def block(self, seconds: float) -> None:
        """Keep the page's main thread busy; it begins at once and is not waited for."""
        self._page.evaluate(f"(ms) => void setTimeout(() => ({BLOCK})(ms))", seconds * 1000)

    def run(self, script: str) -> Any:
        return self._page.evaluate(script)

    def record(self) -> Record:
        """All that was sampled so far."""
        return Record.of(self.name, self.zero, self._page.evaluate("() => laboratory.take()"))

    def close(self) -> None:
        self._browser.close()
        self.proxy.close()

    def _make_clock_wrong(self, by_ms: float) -> None:
        self._page.add_init_script(f"window.laboratoryWrongByMs = {by_ms};")
        self._page.add_init_script(path=HERE / "wrong_clock.js")

    def _page_ms(self) -> float:
        told = self._cdp.send("Runtime.evaluate", {"expression": "performance.now()", "returnByValue": True})
        return float(told["result"]["value"])
