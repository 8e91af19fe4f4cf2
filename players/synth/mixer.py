"""From a score to sound: every distinct note is played once, then placed, mixed and put in a hall."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator

from players.synth.frames import FRAME, LANE, split
from players.synth.hall import BLOCK, Hall
from players.synth.instruments import UNDAMPED
from players.synth.score import RATE, Instrument, Note, Part, Score

GAIN = 64
"""What a gain of 1 is as an integer."""

LATE_S = 0.007
SOFTER = 0.12
"""How far a note strays from the grid and from its velocity at most: nobody plays like a clock."""


class Band:
    """The instruments of one score, each distinct sound of which is made once."""

    def __init__(self, score: Score) -> None:
        self._seconds_per_beat = 60 / score.bpm
        self._sounds: dict[tuple[Instrument, int, float], int] = {}

    def sound(self, instrument: Instrument, note: Note) -> int:
        """The mono sound of a note."""
        seconds = 0.0 if instrument in UNDAMPED else note.beats * self._seconds_per_beat
        key = instrument, note.midi, seconds
        if key not in self._sounds:
            self._sounds[key] = instrument(note.midi, seconds)
        return self._sounds[key]


class Channel:
    """One part of a score, played block by block."""

    def __init__(self, score: Score, part: Part, band: Band, seed: str) -> None:
        self._band = band
        self._instrument = part.instrument
        self._carry = 0
        self._starts: dict[int, list[tuple[int, int, Note]]] = defaultdict(list)
        stray = random.Random(seed)
        for note in part.notes:
            frame = score.frame_at(note.beat) + round(stray.random() * LATE_S * RATE)
            gain = note.velocity * part.level * (1 - SOFTER * stray.random())
            self._starts[frame // BLOCK].append((frame % BLOCK, round(gain * GAIN), note))
        angle = (part.pan + 1) * math.pi / 4
        self.pan = round(math.cos(angle) * GAIN) + (round(math.sin(angle) * GAIN) << LANE)
        self.send = round(part.hall * GAIN)

    def block(self, number: int) -> int:
        """The mono sound of one block; blocks are asked for in order."""
        total = self._carry
        for offset, gain, note in self._starts[number]:
            total += self._band.sound(self._instrument, note) * gain << offset * FRAME
        sound, self._carry = split(total, BLOCK)
        return sound


def blocks(score: Score) -> Iterator[int]:
    """The stereo sound of the whole score, block by block."""
    band, hall = Band(score), Hall()
    channels = [Channel(score, part, band, f"{score.slug} {number}") for number, part in enumerate(score.parts)]
    for number in range(math.ceil(score.frames / BLOCK)):
        dry = send = 0
        for channel in channels:
            if sound := channel.block(number):
                dry += sound * channel.pan
                send += sound * channel.send
        yield dry + hall.block(send)
