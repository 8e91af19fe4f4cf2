"""The band. Every instrument plays a MIDI pitch for a number of seconds and answers with a mono sound."""

from __future__ import annotations

import math
from functools import lru_cache

from players.synth.score import RATE, Instrument
from players.synth.waves import (
    Mode,
    blown,
    fading,
    hertz,
    high_pass,
    low_pass,
    noise,
    quantised,
    ring,
    shaped,
)


def electric_piano(midi: int, seconds: float) -> int:
    """Round and a little chorused, with the chime of a tine at the start."""
    hz = hertz(midi)
    decay_s = 1.5 * (220 / hz) ** 0.4
    modes: list[Mode] = [
        (hz * 0.9992, 0.38, decay_s),
        (hz * 1.0010, 0.34, decay_s),
        (hz * 2, 0.13, decay_s * 0.6),
        (hz * 3, 0.05, decay_s * 0.35),
        (hz * 4, 0.025, decay_s * 0.25),
        (hz * 7.03, 0.03, 0.07),
    ]
    return shaped(ring(modes, seconds + 0.2), seconds + 0.2, attack_s=0.004, release_s=0.2)


def vibraphone(midi: int, seconds: float) -> int:
    """A soft mallet and a motor at 4.6 Hz, the pedal held: every note rings as long."""
    hz = hertz(midi)
    modes: list[Mode] = [
        (hz, 0.6, 0.9),
        (hz - 4.6, 0.09, 0.9),
        (hz + 4.6, 0.09, 0.9),
        (hz * 3.99, 0.11, 0.28),
        (hz * 9.8, 0.03, 0.05),
    ]
    return shaped(ring(modes, 3.0), 3.0, attack_s=0.003, release_s=0.4)


def celesta(midi: int, seconds: float) -> int:
    """Small bright bars with a wooden knock, undamped."""
    hz = hertz(midi)
    modes: list[Mode] = [
        (hz, 0.6, 0.6),
        (hz * 2.003, 0.12, 0.4),
        (hz * 2.76, 0.07, 0.18),
        (hz * 5.4, 0.05, 0.06),
    ]
    return shaped(ring(modes, 2.0), 2.0, attack_s=0.002, release_s=0.3)


def harp(midi: int, seconds: float) -> int:
    """A plucked string: harmonics that fall with their number and die sooner, undamped."""
    hz = hertz(midi)
    decay_s = 1.1 * (220 / hz) ** 0.5
    modes: list[Mode] = [
        (hz * n * math.sqrt(1 + 0.0002 * n * n), 0.62 * pluck / n, decay_s / n**0.8)
        for n, pluck in enumerate((1.0, 0.9, 0.62, 0.5, 0.3, 0.25, 0.2), start=1)
    ]
    return shaped(ring(modes, 2.4), 2.4, attack_s=0.002, release_s=0.3)


def bass(midi: int, seconds: float) -> int:
    """An upright bass: enough harmonics to be heard on a telephone, and the finger on the string."""
    hz = hertz(midi)
    levels = (0.62, 0.36, 0.2, 0.1, 0.05, 0.03)
    modes: list[Mode] = [(hz * n, level, 0.85 / n**0.7) for n, level in enumerate(levels, start=1)]
    finger = quantised(fading(low_pass(noise(0.05, midi), 900), 0.012), 0.5)
    return shaped(ring(modes, seconds + 0.08) + finger, seconds + 0.08, attack_s=0.006, release_s=0.08)


def pad(midi: int, seconds: float) -> int:
    """Strings far away: detuned pairs under a slow swell."""
    hz = hertz(midi)
    modes: list[Mode] = [
        (hz * 0.9982, 0.3, 30.0),
        (hz * 1.0019, 0.3, 30.0),
        (hz * 1.9971, 0.1, 30.0),
        (hz * 2.0033, 0.1, 30.0),
        (hz * 3.0, 0.07, 30.0),
    ]
    return shaped(ring(modes, seconds + 0.7), seconds + 0.7, attack_s=0.8, release_s=0.9)


def clarinet(midi: int, seconds: float) -> int:
    """Odd harmonics that mellow as the note goes on, a gentle tongue and no vibrato."""
    hz = hertz(midi)
    sounding_s = seconds * 0.94 + 0.06
    levels = (0.62, 0.02, 0.27, 0.03, 0.12, 0.02, 0.06, 0.0, 0.03)
    modes: list[Mode] = [(hz * n, level, 4.0 / n) for n, level in enumerate(levels, start=1)]
    return shaped(ring(modes, sounding_s), sounding_s, attack_s=0.035, release_s=0.07)


def flute(midi: int, seconds: float) -> int:
    """Nearly a sine, with breath around it."""
    sounding_s = seconds * 0.96 + 0.08
    tone = quantised(blown(hertz(midi), (0.62, 0.14, 0.06, 0.015), sounding_s, vibrato=0.005), 1.0)
    return shaped(tone + _breath(sounding_s), sounding_s, attack_s=0.06, release_s=0.1)


@lru_cache(maxsize=8)
def _breath(seconds: float) -> int:
    return quantised(low_pass(high_pass(noise(seconds, 17), 900), 3_500), 0.035)


def kick(midi: int, seconds: float) -> int:
    """A felt beater: a low tone that falls from 105 to 48 Hz."""
    phase, samples = 0.0, []
    for n in range(RATE // 4):
        time_s = n / RATE
        phase += math.tau * (48 + 57 * math.exp(-time_s / 0.023)) / RATE
        samples.append(math.sin(phase) * math.exp(-time_s / 0.077))
    return shaped(quantised(samples, 0.9), 0.25, attack_s=0.002, release_s=0.05)


def snap(midi: int, seconds: float) -> int:
    """Fingers: a short burst of noise around 2 kHz, and the hollow of the hand."""
    burst = fading(low_pass(high_pass(noise(0.18, 5), 1_300), 3_000), 0.022)
    hollow = ring([(1_850, 0.25, 0.012), (2_600, 0.15, 0.009)], 0.18)
    return shaped(quantised(burst, 1.6) + hollow, 0.18, attack_s=0.001, release_s=0.05)


def brush(midi: int, seconds: float) -> int:
    """Wires drawn over a drum head."""
    sweep = low_pass(high_pass(noise(0.34, 7), 1_200), 5_000)
    return shaped(quantised(fading(sweep, 0.14), 1.0), 0.34, attack_s=0.035, release_s=0.15)


def shaker(midi: int, seconds: float) -> int:
    """Grains that swing once."""
    grains = high_pass(high_pass(noise(0.11, 11), 3_500), 3_500)
    return shaped(quantised(fading(grains, 0.04), 1.4), 0.11, attack_s=0.016, release_s=0.04)


def ride(midi: int, seconds: float) -> int:
    """A thin cymbal under a wooden tip."""
    partials = (2_930, 3_461, 4_127, 4_603, 5_417, 6_089, 6_871, 7_703, 8_629)
    wash = quantised(fading(high_pass(noise(0.9, 13), 5_000), 0.22), 0.5)
    tip = ring([(hz, 0.035, 0.2) for hz in partials], 0.9)
    return shaped(wash + tip, 0.9, attack_s=0.001, release_s=0.5)


UNDAMPED: frozenset[Instrument] = frozenset({vibraphone, celesta, harp, kick, snap, brush, shaker, ride})
"""Those that ring the same however long the written note is."""
