"""A lasting trouble is one line of the log in ten seconds."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from musicrooms.serving import logging as ours


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ours, "monotonic_s", clock)
    return clock


def record(text: str, exc_info: Any = None) -> logging.LogRecord:
    return logging.LogRecord("test", logging.WARNING, "", 1, text, (), exc_info)


def test_what_is_said_again_within_ten_seconds_is_counted_and_left_out(clock: Clock) -> None:
    limit = ours.RateLimit()
    assert limit.filter(record("away"))
    assert [limit.filter(record("away")) for _ in range(5)] == [False] * 5
    clock.now_s += 10
    again = record("still away")
    assert limit.filter(again)
    assert again.getMessage() == "still away (and 5 lines like it)"
    clock.now_s += 10
    third = record("still away")
    assert limit.filter(third)
    assert third.getMessage() == "still away"


@pytest.mark.usefixtures("clock")
def test_a_fault_with_its_traceback_is_always_told() -> None:
    limit = ours.RateLimit()
    fault = (ValueError, ValueError("x"), None)
    assert all(limit.filter(record("fault", fault)) for _ in range(3))


def test_those_who_notice_that_redis_is_away_share_one_line() -> None:
    names = ("channels_redis.pubsub", "rooms.core.publish", "rooms.live.hub.bus")
    filters = [each for name in names for each in logging.getLogger(name).filters if isinstance(each, ours.RateLimit)]
    assert len(filters) == len(names)
    assert len(set(map(id, filters))) == 1
