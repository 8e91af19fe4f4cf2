"""axe-core in a page: what of WCAG 2.2 AA it finds broken there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tools.server import ROOT

SCRIPT = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ALL: dict[str, Any] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS: dict[str, Any] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
NAMES: dict[str, Any] = ALL | {"exclude": COLOURS["values"]}
Schemes = list[tuple[Literal["light", "dark"], dict[str, Any]]]
ENGLISH: Schemes = [("light", ALL), ("dark", COLOURS)]
TRANSLATED: Schemes = [("light", NAMES)]

RUN = """async ({ exclude = [], ...rules }) => {
  for (const animation of document.getAnimations()) {
    // Colours are measured where they stay, not on their way; what goes on for ever moves no text.
    if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish()
  }
  const { violations } = await axe.run(document, {
    runOnly: rules,
    rules: Object.fromEntries(exclude.map((id) => [id, { enabled: false }])),
    resultTypes: ['violations'],
    preload: { assets: ['media'] }, // no rule of these reads the style sheets, which would be fetched and parsed anew
  })
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => ({ id, help, where: target.join(' '), html, why: failureSummary })),
  )
}"""


@dataclass(frozen=True)
class Violation:
    """One rule that one element breaks."""

    rule: str
    help: str
    where: str
    html: str
    why: str

    def __str__(self) -> str:
        why = " ".join(self.why.split())
        return f"{self.rule}: {self.help}\n  at {self.where}\n  {self.html[:240]}\n  {why}"


def violations(page: Page, rules: dict[str, Any] = ALL) -> list[Violation]:
    """What axe finds on the page as it is now."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_script())
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return [Violation(one["id"], one["help"], one["where"], one["html"], one["why"] or "") for one in found]


def expect_none(page: Page, state: str) -> None:
    """Fail with every violation of the page, in both colour schemes; they differ in nothing but colours.

    Other languages than English differ from it in nothing but names.
    """
    seen: list[str] = []
    is_english = page.evaluate("document.documentElement.lang.startsWith('en')")
    for scheme, rules in ENGLISH if is_english else TRANSLATED:
        page.emulate_media(color_scheme=scheme)
        seen += [f"{state}, {scheme}: {one}" for one in violations(page, rules)]
    assert not seen, "\n".join(["axe found:", *seen])


@cache
def _script() -> str:
    """The script of axe; skips the test with one line if it is not there, except on CI."""
    if not SCRIPT.is_file():
        missing = "axe-core is not installed; run bin/test, which installs it, or npm ci"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return SCRIPT.read_text()
