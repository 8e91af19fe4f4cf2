"""The page about the stream names every event and farewell."""

from __future__ import annotations

import re

from tools.server import ROOT


def test_the_page_about_the_stream_names_every_event_and_every_farewell_and_no_other() -> None:
    code = "\n".join(path.read_text() for folder in ("rooms", "players") for path in (ROOT / folder).rglob("*.py"))
    page = (ROOT / "docs" / "stream.md").read_text()
    events = set(re.findall(r'(?:sse\.event|\bEvent|\.note)\(\s*"(\w+)"', code)) | set(
        re.findall(r'(?<!\w)\("(\w+)", {}\)', code)
    )
    assert set(re.findall(r"^\| `(\w+)` \| (?:version|none) \|", page, re.MULTILINE)) == events
    ops = set(re.findall(r'\bop(?:=|": )"(\w+)"', code))
    assert set(re.findall(r"^\| `(\w+)` \| `", page, re.MULTILINE)) == ops
    hub = "".join(path.read_text() for path in (ROOT / "rooms" / "live" / "hub").glob("*.py"))
    reasons = set(re.findall(r'\bend(?:_all)?\((?:\w+, )?"([a-z ]+)"', hub)) | set(
        re.findall(r'return "([a-z ]+)"', (ROOT / "rooms" / "live" / "hub" / "access.py").read_text())
    )
    (told,) = re.findall(r"The reason of a `bye` is ([^.]*)\.", page)
    assert set(re.findall(r"`([^`]+)`", told)) == reasons
