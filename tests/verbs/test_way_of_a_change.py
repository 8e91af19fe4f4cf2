"""The way of a host's PATCH, as docs/architecture.md tells it, is the way that the code takes."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Token
from tests.support.rooms import add

ROOT = Path(settings.BASE_DIR)
OURS = ("musicrooms", "players", "rooms")
HEADING = "\n## A host's PATCH, hop by hop\n"
HOP = re.compile(r"^\| \d+ \| `(?P<function>[\w.]+)` \| `(?P<file>[\w/.]+)` \|", re.MULTILINE)


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


@pytest.mark.django_db(transaction=True)
def test_a_hosts_change_takes_the_way_that_the_architecture_tells_hop_by_hop() -> None:
    room, owner = make_room("Lounge", Caller())
    add(room, 60_000)
    client, headers = Client(), {"Authorization": f"Bearer {Token.issue(owner)}"}

    def play(playing: bool) -> None:
        path = f"/api/v1/rooms/{room.slug}/player"
        answer = client.patch(path, {"playing": playing}, content_type="application/json", headers=headers)
        assert answer.status_code == 200

    play(True)  # whatever is compiled or made at the first call
    play(False)
    with traced() as hops:
        play(True)
    section = (ROOT / "docs/architecture.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    assert hops == [(hop["function"], hop["file"]) for hop in HOP.finditer(section)]
