"""A listener: an SSE client that reads in a thread and remembers what it was told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Union

import httpx
from httpx_sse import EventSource
from pydantic import TypeAdapter, ValidationError

from rooms.shapes.events import EVENTS
from tools.patience import PATIENCE_S
from tools.server import NO_TLS


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: dict[str, Any]
    at: float


@cache
def shape_of(name: str) -> TypeAdapter[Any]:
    shapes: Any = Union[EVENTS[name]]  # noqa: UP007  # of as many as there are
    return TypeAdapter(shapes)


class Listener:
    """Opens the stream of a room and keeps its events; use it in a ``with`` block.

    Each event has the shape that the contract gives it, which is seen to at the end.
    """

    is_of_the_contract = True

    def __init__(self, url: str, slug: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.events: list[Event] = []
        self.misshapen: list[str] = []
        self.status = 0
        self.headers: httpx.Headers = httpx.Headers()
        self.ended = threading.Event()
        self._heard = threading.Condition()
        self._client = httpx.Client(verify=NO_TLS, timeout=PATIENCE_S, headers=headers, **kwargs)
        self._url = f"{url}/api/v1/rooms/{slug}/events"
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        self.wait_for(lambda event: event.name in ("snapshot", "resumed"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
        assert kind or not self.misshapen, "\n".join(self.misshapen)

    def close(self) -> None:
        """Close the connection, as a closed tab does."""
        if self._response is not None:
            stream = self._response.extensions.get("network_stream")
            sock = stream.get_extra_info("socket") if stream else None
            if sock is not None and not self.ended.is_set():
                sock.shutdown(2)
        self._thread.join(PATIENCE_S)
        self._client.close()

    def wait_for(self, wanted: str | Callable[[Event], bool], *, after: int = 0) -> Event:
        """The first event from index ``after`` on that is ``wanted``: by name, or by a test of it."""
        matches = wanted if callable(wanted) else lambda event: event.name == wanted
        deadline = time.monotonic() + PATIENCE_S
        with self._heard:
            while True:
                for event in self.events[after:]:
                    if matches(event):
                        return event
                left = deadline - time.monotonic()
                if left <= 0 or (self.ended.is_set() and not self._thread.is_alive()):
                    told = [(event.name, event.id) for event in self.events]
                    raise AssertionError(f"No such event within {PATIENCE_S} s; status {self.status}, told {told}.")
                self._heard.wait(min(left, 0.2))

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    def _check(self, event: Event) -> None:
        try:
            shape_of(event.name).validate_python(event.data, strict=True)
        except (KeyError, ValidationError) as error:
            self.misshapen.append(f"{event.name} {event.data}: {error}")

    def _read(self) -> None:
        try:
            with self._client.stream("GET", self._url, headers={"Accept": "text/event-stream"}) as response:
                self.status, self.headers, self._response = response.status_code, response.headers, response
                if response.status_code != 200:
                    return
                for sse in EventSource(response).iter_sse():
                    event = Event(sse.event, sse.id, json.loads(sse.data), time.perf_counter())
                    if self.is_of_the_contract:
                        self._check(event)
                    with self._heard:
                        self.events.append(event)
                        self._heard.notify_all()
        except httpx.HTTPError:
            pass  # the connection ended, which `ended` says
        finally:
            self.ended.set()
            with self._heard:
                self._heard.notify_all()
