"""The raw material of the instruments: ringing modes, blown tones, noise, and the shape of a note.

Ringing is most of the music and is computed a whole span at a time; the rest goes sample by sample and is short.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain, cycle, islice, repeat
from operator import mul

from players.synth.frames import FRAME, halved, pack, split, unpack
from players.synth.score import RATE

FULL_SCALE = 1 << 14
"""What a sample of 1.0 becomes: gains and the sum of many notes need the other 17 bits of a lane."""

HIGHEST_HZ = 0.46 * RATE

SILENT_AFTER = 8.0
"""Time constants after which a mode is dropped: it is 70 dB below where it began."""

Mode = tuple[float, float, float]
"""Frequency in Hz, amplitude, and the seconds in which it falls to 37 %."""

_GUARD_BITS = 16
"""What the sum of modes keeps below the last bit of a sample."""

_TURN_BITS = 28
"""The precision of a rotation; with the sample and its guard 60 bits, which fit into a frame."""


def hertz(midi: int) -> float:
    """The frequency of a MIDI pitch, in equal temperament."""
    return 440.0 * 2.0 ** ((midi - 69) / 12)


def ring(modes: Iterable[Mode], seconds: float) -> int:
    """The sum of decaying sines, all starting at zero; it may go on a little longer than asked."""
    total = 0
    longest = 1
    for hz, amplitude, decay_s in modes:
        if hz < HIGHEST_HZ:
            sine, frames = _sine(hz, amplitude, decay_s, min(seconds, decay_s * SILENT_AFTER))
            total += sine
            longest = max(longest, frames)
    return halved(total, _GUARD_BITS, longest, FRAME)


def _sine(hz: float, amplitude: float, decay_s: float, seconds: float) -> tuple[int, int]:
    """A decaying sine and its length in frames: what there is so far, turned and shrunk, follows it, so it doubles."""
    step = cmath.exp(complex(-1 / decay_s, math.tau * hz) / RATE)
    wanted = round(seconds * RATE)
    doublings = max(0, wanted.bit_length() - 7)
    # Only multiples of eight, doubled: few lengths, so that the constants of their lanes stay cached.
    frames = 8 * math.ceil(wanted / (8 << doublings))
    start = list(accumulate(repeat(step, frames - 1), mul, initial=complex(amplitude)))
    sine = pack((value.imag for value in start), FULL_SCALE << _GUARD_BITS)
    cosine = pack((value.real for value in start), FULL_SCALE << _GUARD_BITS)
    for _ in range(doublings):
        turn = step**frames * (1 << _TURN_BITS)
        along, across = round(turn.real), round(turn.imag)
        next_sine = halved(sine * along + cosine * across, _TURN_BITS, frames, FRAME)
        next_cosine = halved(cosine * along - sine * across, _TURN_BITS, frames, FRAME)
        sine += next_sine << frames * FRAME
        cosine += next_cosine << frames * FRAME
        frames *= 2
    return sine, frames


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
    return pack(samples, round(level * FULL_SCALE))


def shaped(sound: int, seconds: float, *, attack_s: float, release_s: float) -> int:
    """The first ``seconds`` of a mono sound, eased in and out so that neither end clicks."""
    frames = round(seconds * RATE)
    rise = _ease(min(round(attack_s * RATE), frames // 2))
    fall = _ease(min(round(release_s * RATE), frames - len(rise)))[::-1]
    start, rest = split(sound, len(rise))
    middle, rest = split(rest, frames - len(rise) - len(fall))
    end, _ = split(rest, len(fall))
    parts = (_weighted(start, rise), 0), (middle, len(rise)), (_weighted(end, fall), frames - len(fall))
    return sum(part << place * FRAME for part, place in parts)


def _weighted(sound: int, gains: Sequence[float]) -> int:
    return pack(map(mul, unpack(sound, len(gains)), gains), 1)


@lru_cache(maxsize=32)
def _ease(frames: int) -> list[float]:
    return [0.5 - 0.5 * math.cos(math.pi * n / frames) for n in range(frames)]
