"""Clients that others wrote read the stream and resume it, also when every byte arrives by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx_sse
import pytest
import sseclient
from playwright.sync_api import Browser, Page

from tests.support.splitter import Splitter
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import NO_TLS, Server

A, B = (f"https://media.example.org/{name}.mp3" for name in "ab")
NAME = "Café Ω — 夜の音楽 🎵"
TIMEOUT_S = PATIENCE_S


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: dict[str, Any]


Client = Callable[[str, str], AbstractContextManager[Iterator[Event]]]
"""Opens the stream at a URL with that id of the last event, if any."""


def opened(server: Server) -> Lounge:
    lounge = Lounge.open(server)
    lounge.add(A)
    return lounge


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return opened(server)


@pytest.fixture
def any_lounge(any_server: Server) -> Lounge:
    """By each way to a listener."""
    return opened(any_server)


def headers(last_event_id: str) -> dict[str, str]:
    return {"Accept": "text/event-stream", **({"Last-Event-ID": last_event_id} if last_event_id else {})}


@contextmanager
def answered(url: str, last_event_id: str) -> Iterator[httpx.Response]:
    with httpx.stream("GET", url, headers=headers(last_event_id), timeout=TIMEOUT_S, verify=NO_TLS) as response:
        yield response


@contextmanager
def with_httpx_sse(url: str, last_event_id: str) -> Iterator[Iterator[Event]]:
    with answered(url, last_event_id) as response:
        source = httpx_sse.EventSource(response)
        yield (Event(sse.event, sse.id, json.loads(sse.data)) for sse in source.iter_sse())


@contextmanager
def with_sseclient(url: str, last_event_id: str) -> Iterator[Iterator[Event]]:
    with answered(url, last_event_id) as response:
        client = sseclient.SSEClient(response.iter_bytes())
        yield (Event(sse.event, sse.id or "", json.loads(sse.data)) for sse in client.events())


@contextmanager
def with_curl(url: str, last_event_id: str) -> Iterator[Iterator[Event]]:
    path = shutil.which("curl")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("curl is not installed")
    assert path is not None, "curl is not installed"
    given = [part for name, value in headers(last_event_id).items() for part in ("-H", f"{name}: {value}")]
    command = [path, "--silent", "--show-error", "--no-buffer", "--fail", "--max-time", str(3 * TIMEOUT_S), *given, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as curl:
        assert curl.stdout is not None
        try:
            yield _blocks(line.decode().removesuffix("\n") for line in curl.stdout)
        finally:
            curl.terminate()


def _blocks(lines: Iterator[str]) -> Iterator[Event]:
    """The events that lines make, as the standard puts them together."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            if "data" in fields:
                yield Event(fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"]))
            fields = {}


CLIENTS: dict[str, Client] = {"httpx-sse": with_httpx_sse, "sseclient-py": with_sseclient, "curl": with_curl}


def the_next(events: Iterator[Event], name: str) -> Event:
    return next(event for event in events if event.name == name)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_reads_the_stream_and_resumes_it_also_byte_by_byte(lounge: Lounge, name: str) -> None:
    reads_and_resumes(lounge, name, is_split=True)


def test_a_client_reads_the_stream_and_resumes_it_by_each_way(any_lounge: Lounge) -> None:
    reads_and_resumes(any_lounge, "curl", is_split=False)


def reads_and_resumes(lounge: Lounge, name: str, *, is_split: bool) -> None:
    open_stream = CLIENTS[name]
    with Splitter(lounge.server.url) if is_split else nullcontext(lounge.server) as way:
        url = f"{way.url}/api/v1{lounge.path}/events"
        with open_stream(url, "") as events:
            first = next(events)
            assert (first.name, first.id) == ("snapshot", "2")
            now = lounge.snapshot()
            assert {part: first.data[part] for part in ("room", "player", "queue")} == {
                part: now[part] for part in ("room", "player", "queue")
            }
            added = lounge.add(B)
            told = the_next(events, "queue")
            assert (told.id, told.data["prev"], told.data["entry"]["id"]) == ("3", 2, added["id"])
            assert lounge.alice.patch(lounge.path, json={"name": NAME}).status_code == 200
            assert the_next(events, "room").data["room"]["name"] == NAME
        with open_stream(url, "4") as events:
            resumed = next(events)
            assert (resumed.name, resumed.id, resumed.data["version"]) == ("resumed", "4", 4)
            lounge.control(playing=True)
            assert the_next(events, "player").id == "5"
        with open_stream(url, "4") as events:
            missed = next(events)
            assert (missed.name, missed.id) == ("snapshot", "5")
            assert missed.data["room"]["name"] == NAME


# The browser's own

LISTEN = """(path) => {
    window.told = [];
    window.opened = 0;
    window.failed = [];
    window.source = new EventSource(path);
    source.onopen = () => { opened += 1; };
    source.onerror = () => failed.push(source.readyState);
    for (const name of ['snapshot', 'resumed', 'queue', 'player', 'room', 'bye']) {
        source.addEventListener(name, (event) =>
            told.push({ name, id: event.lastEventId, data: JSON.parse(event.data) }));
    }
}"""


def page_at(browser: Browser, url: str) -> Page:
    """A page of the server's own origin, without any script of the project."""
    page = browser.new_page(bypass_csp=True)  # which forbids to evaluate what the test waits for
    page.goto(f"{url}/api/v1/time")
    return page


def told(page: Page, name: str, version: int) -> dict[str, Any]:
    """The event of that name and id, once it was told."""
    found = f"told.find((event) => event.name === '{name}' && event.id === '{version}')"
    page.wait_for_function(found, timeout=TIMEOUT_S * 1_000)
    return dict(page.evaluate(found)["data"])


def test_the_browsers_own_event_source_reads_the_stream_and_resumes_it(any_lounge: Lounge, browser: Browser) -> None:
    source_reads_and_resumes(any_lounge, browser, is_split=False)


def test_the_browsers_own_event_source_reads_a_stream_that_comes_byte_by_byte(lounge: Lounge, browser: Browser) -> None:
    source_reads_and_resumes(lounge, browser, is_split=True)


def source_reads_and_resumes(lounge: Lounge, browser: Browser, *, is_split: bool) -> None:
    with Splitter(lounge.server.url, splits=is_split) as way:
        page = page_at(browser, way.url)
        page.evaluate(LISTEN, f"/api/v1{lounge.path}/events")
        assert told(page, "snapshot", 2)["queue"] == lounge.snapshot()["queue"]
        lounge.alice.patch(lounge.path, json={"name": NAME})
        assert told(page, "room", 3)["room"]["name"] == NAME

        way.cut()
        page.wait_for_function("opened === 2", timeout=TIMEOUT_S * 1_000)
        assert told(page, "resumed", 3)["version"] == 3
        assert "last-event-id: 3\r\n" in way.requests[-1].lower()
        lounge.control(playing=True)
        assert told(page, "player", 4)["playing"] is True

        way.lead_to("http://127.0.0.1:9")  # for longer than it waits before it comes back
        way.cut()
        lounge.add(B)
        way.lead_to(lounge.server.url)
        assert len(told(page, "snapshot", 5)["queue"]) == 2
        assert page.evaluate("[...new Set(failed)]") == [0]  # each time it was connecting again, and never closed
        page.close()


@pytest.mark.parametrize("program", ["daphne", "uvicorn"])
def test_the_browsers_own_event_source_comes_back_to_a_server_that_was_started_anew(
    prepared: Path, tmp_path: Path, browser: Browser, program: str
) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path, server=program).start()
    with Splitter(server.url, splits=False) as way:
        lounge = Lounge.open(server)
        page = page_at(browser, way.url)
        page.evaluate(LISTEN, f"/api/v1{lounge.path}/events")
        told(page, "snapshot", 1)
        assert server.stop() == 0
        page.wait_for_function("failed.length > 0")
        assert page.evaluate("source.readyState") == 0
        way.lead_to(server.start().url)
        told(page, "resumed", 1)
        assert page.evaluate("told.map((event) => event.name)") == ["snapshot", "resumed"]
        page.close()
    assert server.stop() == 0


def test_the_browsers_own_event_source_is_told_why_and_not_let_in_again(lounge: Lounge, browser: Browser) -> None:
    page = page_at(browser, lounge.server.url)
    page.evaluate(LISTEN, f"/api/v1{lounge.path}/events")
    told(page, "snapshot", 2)
    assert lounge.alice.delete(lounge.path).status_code == 204
    page.wait_for_function("told.at(-1).name === 'bye'")
    assert page.evaluate("told.at(-1).data") == {"reason": "closed"}
    page.wait_for_function("source.readyState === 2", timeout=TIMEOUT_S * 1_000)  # it asked again and met a 404
    page.close()
