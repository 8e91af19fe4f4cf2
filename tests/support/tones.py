"""WAV files of a quiet tone: 8-bit mono."""

from __future__ import annotations

import functools
import math

SAMPLES_A_SECOND = 8_000
TONE_HZ = 220
HEAD_BYTES = 44
UNTOLD = 0xFFFF_FFFF
"""What those write into a head who do not know yet how much will follow."""


@functools.cache
def tone(seconds: int) -> bytes:
    """A whole file."""
    return head(SAMPLES_A_SECOND * seconds) + second() * seconds


@functools.cache
def second() -> bytes:
    """The samples of one second of it."""
    turn = 2 * math.pi * TONE_HZ / SAMPLES_A_SECOND
    return bytes(128 + round(20 * math.sin(turn * n)) for n in range(SAMPLES_A_SECOND))


def head(count: int) -> bytes:
    """What comes before so many samples."""
    start = b"RIFF" + min(36 + count, UNTOLD).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\x00\x01\x00" + SAMPLES_A_SECOND.to_bytes(4, "little") * 2 + b"\x01\x00\x08\x00"
    return start + form + b"data" + count.to_bytes(4, "little")
