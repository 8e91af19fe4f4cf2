"""Whether a change is pushed from one process to a listener of another."""

from __future__ import annotations

import random

from tests.support.events import Event, Listener
from tools.patience import until
from tools.people import Lounge


def seek(lounge: Lounge, position_ms: int) -> None:
    """Alice seeks."""
    lounge.control(position_ms=position_ms)


def hear(listener: Listener, position_ms: int) -> Event:
    """The event or snapshot by which the listener learnt of that position."""
    return listener.wait_for(lambda event: event.data.get("player", event.data).get("position_ms") == position_ms)


def is_pushed(lounge: Lounge, listener: Listener, position_ms: int) -> bool:
    """Whether that seek reaches the listener as an event of its own."""
    seek(lounge, position_ms)
    return hear(listener, position_ms).name == "player"


def until_pushed(lounge: Lounge, listener: Listener) -> None:
    until(lambda: is_pushed(lounge, listener, random.randrange(1_000_000)), "nothing is pushed to the other process")
