"""Twice as large, by the browser's zoom or by the size of its letters alone: nothing is lost, cut off or overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import Window, entered
from tools.people import Lounge
from tools.server import Server

ZOOMED: dict[str, Any] = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
"""A window of 1280 by 800 at 200 %: browsers zoom by giving the page so much less room."""

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

CONTROLS = "button, a[href], input:not([type=hidden]), select, summary"

CUT_OFF = """(controls) => {
  const wide = document.scrollingElement.scrollWidth - innerWidth
  if (wide > 0) return [`the page is ${wide} px too wide`]
  const shown = [...document.querySelectorAll(controls)].filter(
    (one) =>
      one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest('.sr-only, .skip'),
  )
  const name = (one) => one.outerHTML.slice(0, 90)
  const found = []
  for (const one of shown) {
    one.scrollIntoView({ block: 'center', behavior: 'instant' })
    const box = one.getBoundingClientRect()
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`sticks out: ${name(one)}`)
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    const whole = one.closest('label, .field, .seek-track, .row') ?? one
    if (!whole.contains(there) && !there?.contains(one)) found.push(`under ${name(there)}: ${name(one)}`)
  }
  for (const one of document.querySelectorAll('button, h1, h2, label')) {
    if (!one.checkVisibility() || one.closest('.sr-only, .clip, .skip, .now-title')) continue
    if (one.scrollWidth > one.clientWidth + 2 && one.clientWidth) found.push(`is cut off: ${name(one)}`)
  }
  return found
}"""

OUT_OF_ORDER = """(controls) => {
  // Line by line as it is read: what comes later stands further down, or further on in its column.
  const main = document.querySelector('main:not([hidden])')
  const columns = [...main.querySelectorAll('.deck-space, .side')]
  const places = (columns.length ? columns : [main]).map((column) =>
    [...column.querySelectorAll(controls)]
      .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.closest('.sr-only, [popover]'))
      .map((one) => [one, one.getBoundingClientRect()]),
  )
  return places.flatMap((boxes) =>
    boxes.slice(1).flatMap(([one, box], at) => {
      const [, before] = boxes[at]
      const isBehind = box.top >= before.bottom - 4 || (box.left >= before.left - 4 && box.bottom > before.top)
      return isBehind ? [] : [one.outerHTML.slice(0, 90)]
    }),
  )
}"""


@pytest.fixture(params=["zoomed", "large letters"])
def enlarged(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    window = Window.open(browser, server.url, **(ZOOMED if request.param == "zoomed" else DESK))
    if request.param != "zoomed":
        cdp = window.page.context.new_cdp_session(window.page)
        cdp.send("Page.enable")
        cdp.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    yield window.page
    window.close()


def test_nothing_is_cut_off_at_twice_the_size(enlarged: Page, lounge: Lounge) -> None:
    for number in range(3):
        lounge.add(f"https://media.example.org/A_Song_{number}.mp3")
    for address in (lounge.server.url, lounge.host_url, f"{lounge.server.url}/r/nowhere"):
        enlarged.goto(entered(enlarged, address))
        enlarged.wait_for_load_state("load")
        assert enlarged.evaluate(CUT_OFF, CONTROLS) == [], address
    enlarged.goto(f"{lounge.server.url}/r/{lounge.slug}")
    enlarged.locator("[data-part=share-button]").click()
    expect(enlarged.locator("[data-part=share]")).to_be_visible()
    close = enlarged.locator("[data-part=share]").get_by_role("button", name="Close")
    close.click()
    expect(enlarged.locator("[data-part=share]")).to_be_hidden()


@pytest.mark.parametrize("options", [DESK, {"viewport": {"width": 390, "height": 780}}], ids=["wide", "narrow"])
def test_the_focus_goes_the_way_that_eyes_read(browser: Browser, lounge: Lounge, options: dict[str, Any]) -> None:
    for number in range(3):
        lounge.add(f"https://media.example.org/A_Song_{number}.mp3")
    window = Window.open(browser, lounge.server.url, "/", **options)
    page = window.page
    assert page.evaluate(OUT_OF_ORDER, CONTROLS) == []
    page.goto(entered(page, lounge.host_url))
    expect(page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    assert page.evaluate(OUT_OF_ORDER, CONTROLS) == []
    assert page.locator("[tabindex]").evaluate_all("all => all.filter((one) => one.tabIndex > 0).length") == 0
    window.close()
