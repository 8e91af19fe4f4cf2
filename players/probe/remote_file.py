"""A file on the web as a tag library reads one: its head as it comes, and other parts by ranges where those are served.

What is out of reach reads as zeros, so that a library which looks for a tag at the end finds none and goes on.
"""

from __future__ import annotations

import os
import re

from players.probe.request import Answer, opened
from rooms.outgoing.budget import BYTES, Budget, Exhausted, Unanswered
from rooms.outgoing.resolver import Resolve

GAP_BYTES = 64 * 1024
"""So far behind what came already, reading on is cheaper than another request."""

PART_BYTES = 64 * 1024
"""What is asked for by a range at least: a table or a tag is read in many small pieces."""

MOST_READ, MOST_READS = 4 * BYTES, 20_000
"""What a library may read altogether, and how often, zeros and repetitions included: it bounds the work."""

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class RemoteFile:
    """The file behind an open answer to a request for all of its bytes."""

    def __init__(self, answer: Answer, budget: Budget, resolver: Resolve | None = None) -> None:
        self.name = ""
        self._answer = answer
        self._budget = budget
        self._resolver = resolver
        self._head = bytearray()
        self._part, self._part_at = b"", 0
        self._is_whole = False
        self._position = 0
        self._has_read = self._reads = 0
        found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        self._has_ranges = answer.status == 206 and found is not None
        said = found[3] if found else answer.headers.get("content-length", "")
        self.size = int(said) if said.isdigit() and len(said) <= 15 else None
        """None for what may have no end."""

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = max(0, self._end - self._position)
        data = self._at(self._position, min(size, max(0, self._end - self._position)))
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._end}[whence]
        if base + offset < 0:
            raise OSError(22, "A position before the beginning of the file.")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    @property
    def head(self) -> bytes:
        """What of its beginning has come so far."""
        return bytes(self._head)

    @property
    def _end(self) -> int:
        if self._is_whole:
            return len(self._head)
        return BYTES if self.size is None else self.size

    def _at(self, start: int, size: int) -> bytes:
        self._has_read, self._reads = self._has_read + size, self._reads + 1
        if self._has_read > MOST_READ or self._reads > MOST_READS:
            raise Exhausted("Its tags ask for more than is read.")
        if start <= len(self._head) + GAP_BYTES or start + size <= len(self._head):
            self._read_on(start + size)
            return bytes(self._head[start : start + size])
        if not self._part_at <= start <= start + size <= self._part_at + len(self._part):
            self._fetch(start, size)
        found = self._part[start - self._part_at : start - self._part_at + size] if start >= self._part_at else b""
        return found + bytes(size - len(found))

    def _read_on(self, end: int) -> None:
        """Read the head on to ``end``, or to its own end."""
        while len(self._head) < end and not self._is_whole:
            part = next(self._answer.parts, None)
            if part is None:
                self._is_whole = True
            else:
                self._head += part

    def _fetch(self, start: int, size: int) -> None:
        """Ask for a part further on; nothing comes of a server without ranges."""
        end = start + max(size, PART_BYTES)
        if self.size is not None and end > self.size:
            # What stands at the end is read backwards, by piece.
            start, end = max(len(self._head), self.size - max(self.size - start, PART_BYTES)), self.size
        if not self._has_ranges:
            return
        headers = {"Range": f"bytes={start}-{end - 1}"}
        try:
            with opened(self._answer.url, self._budget, headers, self._resolver) as answer:
                found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
                if answer.status == 206 and found is not None and int(found[1]) == start:
                    self._part, self._part_at = _joined(answer, end - start), start
        except Unanswered:
            self._has_ranges = False


def _joined(answer: Answer, most: int) -> bytes:
    data = bytearray()
    for part in answer.parts:
        data += part
        if len(data) >= most:
            break
    return bytes(data[:most])
