"""The host's side: calls of the REST API on one kept connection."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any


def call(
    api: http.client.HTTPConnection, method: str, path: str, body: object = None, token: str = ""
) -> dict[str, Any]:
    """Call the API and return what it answers; whatever is no success ends the program."""
    return ask(api, method, f"/api/v1{path}", body, {"Authorization": f"Bearer {token}"} if token else {})


def ask(
    api: http.client.HTTPConnection, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Send a request and return the JSON that answers it; whatever is no success ends the program."""
    told = {"Content-Type": "application/json", **(headers or {})}
    api.request(method, path, json.dumps(body) if body is not None else None, told)
    response = api.getresponse()
    text = response.read()
    if response.status >= 400:
        raise SystemExit(f"{method} {path} was answered {response.status}: {text[:300]!r}")
    return dict(json.loads(text))


@dataclass(frozen=True)
class Room:
    """A room in which a track of unknown length plays, so that nothing changes by itself."""

    slug: str
    token: str
    version: int

    @classmethod
    def open(cls, api: http.client.HTTPConnection, name: str = "Lounge") -> Room:
        made = call(api, "POST", "/rooms", {"name": name, "visibility": "public"})
        path, token = f"/rooms/{made['slug']}", made["host_token"]
        call(api, "POST", f"{path}/queue", {"url": "https://media.example.org/a.mp3"}, token)
        player = call(api, "PATCH", f"{path}/player", {"playing": True}, token)
        return cls(made["slug"], token, player["version"])

    @classmethod
    def open_many(cls, address: tuple[str, int], count: int) -> list[Room]:
        """So many of them, one after the other."""
        api = http.client.HTTPConnection(*address, timeout=60)
        try:
            return [cls.open(api, f"Lounge {number}") for number in range(count)]
        finally:
            api.close()

    @property
    def path(self) -> str:
        return f"/rooms/{self.slug}"

    def say(self, api: http.client.HTTPConnection, text: str) -> None:
        """Somebody says something."""
        call(api, "POST", f"{self.path}/chat", {"text": text}, self.token)

    def seek(self, api: http.client.HTTPConnection, position_ms: int) -> int:
        """A host's action; the version that it made."""
        player = call(api, "PATCH", f"{self.path}/player", {"position_ms": position_ms}, self.token)
        return int(player["version"])
