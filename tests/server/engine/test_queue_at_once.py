"""Guests who act on one queue at the same instant: each link is added once, each entry removed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support import patient
from tools.people import Lounge

A, B, C, D = (f"https://media.example.org/{name}.mp3" for name in "abcd")


@pytest.fixture
def entries(lounge: Lounge) -> list[dict[str, Any]]:
    return [lounge.add(url) for url in (A, B, C)]


def test_links_added_at_once_are_all_added_with_a_version_each(lounge: Lounge) -> None:
    url = f"{lounge.server.url}/api/v1{lounge.path}/queue"

    def add(number: int) -> httpx.Response:
        link = f"https://media.example.org/{number}.mp3"
        headers = {"Authorization": f"Bearer {lounge.token}"}
        return patient.post(url, json={"url": link}, headers=headers)

    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(add, range(24)))
    assert [answer.status_code for answer in added] == [201] * 24
    queue = lounge.snapshot()["queue"]
    assert sorted(entry["id"] for entry in queue) == sorted(answer.json()["id"] for answer in added)
    assert lounge.snapshot()["version"] == 25


def test_a_new_guest_who_adds_two_links_at_once_gets_one_place_in_the_room(lounge: Lounge) -> None:
    bob = lounge.person()

    def add(number: int) -> int:
        link = {"url": f"https://media.example.org/{number}.mp3"}
        return bob.post(f"/api/v1{lounge.path}/queue", json=link).status_code

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(add, range(4))) == [201] * 4
    assert len({entry["added_by"]["id"] for entry in lounge.snapshot()["queue"]}) == 1


def test_of_many_who_remove_the_same_entry_one_removes_it(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    url = f"{lounge.server.url}/api/v1{lounge.path}/queue/{entries[0]['id']}"

    def remove(_number: int) -> int:
        return patient.delete(url, headers={"Authorization": f"Bearer {lounge.token}"}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(remove, range(6))) == [204, *[404] * 5]
    assert lounge.snapshot()["version"] == 5
