"""Finding the events in what a stream sent, without decoding its chunks or its JSON."""

from __future__ import annotations

import re
from typing import NamedTuple

WHOLE = ("snapshot", "resumed")
"""Events that say everything, whatever was told before."""

ENDED = b"0\r\n\r\n"
"""The chunk that ends a response."""

_NAME = re.compile(rb"event: ([\w-]+)\n(?:id: (\d+)\n)?")
_VERSION = re.compile(rb'"version": ?(\d+)')
_COMMITTED = re.compile(rb'"committed_at_ms": ?(\d+)')
_PREV = re.compile(rb'"prev": ?(\d+)')


class Event(NamedTuple):
    """One event; a change has a version. ``prev`` is the version that it follows, None if it follows any.

    ``committed_at_ms`` (Unix milliseconds) says when the change was committed, ``size`` how many bytes told it.
    """

    name: str
    version: int | None = None
    prev: int | None = None
    committed_at_ms: int | None = None
    size: int = 0


def split(received: bytes) -> tuple[tuple[Event, ...], bytes]:
    """The whole events in ``received``, and what is left of it for the next time."""
    *blocks, rest = received.split(b"\n\n")
    return tuple(event for block in blocks if (event := _event(block)) is not None), rest.lstrip(b"\r\n")


def version_in(text: bytes) -> int | None:
    """The first version that a JSON text names."""
    return _number(_VERSION, text)


def committed_at_ms_in(text: bytes) -> int | None:
    """When the change was committed that a JSON text tells of."""
    return _number(_COMMITTED, text)


def _event(block: bytes) -> Event | None:
    found = _NAME.search(block)
    if found is None:
        return None
    name, version = found[1].decode(), int(found[2]) if found[2] else version_in(block)
    if name in WHOLE:
        return Event(name, version)
    prev = _number(_PREV, block)
    # Without the version that it follows it is no change: a tick names a version, too.
    return Event(name) if prev is None else Event(name, version, prev, committed_at_ms_in(block), len(block))


def _number(pattern: re.Pattern[bytes], text: bytes) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
