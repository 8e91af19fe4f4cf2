"""From blocks of sound to a WAV file: 16-bit stereo, its peak at -3 dBFS, faded at both ends."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Iterable
from operator import mul
from typing import BinaryIO

from players.synth.frames import halved, pcm16, peak
from players.synth.hall import BLOCK
from players.synth.score import RATE

HEADER_BYTES = 44
FRAME_BYTES = 4

PEAK = 23_197
"""The loudest sample: 3 dB below 32,767."""

FADE_IN_FRAMES = RATE // 50
FADE_OUT_FRAMES = RATE * 5 // 2

_SPARE_BITS = 8
"""What the mix gives up so that the gain, up to 16 bits of it, fits into the lane."""


def size(frames: int) -> int:
    """The bytes of a whole file."""
    return HEADER_BYTES + frames * FRAME_BYTES


def save(target: BinaryIO, blocks: Iterable[int], frames: int) -> None:
    """Writes ``frames`` frames of the blocks into an open file."""
    sounds = list(blocks)
    gain = (PEAK << 16) // ((max(peak(sound, BLOCK) for sound in sounds) >> _SPARE_BITS) + 1)
    pcm = bytearray().join(pcm16(halved(sound, _SPARE_BITS, BLOCK) * gain, BLOCK) for sound in sounds)
    del pcm[frames * FRAME_BYTES :]
    _fade(pcm, frames)
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)


def _fade(pcm: bytearray, frames: int) -> None:
    rise = _ramp(FADE_IN_FRAMES)
    fall = _ramp(FADE_OUT_FRAMES)[::-1]
    for start, gains in ((0, rise), (frames - FADE_OUT_FRAMES, fall)):
        layout = f"<{len(gains)}h"
        samples = struct.unpack_from(layout, pcm, start * FRAME_BYTES)
        struct.pack_into(layout, pcm, start * FRAME_BYTES, *map(int, map(mul, samples, gains)))


def _ramp(frames: int) -> list[float]:
    """Gains from 0 to 1, one for the left and one for the right sample of every frame."""
    return [0.5 - 0.5 * math.cos(math.pi * (sample // 2) / frames) for sample in range(frames * 2)]
