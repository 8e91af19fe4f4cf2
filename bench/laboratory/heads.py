"""Finds the requests in what a browser sends over one connection."""

from __future__ import annotations

import re
from collections.abc import Callable

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Heads:
    """Calls ``noted`` with the method and the target of each request, however it was cut into pieces."""

    def __init__(self, noted: Callable[[str, str], object]) -> None:
        self._noted = noted
        self._seen = b""
        self._body_left = 0

    def read(self, data: bytes) -> None:
        skipped = min(self._body_left, len(data))
        self._body_left -= skipped
        self._seen += data[skipped:]
        while b"\r\n\r\n" in self._seen:
            head, self._seen = self._seen.split(b"\r\n\r\n", 1)
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            self._noted(method, target)
            length = _LENGTH.search(head)
            self._body_left = int(length[1]) if length else 0
            skipped = min(self._body_left, len(self._seen))
            self._body_left -= skipped
            self._seen = self._seen[skipped:]
