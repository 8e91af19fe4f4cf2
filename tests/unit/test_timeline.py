"""The arithmetic of positions; ``js/timeline.test.mjs`` holds the browser's copy to the same table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from players.timeline import MOST_AHEAD_MS, Timeline, bounds

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "timeline_cases.json").read_text())
BOUNDS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "bounds_cases.json").read_text())
ENDING = [case for case in CASES if (case["ends_at_ms"] or 0) > case["timeline"]["effective_at_ms"]]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


@each_case
def test_a_position_is_what_the_table_says(case: dict[str, Any]) -> None:
    timeline = Timeline(**case["timeline"])
    for now_ms, position_ms in case["positions"]:
        assert timeline.position_at(now_ms) == position_ms


@each_case
def test_an_end_is_what_the_table_says(case: dict[str, Any]) -> None:
    assert Timeline(**case["timeline"]).ends_at_ms == case["ends_at_ms"]


@pytest.mark.parametrize("case", ENDING, ids=[case["name"] for case in ENDING])
def test_the_position_reaches_the_end_at_the_computed_instant_and_not_before(case: dict[str, Any]) -> None:
    timeline = Timeline(**case["timeline"])
    end_ms = case["ends_at_ms"]
    assert timeline.position_at(end_ms) == timeline.last_ms
    assert timeline.position_at(end_ms - 1) != timeline.last_ms


@pytest.mark.parametrize("case", BOUNDS, ids=[case["name"] for case in BOUNDS])
def test_the_bounds_of_an_entry_are_what_the_table_says(case: dict[str, Any]) -> None:
    assert list(bounds(**case["entry"])) == case["bounds"]


@pytest.mark.parametrize(("playing", "ahead_ms", "is_adrift"), [(True, 0, False), (True, 1, True), (False, 1, False)])
def test_what_would_wait_for_longer_than_any_lead_is_adrift(playing: bool, ahead_ms: int, is_adrift: bool) -> None:
    timeline = Timeline(playing=playing, position_ms=0, rate=1.0, effective_at_ms=MOST_AHEAD_MS + ahead_ms)
    assert timeline.is_adrift(0) is is_adrift


def test_every_position_is_an_integer_whatever_the_rate() -> None:
    timeline = Timeline(playing=True, position_ms=1, rate=1.75, effective_at_ms=0)
    assert all(isinstance(timeline.position_at(now_ms), int) for now_ms in range(100))


def test_the_arithmetic_needs_no_framework() -> None:
    code = "import players.timeline, sys; assert not any(name.startswith('django') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
