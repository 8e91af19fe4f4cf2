"""A receiver of webhooks on this machine, which keeps what it is told and answers as a test says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import standardwebhooks


@dataclass(frozen=True)
class Message:
    """One POST as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def verify(self, secret: str) -> None:
        """Raise WebhookVerificationError unless it is signed with ``secret``, by the library that receivers use."""
        standardwebhooks.Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What came, and the status and headers that are answered."""

    url: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    may_answer: Event = field(default_factory=Event)
    """Cleared, it answers nothing."""

    @property
    def events(self) -> list[str]:
        return [str(message.data["type"]) for message in self.messages]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.messages.append(Message(self.path, headers, body))
            receiver.may_answer.wait()
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        receiver.may_answer.set()
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield receiver
        finally:
            receiver.may_answer.set()
            server.shutdown()
            serving.join()
