"""From a score to sound: every distinct note is played once, then placed, mixed and put in a hall."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator

from players.synth.frames import FRAME, LANE, split
from players.synth.hall import BLOCK, Hall
from players.synth.score import RATE, Note, Part, Score

GAIN = 64
"""What a gain of 1 is as an integer."""

LATE_S = 0.007
SOFTER = 0.12
"""How far a note strays from the grid and from its velocity at most: nobody plays like a clock."""


class Channel:
    """One part of a score, played block by block."""

    def __init__(self, score: Score, part: Part) -> None:
        self._part = part
        self._seconds_per_beat = 60 / score.bpm
        self._sounds: dict[tuple[int, float], int] = {}
        self._carry = 0
        self._starts: dict[int, list[tuple[int, int, Note]]] = defaultdict(list)
        stray = random.Random(f"{score.slug} {part.instrument.__name__}")  # noqa: S311 - music, not secrets
        for note in part.notes:
            frame = score.frame_at(note.beat) + round(stray.random() * LATE_S * RATE)
            softer = 1 - SOFTER * stray.random()
            gain = round(note.velocity * softer * part.level * GAIN)
            self._starts[frame // BLOCK].append((frame % BLOCK, gain, note))
        angle = (part.pan + 1) * math.pi / 4
        self.pan = round(math.cos(angle) * GAIN) + (round(math.sin(angle) * GAIN) << LANE)
        self.send = round(part.hall * GAIN)

    def block(self, number: int) -> int:
        """The mono sound of one block."""
        total = self._carry
        for offset, gain, note in self._starts.pop(number, ()):
            total += self._sound(note) * gain << offset * FRAME
        sound, self._carry = split(total, BLOCK)
        return sound

    def _sound(self, note: Note) -> int:
        key = note.midi, note.beats
        if key not in self._sounds:
            self._sounds[key] = self._part.instrument(note.midi, note.beats * self._seconds_per_beat)
        return self._sounds[key]


def blocks(score: Score) -> Iterator[int]:
    """The stereo sound of the whole score, block by block."""
    channels = [Channel(score, part) for part in score.parts]
    hall = Hall()
    for number in range(-(-score.frames // BLOCK)):
        dry = send = 0
        for channel in channels:
            sound = channel.block(number)
            dry += sound * channel.pan
            send += sound * channel.send
        yield dry + hall.block(send)
