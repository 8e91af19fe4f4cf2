"""The example of an edge bounds what the servers bound, and asks them how they are."""

from __future__ import annotations

import re

import pytest
from pytest_django import Settings

from musicrooms.serving.request_limits import BODY_S, HEAD_S, MOST_BODY, MOST_HEAD
from tools.server import ROOT

TEXT = (ROOT / "deploy" / "Caddyfile").read_text()


def value(name: str) -> str:
    found = re.findall(rf"^\s*{name} (\S+)$", TEXT, re.MULTILINE)
    assert len(found) == 1, f"{name}: {found}"
    return str(found[0])


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("max_header_size", f"{MOST_HEAD // 1024}KiB"),
        ("max_size", f"{MOST_BODY // 1024}KiB"),
        ("read_header", f"{HEAD_S:g}s"),
        ("read_body", f"{BODY_S:g}s"),
    ],
)
def test_the_edge_bounds_the_same(name: str, bound: str) -> None:
    assert value(name) == bound


def test_a_stop_is_seen_before_the_streams_end(settings: Settings) -> None:
    assert value("health_uri") == "/readyz"
    assert float(value("health_interval").removesuffix("s")) < settings.STOP_GRACE_S


def test_a_call_is_tried_for_as_long_as_a_server_restarts() -> None:
    assert float(value("lb_try_duration").removesuffix("s")) >= 10
