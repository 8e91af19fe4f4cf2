"""The raw material of the instruments: ringing modes, blown tones, noise, and the shape of a note.

Ringing is most of the music and is computed whole spans at a time; the rest goes by samples and is short.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain, cycle, islice, repeat
from operator import mul

from players.synth.frames import FRAME, halved, joined, pack, split, unpack
from players.synth.score import RATE

FULL_SCALE = 1 << 14
"""What a sample of 1.0 becomes: gains and the sum of many notes need the other 17 bits of a lane."""

SPAN = 256
"""Frames of ringing computed at once: many for an interpreter, few for a processor's cache."""

HIGHEST_HZ = 0.46 * RATE

SILENT_AFTER = 7.0
"""Time constants after which a mode is dropped: it is 60 dB below where it began."""

Mode = tuple[float, float, float]
"""Frequency in Hz, amplitude, and the seconds in which it falls to 37 %."""

_GUARD_BITS = 16
"""What the sum of modes keeps below the last bit of a sample."""

_TURN_BITS = 28
"""The precision of a rotation; with the sample and its guard 60 bits, which fit into a frame."""


def hertz(midi: int) -> float:
    """The frequency of a MIDI pitch, in equal temperament."""
    return 440.0 * math.exp2((midi - 69) / 12)


def ring(modes: Iterable[Mode], seconds: float) -> int:
    """The sum of decaying sines, all starting at zero; it goes on for up to a span longer than asked."""
    spans = math.ceil(seconds * RATE / SPAN)
    sums = [0] * spans
    for hz, amplitude, decay_s in modes:
        if hz < HIGHEST_HZ:
            audible = math.ceil(min(seconds, decay_s * SILENT_AFTER) * RATE / SPAN)
            _add_mode(sums, cmath.exp(complex(-1 / decay_s, math.tau * hz) / RATE), amplitude, audible)
    return joined((halved(total, _TURN_BITS + _GUARD_BITS, SPAN, FRAME) for total in sums), SPAN)


def _add_mode(sums: list[int], step: complex, amplitude: float, audible: int) -> None:
    """Adds a mode to its audible spans: each is the first one turned and shrunk, in two multiplications."""
    first = complex(amplitude * (FULL_SCALE << _GUARD_BITS))
    start = list(accumulate(repeat(step, SPAN - 1), mul, initial=first))
    sine, cosine = pack([value.imag for value in start]), pack([value.real for value in start])
    turns = accumulate(repeat(step**SPAN, audible - 1), mul, initial=complex(1 << _TURN_BITS))
    for span, turn in enumerate(turns):
        sums[span] += sine * int(turn.real) + cosine * int(turn.imag)


def blown(hz: float, harmonics: Sequence[float], seconds: float, *, vibrato: float) -> list[float]:
    """A steady tone with the given harmonics, whose vibrato, a share of the pitch, sets in after 0.25 s."""
    turn = math.tau * hz / RATE
    period = round(RATE / 5.2)
    steady = repeat(cmath.exp(1j * turn), RATE // 4)
    wavering = [cmath.exp(1j * turn * (1 + vibrato * math.sin(math.tau * n / period))) for n in range(period)]
    phasor = accumulate(chain(steady, cycle(wavering)), mul)
    highest_first = [level for n, level in enumerate(harmonics, start=1) if n * hz < HIGHEST_HZ][::-1]
    return [_polynomial(highest_first, z).imag for z in islice(phasor, round(seconds * RATE))]


def _polynomial(coefficients: Sequence[float], z: complex) -> complex:
    total = 0j
    for coefficient in coefficients:
        total = (total + coefficient) * z
    return total


def noise(seconds: float, seed: int) -> list[float]:
    """White noise, the same for the same seed."""
    uniform = random.Random(seed).uniform
    return [uniform(-1.0, 1.0) for _ in range(round(seconds * RATE))]


def low_pass(samples: Iterable[float], hz: float) -> list[float]:
    """What is below ``hz``, falling 6 dB an octave above it."""
    share = 1 - math.exp(-math.tau * hz / RATE)
    return list(accumulate(samples, lambda last, sample: last + share * (sample - last)))


def high_pass(samples: Sequence[float], hz: float) -> list[float]:
    """What :func:`low_pass` takes away."""
    return [sample - low for sample, low in zip(samples, low_pass(samples, hz), strict=True)]


def fading(samples: Iterable[float], decay_s: float) -> list[float]:
    """The samples falling to 37 % every ``decay_s`` seconds."""
    return list(map(mul, samples, accumulate(repeat(math.exp(-1 / (decay_s * RATE))), mul, initial=1.0)))


def quantised(samples: Iterable[float], level: float) -> int:
    """Samples within -1 to 1 as a mono sound."""
    scale = level * FULL_SCALE
    return pack([sample * scale for sample in samples])


def shaped(sound: int, seconds: float, *, attack_s: float, release_s: float) -> int:
    """The first ``seconds`` of a mono sound, eased in and out so that neither end clicks."""
    frames = round(seconds * RATE)
    rise = _ease(min(round(attack_s * RATE), frames // 2))
    fall = _ease(min(round(release_s * RATE), frames - len(rise)))[::-1]
    sound, _ = split(sound, frames)
    start, _ = split(sound, len(rise))
    _, end = split(sound, frames - len(fall))
    eased = _weighted(start, rise) - start + (_weighted(end, fall) - end << (frames - len(fall)) * FRAME)
    return sound + eased


def _weighted(sound: int, gains: Sequence[float]) -> int:
    return pack(map(mul, unpack(sound, len(gains)), gains))


@lru_cache(maxsize=32)
def _ease(frames: int) -> list[float]:
    return [0.5 - 0.5 * math.cos(math.pi * n / frames) for n in range(frames)]
