"""Hosts who act on one player at the same instant: no change is lost, and no version is shared."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support import patient
from tools.people import Lounge
from tools.server import NO_TLS

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def entries(lounge: Lounge) -> list[dict[str, Any]]:
    """The lounge's queue of three links of unknown length, with nothing loaded."""
    return [lounge.add(url) for url in (A, B, C)]


# Conflicts


def test_an_expected_version_that_is_no_longer_current_is_refused_and_changes_nothing(
    lounge: Lounge, entries: list[dict[str, Any]]
) -> None:
    for stale in (3, 5, 2**62):
        body = {"playing": True, "expected_version": stale}
        refused = lounge.alice.patch(f"{lounge.path}/player", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "stale")
        assert str(stale) in refused.json()["error"]["message"]
    assert lounge.snapshot()["version"] == 4
    assert lounge.control(playing=True, expected_version=4)["version"] == 5


def test_of_many_who_expect_the_same_version_one_wins(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    def seek(number: int) -> int:
        body = {"entry_id": entries[1]["id"], "position_ms": 1_000 * number, "expected_version": 4}
        return _patched(lounge, body).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(seek, range(1, 9)))
    assert statuses == {200: 1, 409: 7}
    assert lounge.snapshot()["version"] == 5


def test_of_many_who_skip_the_same_entry_one_skips_it(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(playing=True)
    url = f"{lounge.server.url}/api/v1{lounge.path}/player/next"

    def skip(_number: int) -> int:
        return patient.post(url, json={"entry_id": entries[0]["id"]}, headers=_token(lounge)).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(skip, range(8)))
    assert statuses == {200: 1, 409: 7}
    assert lounge.snapshot()["player"]["entry_id"] == entries[1]["id"]


def test_two_hosts_at_once_lose_no_change_and_share_no_version(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    """Eight threads seek 25 times each; every seek is another one, so that each is a change."""
    lounge.control(entry_id=entries[0]["id"])
    before = lounge.snapshot()["version"]

    def seek(thread: int) -> list[httpx.Response]:
        with httpx.Client(
            verify=NO_TLS, base_url=f"{lounge.server.url}/api/v1", headers=_token(lounge), timeout=60
        ) as client:
            return [
                client.patch(f"{lounge.path}/player", json={"position_ms": 1_000 * (25 * thread + number + 1)})
                for number in range(25)
            ]

    with ThreadPoolExecutor(8) as threads:
        answers = [answer for answers in threads.map(seek, range(8)) for answer in answers]
    assert Counter(answer.status_code for answer in answers) == {200: 200}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(before + 1, before + 201))
    assert lounge.snapshot()["version"] == before + 200
    assert "database is locked" not in lounge.server.log


def _token(lounge: Lounge) -> dict[str, str]:
    return {"Authorization": f"Bearer {lounge.token}"}


def _patched(lounge: Lounge, body: dict[str, Any]) -> httpx.Response:
    url = f"{lounge.server.url}/api/v1{lounge.path}/player"
    return patient.patch(url, json=body, headers=_token(lounge))
