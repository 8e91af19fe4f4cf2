"""Hosts who act for some time, and what it cost and brought."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.load.client import Spec
from bench.load.crowd import Crowd
from bench.load.tally import Tally
from bench.output import figures
from bench.servers.machine import Usage


@dataclass(frozen=True)
class Window:
    """What was measured while the hosts acted."""

    seconds: float
    cpu_s: float
    hosts: Tally
    counted: Tally
    """What the listeners counted within these seconds."""
    listeners: Tally
    """With what arrived later."""

    @property
    def versions(self) -> list[tuple[int, int]]:
        """Of each action, the room and the version that it made."""
        return [(call.room, call.version) for call in self.hosts.calls if call.version is not None]

    @property
    def heard_ms(self) -> list[float]:
        """Of each delivery, the milliseconds from before the host's call until it arrived."""
        return figures.after_call_ms(self.hosts, self.listeners)

    def missing(self, each: int) -> int:
        """How many deliveries never came, with so many listeners in each room."""
        return figures.missing(self.listeners, self.versions, each)


def measure(
    usage: Usage, crowd: Crowd, hosts: Crowd, acting: list[Spec], *, each: int, seconds: float, patience_s: float
) -> Window:
    """Let hosts act for ``seconds``, and wait so long at most for what is on its way then.

    ``each`` is how many listeners a room has.
    """
    crowd.take()
    began_at, cpu_s = time.monotonic(), usage.cpu_s()
    hosts.join(acting)
    time.sleep(max(0.0, began_at + seconds - time.monotonic()))
    seconds, cpu_s = time.monotonic() - began_at, usage.cpu_s() - cpu_s
    counted = crowd.take()
    expected = sum(spec.times for spec in acting)
    acted = hosts.take_until(lambda tally: tally.settled >= expected, patience_s)
    window = Window(seconds, cpu_s, acted, counted, Tally())
    window.listeners.add(counted)

    def has_arrived(more: Tally) -> bool:
        return sum(map(len, more.arrivals.values())) >= window.missing(each)

    late = crowd.take_until(has_arrived, patience_s)
    window.listeners.add(late)
    window.listeners.last = late.last
    return window
