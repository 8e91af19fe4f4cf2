"""The way of a call from one module of ours into the next, traced, and as ``docs/architecture.md`` tells it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tools.server import ROOT

OURS = ("musicrooms", "players", "rooms")
HOP = re.compile(r"^\| \d+ \| `(?P<function>[\w.]+)` \| `(?P<file>[\w/.]+)` \|", re.MULTILINE)


def told(heading: str) -> list[tuple[str, str]]:
    """The hops of the table below ``heading`` in the architecture, each a function and its file."""
    _before, found, after = (ROOT / "docs" / "architecture.md").read_text().partition(f"\n## {heading}\n")
    assert found, f"docs/architecture.md has no part “{heading}”"
    return [(hop["function"], hop["file"]) for hop in HOP.finditer(after.partition("\n## ")[0])]


@contextmanager
def traced() -> Iterator[list[tuple[str, str]]]:
    """The hops of this thread: functions of ours that another module of ours, or none, calls; each at its first call.

    A property is read, not called, and what a module does within itself is its own affair.
    """
    seen: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        file = _file(frame)
        if event == "call" and file and file != _caller(frame) and not _is_no_function(frame):
            seen.setdefault((frame.f_code.co_qualname, file))

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(note)
    hops: list[tuple[str, str]] = []
    try:
        yield hops
    finally:
        sys.setprofile(before)
        hops.extend(seen)


def _file(frame: FrameType) -> str:
    """The path of the code below the root; empty if it is not ours."""
    path = Path(frame.f_code.co_filename)
    file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
    return file if file.startswith(OURS) else ""


def _caller(frame: FrameType) -> str:
    """The file of the nearest function of ours that led here."""
    back = frame.f_back
    while back is not None and not _file(back):
        back = back.f_back
    return _file(back) if back is not None else ""


def _is_no_function(frame: FrameType) -> bool:
    owner: Any = sys.modules[frame.f_globals["__name__"]]
    for name in frame.f_code.co_qualname.split("."):
        if name.startswith("<"):  # a comprehension, or a lambda
            return True
        owner = inspect.getattr_static(owner, name, None)
    return isinstance(owner, property)
