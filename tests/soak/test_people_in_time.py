"""People are told neither too often nor for a moment's absence."""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import pairwise

import httpx

from tests.soak.noise import Disturbance, too_noisy
from tests.support.events import Listener
from tools.people import Lounge
from tools.server import Server


def test_people_are_told_at_most_every_two_seconds(server: Server) -> None:
    """While a crowd comes, the people are told at most every two seconds."""
    lounge = Lounge.open(server)
    with Disturbance() as disturbance, lounge.bob() as bob, ExitStack() as crowd:
        while len(told := bob.named("people")) < 3:
            crowd.enter_context(lounge.bob())
            time.sleep(0.2)
        shortest_s = min(after.at - before.at for before, after in pairwise(told))
        if shortest_s <= 1.9 <= shortest_s + disturbance.overslept_s:
            too_noisy(f"{shortest_s:.1f} s apart, and events may have been read {disturbance.overslept_s:.1f} s late")
        assert shortest_s > 1.9
        assert [event.data["listeners"] for event in told] == sorted({event.data["listeners"] for event in told})


def test_whoever_leaves_is_gone_and_a_reload_does_not_flicker(server: Server) -> None:
    """A reload is told to nobody, and who has left is counted no more after some seconds."""
    lounge = Lounge.open(server)
    person = lounge.person()
    with lounge.bob() as bob:
        with listening(lounge, person):
            bob.wait_for(lambda event: event.name == "people" and event.data["listeners"] == 2)
        heard = len(bob.events)
        time.sleep(2.2)  # long enough for people to be told, if they had changed
        with Disturbance() as disturbance, listening(lounge, person):
            if disturbance.overslept_s > 1:
                too_noisy("the reload may have taken longer than an absence that is told")
            assert not [event for event in bob.events[heard:] if event.name == "people"]
        bob.wait_for(lambda event: event.name == "people" and event.data["listeners"] == 1, after=heard)


def listening(lounge: Lounge, browser: httpx.Client) -> Listener:
    return Listener(lounge.server.url, lounge.slug, cookies=dict(browser.cookies))
