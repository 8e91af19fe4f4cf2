"""A room around the music: early reflections into a bank of damped combs, after Schroeder (1962)."""

from __future__ import annotations

from collections.abc import Iterator

from players.synth.frames import FRAME, LANE, every, halved, joined, split
from players.synth.score import RATE

HOP = 620
"""Frames computed at once: no comb may be shorter, because it feeds on what it gave a delay ago."""

HOPS = 32
BLOCK = HOP * HOPS
"""Frames that the mixer hands over at a time, about 0.9 s."""

DECAY_S = 1.7
"""How long the hall takes to fall by 60 dB."""

DAMPING = 0.35
"""The share of each turn taken from one frame earlier: what makes high tones die first."""

SEND_BITS = 6
"""What the send gives up, so that the combs, which add up what they hear, stay within 24 bits."""

EARLY, LATE = 9, 4
"""How loud the reflections and the combs come back."""

COMBS_S = (0.0297, 0.0353, 0.0411, 0.0467)
LEFT_S = (0.0073, 0.0127, 0.0199, 0.0281, 0.0357, 0.0463)
RIGHT_S = (0.0089, 0.0151, 0.0223, 0.0307, 0.0401, 0.0497)
"""Prime-like and different on each side, so that nothing rings and the room is wide."""

_MIDDLE = 1 << 23


class Comb:
    """A delay that feeds itself; its samples are held as unsigned 24-bit numbers around 2**23."""

    def __init__(self, delay_s: float) -> None:
        delay = round(delay_s * RATE)
        gain = 256 * 10 ** (-3 * delay_s / DECAY_S)
        self._older_gain = round(gain * DAMPING)
        self._gain = round(gain) - self._older_gain
        self._line = every(LANE, 2 * (delay + 1), _MIDDLE)
        self._tail_shift = (delay + 1 - HOP) * FRAME
        self._rest = every(LANE, 2 * HOP, _MIDDLE * round(gain) >> 8)

    def step(self, sound: int) -> int:
        """The answer to one hop of sound."""
        hop = (1 << HOP * FRAME) - 1
        older, newer = self._line & hop, self._line >> FRAME & hop
        returned = newer * self._gain + older * self._older_gain >> 8 & every(LANE, 2 * HOP, 2 * _MIDDLE - 1)
        answer = sound + returned - self._rest
        self._line = self._line >> HOP * FRAME | answer + every(LANE, 2 * HOP, _MIDDLE) << self._tail_shift
        return answer


class Hall:
    """Takes the mono send of the mixer block by block and answers with the stereo sound of the room."""

    def __init__(self) -> None:
        self._combs = [Comb(delay_s) for delay_s in COMBS_S]
        self._carry = 0

    def block(self, send: int) -> int:
        """The room's answer to one block."""
        early, self._carry = split(self._carry + self._reflections(halved(send, SEND_BITS, BLOCK)), BLOCK)
        late = joined((sum(comb.step(hop) for comb in self._combs) for hop in _hops(early)), HOP)
        return early * EARLY + late * LATE

    def _reflections(self, send: int) -> int:
        sound = 0
        for index, (left_s, right_s) in enumerate(zip(LEFT_S, RIGHT_S, strict=True)):
            left = send << round(left_s * RATE) * FRAME
            right = send << round(right_s * RATE) * FRAME + LANE
            sound += -left - right if index % 2 else left + right
        return sound


def _hops(block: int) -> Iterator[int]:
    bias = every(LANE, 2 * HOP, 1 << 31)
    data = (block + every(LANE, 2 * BLOCK, 1 << 31)).to_bytes(BLOCK * 8, "little")
    for at in range(0, BLOCK * 8, HOP * 8):
        yield int.from_bytes(data[at : at + HOP * 8], "little") - bias
