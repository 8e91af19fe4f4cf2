"""Bounds of one probe: seconds, bytes off the network and requests, whatever the other side does."""

from __future__ import annotations

from rooms.clock import monotonic_s

SECONDS = 10.0
"""The whole probe: people see seconds after a link was added whether it leads to anything."""

BYTES = 6 * 1024 * 1024
"""Off the network, headers included: enough for a tag with a cover of 5 MB, which stands before the sound."""

REQUESTS = 8
"""Redirects, and the parts of a file that are asked for by ranges."""


class Unanswered(Exception):
    """The probe came to no end; it says nothing about the file, which browsers may be able to play."""


class Exhausted(Unanswered):
    """So much was allowed, and no more."""


class Budget:
    """What is left to one probe. Each method raises Exhausted once nothing is."""

    def __init__(self, *, seconds: float = SECONDS, byte_count: int = BYTES, requests: int = REQUESTS) -> None:
        self._ends_at_s = monotonic_s() + seconds
        self._bytes_left = byte_count
        self._requests_left = requests

    @property
    def left_s(self) -> float:
        left_s = self._ends_at_s - monotonic_s()
        if left_s <= 0:
            raise Exhausted("It did not answer in time.")
        return left_s

    @property
    def bytes_left(self) -> int:
        if self._bytes_left <= 0:
            raise Exhausted("It answered with more than is read.")
        return self._bytes_left

    def take_bytes(self, count: int) -> None:
        self._bytes_left -= count

    def take_request(self) -> None:
        self._requests_left -= 1
        if self._requests_left < 0:
            raise Exhausted("It asked for too many requests.")
