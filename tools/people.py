"""Alice hosts the lounge, Bob listens, Charlie is a stranger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.events import Listener
from tools.server import Server


@dataclass
class Lounge:
    """A room on a server, with Alice's client, who hosts it, and Charlie's, whom nobody knows."""

    server: Server
    slug: str
    token: str
    host_url: str
    alice: httpx.Client
    charlie: httpx.Client

    @classmethod
    def open(cls, server: Server, **fields: Any) -> Lounge:
        charlie = server.client()
        told = _made(charlie, fields)
        if told["version"] > 1:  # its address was that of a room that is closed, and versions go on from there
            reused, told = told, _made(charlie, fields)
            assert server.client(reused["host_token"]).delete(f"/rooms/{reused['slug']}").status_code == 204
        alice = server.client(told["host_token"])
        return cls(server, told["slug"], told["host_token"], told["host_url"], alice, charlie)

    @classmethod
    def playing(cls, server: Server) -> Lounge:
        """One that plays a link."""
        lounge = cls.open(server)
        lounge.add("https://media.example.org/a.mp3")
        lounge.control(playing=True)
        return lounge

    @property
    def path(self) -> str:
        return f"/rooms/{self.slug}"

    def add(self, url: str, **fields: Any) -> dict[str, Any]:
        """Alice adds a link; the entry."""
        added = self.alice.post(f"{self.path}/queue", json={"url": url, **fields})
        assert added.status_code == 201, added.text
        return dict(added.json())

    def control(self, **fields: Any) -> dict[str, Any]:
        """Alice changes the player; the player."""
        changed = self.alice.patch(f"{self.path}/player", json=fields)
        assert changed.status_code == 200, changed.text
        return dict(changed.json())

    def snapshot(self) -> dict[str, Any]:
        return dict(self.alice.get(self.path).json())

    def bob(self, **kwargs: Any) -> Listener:
        """Bob's stream; use it in a ``with`` block."""
        return Listener(self.server.url, self.slug, **kwargs)

    def listening(self, **kwargs: Any) -> Listener:
        """Alice's own stream, without which her player has no voice; use it in a ``with`` block."""
        return self.bob(headers={"Authorization": f"Bearer {self.token}"}, **kwargs)

    def host(self) -> httpx.Client:
        """A browser without JavaScript that took the host's link."""
        return take(self.server.browser(follow_redirects=True), self.host_url)

    def person(self) -> httpx.Client:
        """A browser without JavaScript that has opened the room's page: cookies and CSRF token included."""
        browser = self.server.browser(follow_redirects=True)
        browser.get(f"/r/{self.slug}")
        browser.headers["X-CSRFToken"] = browser.cookies.get("csrftoken") or ""
        browser.headers["Origin"] = self.server.url
        return browser


def _made(charlie: httpx.Client, fields: dict[str, Any]) -> dict[str, Any]:
    made = charlie.post("/rooms", json={"name": "Lounge", "visibility": "public", **fields})
    assert made.status_code == 201, made.text
    return dict(made.json())


def take(browser: httpx.Client, invitation: str) -> httpx.Client:
    """Press the button of an invitation in ``browser``, which then has the role that it gives."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(invitation).text)
    assert token, invitation
    origin = str(httpx.URL(invitation).copy_with(raw_path=b"/")).rstrip("/")
    form = {"csrfmiddlewaretoken": token[1]}
    assert browser.post(invitation, data=form, headers={"Origin": origin}).status_code in (200, 302)
    return browser
