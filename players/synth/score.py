"""What a score is: notes, the parts that play them, and the piece that they make together.

Time inside a score is counted in beats from its beginning, pitch in MIDI numbers (69 is the A of 440 Hz), and
velocity from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

RATE = 22_050
"""Frames a second: enough for soft instruments, and a third less work than 32,000."""

LENGTH_STEP = RATE // 50
"""Lengths are multiples of 20 ms, the shortest span that is both whole frames and whole milliseconds."""

Instrument = Callable[[int, float], int]
"""Plays a MIDI pitch for a number of seconds: a mono sound, its ringing included."""


@dataclass(frozen=True, slots=True)
class Note:
    """One sound: when, how high, how long and how hard."""

    beat: float
    midi: int
    beats: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Part:
    """What an instrument plays and where: ``level`` 0 to 1, ``pan`` -1 (left) to 1, ``hall`` 0 to 1."""

    instrument: Instrument
    notes: tuple[Note, ...]
    level: float
    pan: float = 0.0
    hall: float = 0.2


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece. ``swing`` is where in its beat the second quaver falls: 0.5 is straight."""

    slug: str
    title: str
    artist: str
    bpm: float
    beats_per_bar: int
    bars: int
    parts: tuple[Part, ...]
    swing: float = 0.5

    @property
    def frames(self) -> int:
        """The length in frames."""
        exact = self.bars * self.beats_per_bar * 60 / self.bpm * RATE
        return math.ceil(exact / LENGTH_STEP) * LENGTH_STEP

    @property
    def length_ms(self) -> int:
        """The length in milliseconds, exact."""
        return self.frames * 1_000 // RATE

    def frame_at(self, beat: float) -> int:
        """The frame on which ``beat`` falls, swung."""
        whole, part = divmod(beat, 1.0)
        swung = part * 2 * self.swing if part < 0.5 else 1 - (1 - part) * 2 * (1 - self.swing)
        return round((whole + swung) * 60 / self.bpm * RATE)
