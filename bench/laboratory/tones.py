"""Tracks of one tone, without a silent moment from their first to their last sample."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path

RATE = 22_050


def write(path: Path, seconds: float, hz: int) -> None:
    """A mono WAV of 16 bits; ``hz`` is a whole number, so that each second of it is the same."""
    second = array.array("h", (round(8_000 * math.sin(2 * math.pi * hz * n / RATE)) for n in range(RATE)))
    frames = second.tobytes() * math.ceil(seconds)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames[: 2 * round(seconds * RATE)])
