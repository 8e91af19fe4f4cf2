"""Sound as one long integer, so that the interpreter's C loops do the work of a mixer.

A frame is 64 bits: a left and a right lane of 32. An integer stands for the sum of every sample times its
lane's place value, samples being signed. Adding two integers then mixes them, multiplying by a number makes
every sample louder, shifting by 64 bits delays by one frame, and multiplying by ``left + (right << 32)`` pans
a sound whose right lanes are empty. All of it is exact as long as no sample leaves its lane: a stereo sample
may reach 2**31, and a mono one may use its empty right lane too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache

LANE = 32
FRAME = 64


@lru_cache(maxsize=32)
def every(width: int, count: int, value: int) -> int:
    """``count`` lanes of ``width`` bits, each holding ``value``, which is at least 0 and below 2**width."""
    return int.from_bytes(value.to_bytes(width // 8, "little") * count, "little")


def pack(samples: Iterable[float]) -> int:
    """Samples as mono frames, rounded towards zero."""
    values = list(map(int, samples))
    sign = every(FRAME, len(values), 1 << FRAME - 1)
    return (int.from_bytes(struct.pack(f"<{len(values)}q", *values), "little") ^ sign) - sign


def unpack(sound: int, frames: int) -> tuple[int, ...]:
    """The samples of mono frames, as integers."""
    sign = every(FRAME, frames, 1 << FRAME - 1)
    return struct.unpack(f"<{frames}q", ((sound + sign) ^ sign).to_bytes(frames * 8, "little"))


def split(sound: int, frames: int) -> tuple[int, int]:
    """The first ``frames`` of a sound, which must be more than none, and what follows them."""
    bits = frames * FRAME
    rest = sound + (1 << bits - 1) >> bits
    return sound - (rest << bits), rest


def joined(sounds: Iterable[int], frames: int) -> int:
    """Sounds of ``frames`` each, one after the other."""
    bias = every(LANE, frames * 2, 1 << LANE - 1)
    data = b"".join((sound + bias).to_bytes(frames * 8, "little") for sound in sounds)
    return int.from_bytes(data, "little") - every(LANE, len(data) // 4, 1 << LANE - 1)


def halved(sound: int, times: int, frames: int, lane: int = LANE) -> int:
    """Every sample of a sound of at most ``frames`` divided by 2**times, rounded down."""
    count = frames * FRAME // lane
    biased = sound + every(lane, count, 1 << lane - 1)
    kept = biased >> times & every(lane, count, (1 << lane - times) - 1)
    return kept - every(lane, count, 1 << lane - 1 - times)


def peak(sound: int, frames: int) -> int:
    """The largest magnitude of any stereo sample."""
    samples: tuple[int, ...] = struct.unpack(f"<{frames * 2}i", _twos_complement(sound, frames))
    return max(max(samples), -min(samples))


def pcm16(sound: int, frames: int) -> bytearray:
    """The upper 16 bits of every lane: interleaved stereo PCM."""
    data = _twos_complement(sound, frames)
    high = bytearray(frames * 4)
    high[0::2], high[1::2] = data[2::4], data[3::4]
    return high


def _twos_complement(sound: int, frames: int) -> bytes:
    bias = every(LANE, frames * 2, 1 << LANE - 1)
    return ((sound + bias) ^ bias).to_bytes(frames * 8, "little")
