"""Bounded reader of EBML (RFC 8794), the format beneath Matroska: a stranger's file may be made to keep one busy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_ELEMENTS = 5_000
"""That are looked at; an album in one file has some hundreds before its sound."""

MOST_TEXT = 4_000
"""Bytes; what is longer than a title is cut once more where it is shown."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its id as it is written, and the bytes of the file between its head and its end."""

    id: int
    start: int
    end: int


class Ebml:
    """The elements of ``file``. A caller goes into those that it knows, so that none is deeper than the caller goes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MOST_ELEMENTS
        self.whole = Element(0, 0, file.seek(0, 2))

    def within(self, parent: Element, *wanted: int) -> Iterator[Element]:
        """The elements in ``parent``, or those of the ids ``wanted``.

        One of unknown size, as recorders write them, goes on to the end.
        """
        at = parent.start
        while at < parent.end and self._left > 0:
            self._left -= 1
            self._file.seek(at)
            head = self._file.read(12)
            width = _width(head[:1])
            size_width = _width(head[width : width + 1])
            if width > 4 or size_width > 8 or len(head) < width + size_width:
                return
            mask = (1 << 7 * size_width) - 1
            size, start = int.from_bytes(head[width : width + size_width]) & mask, at + width + size_width
            end = parent.end if size == mask else min(start + size, parent.end)
            element = Element(int.from_bytes(head[:width]), start, end)
            if element.id in wanted or not wanted:
                yield element
            at = element.end

    def data(self, element: Element, most: int) -> bytes:
        self._file.seek(element.start)
        return self._file.read(min(element.end - element.start, most))

    def number(self, element: Element) -> int:
        return int.from_bytes(self.data(element, 8))

    def text(self, element: Element) -> str:
        return self.data(element, MOST_TEXT).decode(errors="replace").partition("\0")[0]


def _width(first: bytes) -> int:
    """How many bytes a number has that begins so; 9 for none."""
    return 9 - first[0].bit_length() if first else 9
