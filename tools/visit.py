"""How a page loads in a real browser: what it fetches, when it can be used, and what moves meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tools.browser import entered

WATCH = """() => {
  const seen = { shifts: [], tasks: [], largest_ms: 0 }
  window.seenWhileLoading = seen
  const nameOf = (node) => node && (node.dataset?.part ?? node.className ?? node.nodeName)
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  watch('layout-shift', (shift) => {
    const what = shift.sources.map(({ node }) => String(nameOf(node)))
    if (!shift.hadRecentInput) seen.shifts.push({ value: shift.value, at_ms: shift.startTime, what })
  })
  watch('longtask', ({ startTime, duration }) => seen.tasks.push({ at_ms: startTime, lasts_ms: duration }))
  watch('largest-contentful-paint', ({ startTime }) => (seen.largest_ms = startTime))
}"""
"""What the browser itself reports, noted from before the first byte of the page."""

TIMES = """() => {
  const [page] = performance.getEntriesByType('navigation')
  const [paint] = performance.getEntriesByName('first-contentful-paint')
  const { shifts, tasks, largest_ms } = window.seenWhileLoading
  return {
    shifts, tasks, largest_ms,
    first_paint_ms: paint?.startTime ?? 0,
    answered_ms: page.responseStart,
    scripted_ms: page.domContentLoadedEventEnd,
  }
}"""


@dataclass(frozen=True)
class Conditions:
    """A network and a processor, as the browser imitates them; nothing is slowed down by default."""

    name: str = "as it is"
    rtt_ms: float = 0
    bits_per_s: float = 0
    cpu_slowdown: float = 1

    def imposed_on(self, cdp: CDPSession) -> None:
        rate = self.bits_per_s / 8 if self.bits_per_s else -1
        limits = {"offline": False, "latency": self.rtt_ms, "downloadThroughput": rate, "uploadThroughput": rate}
        cdp.send("Network.emulateNetworkConditions", limits)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": self.cpu_slowdown})


ELSEWHERE = ["*://*.youtube.com/*", "*://*.youtube-nocookie.com/*", "*://*.ytimg.com/*"]
"""Never asked for. Playwright's own way to refuse it would switch off the cache of the browser."""

AS_IT_IS = Conditions()
SLOW_4G = Conditions("slow 4G", rtt_ms=150, bits_per_s=1_600_000, cpu_slowdown=4)


@dataclass
class Fetched:
    """One request and what came back, in the bytes that crossed the network."""

    url: str
    kind: str
    bytes: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Visit:
    """One load of one page."""

    url: str
    fetched: list[Fetched]
    told: dict[str, Any]

    @property
    def own(self) -> list[Fetched]:
        """What the page itself is made of: neither the music that plays in it nor anything from elsewhere."""
        origin = "/".join(self.url.split("/")[:3]) + "/"
        return [one for one in self.fetched if one.kind != "Media" and one.url.startswith(origin)]

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.own)

    @property
    def layout_shift(self) -> float:
        return float(sum(shift["value"] for shift in self.told["shifts"]))

    @property
    def interactive_ms(self) -> float:
        """When its scripts have run and no long task that began with them keeps the page from answering."""
        scripted = float(self.told["scripted_ms"])
        for task in sorted(self.told["tasks"], key=lambda task: float(task["at_ms"])):
            if task["at_ms"] <= scripted:
                scripted = max(scripted, task["at_ms"] + task["lasts_ms"])
        return scripted


def visit(context: BrowserContext, url: str, conditions: Conditions = AS_IT_IS, settle_ms: int = 2_000) -> Visit:
    """Load ``url`` in a new page, watch it until ``settle_ms`` after its load, and close it."""
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    cdp = context.new_cdp_session(page)
    fetched = _noted(cdp)
    cdp.send("Network.setBlockedURLs", {"urls": ELSEWHERE})
    conditions.imposed_on(cdp)
    page.goto(entered(page, url), wait_until="load")
    page.wait_for_timeout(settle_ms)
    told: dict[str, Any] = page.evaluate(TIMES)
    page.close()
    return Visit(url, list(fetched.values()), told)


def _noted(cdp: CDPSession) -> dict[str, Fetched]:
    """All that is fetched from now on, by the browser's own number."""
    fetched: dict[str, Fetched] = {}

    def begin(event: dict[str, Any]) -> None:
        fetched[event["requestId"]] = Fetched(event["request"]["url"], event["type"])

    def answered(event: dict[str, Any]) -> None:
        if one := fetched.get(event["requestId"]):
            one.status, one.headers = event["response"]["status"], event["response"]["headers"]
            one.headers = {name.lower(): value for name, value in one.headers.items()}

    def received(event: dict[str, Any]) -> None:
        if one := fetched.get(event["requestId"]):
            one.bytes += event["encodedDataLength"]

    def ended(event: dict[str, Any]) -> None:
        # Counted with its headers, which the parts were not.
        if one := fetched.get(event["requestId"]):
            one.bytes = max(one.bytes, int(event["encodedDataLength"]))

    cdp.on("Network.requestWillBeSent", begin)
    cdp.on("Network.responseReceived", answered)
    cdp.on("Network.dataReceived", received)
    cdp.on("Network.loadingFinished", ended)
    cdp.send("Network.enable")
    return fetched


def scroll_through(page: Page, selector: str, px: float, seconds: float) -> list[float]:
    """Scroll what matches by ``px`` from its top within ``seconds``; the milliseconds from frame to frame."""
    frames: list[float] = page.evaluate(SCROLL, [selector, px, seconds * 1000])
    return frames


SCROLL = """([selector, way, lasts]) => new Promise((done) => {
  const place = document.querySelector(selector)
  const frames = []
  let [first, last] = [0, 0]
  const step = (now) => {
    if (first) frames.push(now - last)
    else first = now
    last = now
    place.scrollTop = way * Math.min(1, (now - first) / lasts)
    if (now - first < lasts) requestAnimationFrame(step)
    else done(frames)
  }
  place.scrollTop = 0
  requestAnimationFrame(step)
})"""
