"""Several workers on one socket answer as one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import patient
from tests.support.events import Listener
from tests.support.workers import three_workers
from tools.patience import until
from tools.people import Lounge
from tools.processes import children_of
from tools.server import Server


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Of daphne, the default; the soak tries uvicorn as well."""
    with three_workers(prepared, tmp_path_factory.mktemp("workers") / "server", "daphne") as server:
        yield server


def test_all_workers_answer_on_one_port_and_hear_of_each_other_s_changes(server: Server) -> None:
    assert len(children_of(server.pid)) == 3
    lounge = Lounge.open(server)
    lounge.add("https://media.example.org/a.mp3")
    listeners = [lounge.bob() for _ in range(12)]
    try:
        for listener in listeners:
            listener.__enter__()
        lounge.control(playing=True)
        for listener in listeners:
            listener.wait_for(lambda event: bool(event.data.get("player", event.data).get("playing")))
        until(lambda: lounge.snapshot()["people"]["listeners"] == 12)
    finally:
        for listener in listeners:
            listener.close()


def test_the_numbers_are_those_of_all_workers(server: Server) -> None:
    lounge = Lounge.open(server)
    listeners = [Listener(server.url, lounge.slug) for _ in range(9)]
    for listener in listeners:
        listener.__enter__()
    until(lambda: "musicrooms_listeners 9.0" in patient.get(f"{server.url}/metrics").text)
    for listener in listeners:
        listener.close()
    until(lambda: "musicrooms_listeners 0.0" in patient.get(f"{server.url}/metrics").text)
