"""Short texts that stand for notes: melodies, chords, broken chords and drum patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from players.synth.score import Note

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11, "#": 1, "b": -1, "": 0}
_TOKEN = re.compile(r"(?P<rest>-)|(?P<letter>[A-G])(?P<accidental>[#b]?)(?P<octave>\d)")


def pitch(name: str) -> int | None:
    """The MIDI number of a name such as ``F#4``, or None for a rest, ``-``."""
    found = _TOKEN.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is not a pitch: it must be a letter, # or b, and an octave, or - for a rest.")
    if found["rest"]:
        return None
    return 12 * (int(found["octave"]) + 1) + _SEMITONES[found["letter"]] + _SEMITONES[found["accidental"]]


def line(text: str, *, bar: int, beats_per_bar: int = 4, velocity: float = 0.8) -> tuple[Note, ...]:
    """A melody from bar ``bar``: ``A4:.5 C5 | -:2 E5:2`` is pitches, their beats (or 1) and bars."""
    notes = []
    for number, bar_text in enumerate(text.split("|"), start=bar):
        beat = float(number * beats_per_bar)
        for token in bar_text.split():
            name, _, beats = token.partition(":")
            midi = pitch(name)
            if midi is not None:
                notes.append(Note(beat, midi, float(beats or 1), velocity))
            beat += float(beats or 1)
        if beat != (number + 1) * beats_per_bar:
            found = beat - number * beats_per_bar
            raise ValueError(f"{bar_text.strip()!r} lasts {found:g} beats: a bar must last {beats_per_bar}.")
    return tuple(notes)


def strums(
    chords: str,
    rhythm: Iterable[tuple[float, float, float]],
    voicings: Mapping[str, str],
    *,
    bar: int,
    beats_per_bar: int = 4,
    voices: slice = slice(None),
) -> tuple[Note, ...]:
    """Chords from bar ``bar``: each bar of ``C | Am F`` in the ``rhythm`` of (beat, beats, velocity)."""
    pattern = tuple(rhythm)
    return tuple(
        Note(number * beats_per_bar + beat, midi, beats, velocity)
        for number, names in enumerate((text.split() for text in chords.split("|")), start=bar)
        for beat, beats, velocity in pattern
        for midi in _voicing(voicings, names[int(beat * len(names) / beats_per_bar)])[voices]
    )


def broken(
    chords: str, order: str, voicings: Mapping[str, str], *, bar: int, beats: float, velocity: float
) -> tuple[Note, ...]:
    """Chords of a bar each, note by note in quavers: ``order`` counts the notes of a chord from 0."""
    voices = [int(digit) for digit in order]
    return tuple(
        Note((number * len(voices) + place) / 2, _voicing(voicings, name.strip())[voice], beats, velocity)
        for number, name in enumerate(chords.split("|"), start=bar)
        for place, voice in enumerate(voices)
    )


def _voicing(voicings: Mapping[str, str], name: str) -> list[int]:
    if name not in voicings:
        raise ValueError(f"{name!r} has no voicing: the score names {', '.join(voicings)}.")
    return [midi for midi in map(pitch, voicings[name].split()) if midi is not None]


def hits(steps: str, *, bar: int, bars: int, beats_per_bar: int = 4, midi: int = 60) -> tuple[Note, ...]:
    """Percussion: bars of evenly spaced ``steps``, a digit from 1 (soft) to 9 for a hit, a dot for none."""
    pattern = steps.replace(" ", "")
    step = beats_per_bar / len(pattern)
    return tuple(
        Note(number * beats_per_bar + index * step, midi, step, int(digit) / 9)
        for number in range(bar, bar + bars)
        for index, digit in enumerate(pattern)
        if digit != "."
    )


def echo(notes: Iterable[Note], *, beats: float, strength: float) -> tuple[Note, ...]:
    """The same notes ``beats`` later and softer: a repeat that keeps time with the music."""
    return tuple(replace(note, beat=note.beat + beats, velocity=note.velocity * strength) for note in notes)
