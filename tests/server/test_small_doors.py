"""What strangers and scanners send at any server: it is refused, and fills no log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.raw import Raw
from tools.server import Server, served


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def alone(request: pytest.FixtureRequest, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp(request.param)
    with served(prepared, folder, server=request.param, ALLOWED_HOSTS="127.0.0.1") as server:
        yield server


def test_a_websocket_handshake_is_refused_without_a_traceback(alone: Server) -> None:
    handshake = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
    before = len(alone.log)
    for path in ("/", "/api/v1/rooms/lounge/events", "/ws"):
        with Raw(alone.url) as raw:
            raw.ask("GET", path, *handshake, ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="))
            assert raw.head().status != 101
    assert len(alone.log[before:].splitlines()) <= 3


def test_a_foreign_host_is_one_line_of_the_log(alone: Server) -> None:
    before = len(alone.log)
    with Raw(alone.url) as raw:
        raw.ask("GET", "/", host="evil.example")
        assert raw.head().status == 400
    (line,) = alone.log[before:].splitlines()
    assert "evil.example" in line


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_page_of_another_site_makes_no_room(alone: Server, kind: str | None) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} | (
        {"Content-Type": kind} if kind else {}
    )
    refused = alone.browser().post("/api/v1/rooms", content=json.dumps({"name": "Forged"}), headers=headers)
    assert refused.status_code == 422
    assert "application/json is expected" in refused.json()["error"]["message"]
    assert alone.sql("SELECT count(*) FROM rooms_room WHERE name = 'Forged'") == [(0,)]
