"""Parts of a file as HTTP asks for them (RFC 9110, 13 and 14): pure, without a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

_RANGE = re.compile(r"bytes\s*=\s*(?:([0-9]{1,19})\s*-\s*([0-9]{1,19})?|-\s*([0-9]{1,19}))\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of a file from another."""

    etag: str
    last_modified: str

    @classmethod
    def of(cls, size: int, mtime_ns: int) -> Validators:
        return cls(f'"{mtime_ns:x}-{size:x}"', formatdate(mtime_ns // 1_000_000_000, usegmt=True))

    def is_known(self, headers: Mapping[str, str]) -> bool:
        """Whether the caller has this very state already, so that 304 is the answer."""
        if (tags := headers.get("if-none-match")) is not None:
            return tags.strip() == "*" or self.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        return headers.get("if-modified-since") == self.last_modified

    def holds(self, headers: Mapping[str, str]) -> bool:
        """Whether a part may be answered: not if the caller has a beginning of another state."""
        return headers.get("if-range", self.etag) in (self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file, from ``start`` to before ``stop``."""

    start: int
    stop: int


class Unsatisfiable(Exception):
    """The part that is asked for lies beyond the end: 416."""


def part_of(asked: str | None, size: int) -> Part | None:
    """The part that a ``Range`` header asks for; None for the whole file. Raises Unsatisfiable.

    What is not understood, and several parts at once, are answered by the whole, as the standard allows.
    """
    match = _RANGE.fullmatch(asked or "")
    if match is None:
        return None
    first, last, behind = match.groups()
    if behind is not None:
        if int(behind) == 0 or size == 0:
            raise Unsatisfiable
        return Part(max(0, size - int(behind)), size)
    start, stop = int(first), size if last is None else min(int(last) + 1, size)
    if last is not None and int(last) < start:
        return None  # which is no range
    if start >= size:
        raise Unsatisfiable
    return Part(start, stop)
