"""What is pictured: a demo on data of its own, with a few rooms that play."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tools.browser import FLAGS, chromium, entered
from tools.server import Server

SOUND = "--autoplay-policy=no-user-gesture-required"
"""Nobody is there to tap the page that asks for it."""

ADMIN = "alice"

ROOMS = {"Sunday kitchen": "open-window", "Late shift": "the-long-way-home", "Rooftop": "last-light"}
"""Public rooms beside the demo's own, so that the home page has something to show, and what plays in each."""

FURNISH = """
from django.contrib.auth import get_user_model
from players.links import parse
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.clock import now_ms
from rooms.core.create_room import make_room
from rooms.models import Room, Token, Visibility
from rooms.models.roles import Role
from rooms.core.invitations import standing

for name, piece in {rooms!r}.items():
    room, _ = make_room(name, Caller(), Visibility.PUBLIC)
    with change(room, now_ms()) as lent:
        link = parse(f"/media/demo/{{piece}}.mp3", own_media=True)
        lent.queue.add([link], now_ms(), after=None, at_end=True, member=None)
        lent.player.play(now_ms())
get_user_model().objects.create_superuser({admin!r}, password={password!r})
lounge = Room.objects.get(slug="lounge")
print(standing(lounge, Role.HOST).get_absolute_url(), Token.issue(lounge.members.first()))
"""


Scheme = Literal["dark", "light"]


class Stage:
    """A server with the demo on it and a browser; Alice hosts, Bob listens."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.url = server.url
        self._browser = browser
        self._password = secrets.token_urlsafe()
        code = FURNISH.format(rooms=ROOMS, admin=ADMIN, password=self._password)
        self._host_path, token = server.shell(code).split()[-2:]
        self.api = server.client(token)

    def profile(self, size: ViewportSize, scheme: Scheme, scale: float = 1) -> BrowserContext:
        """A browser profile that has been nowhere yet."""
        context = self._browser.new_context(
            viewport=size,
            color_scheme=scheme,
            device_scale_factor=scale,
            locale="en-GB",
        )
        # What is pictured shall not depend on what the world answers today.
        context.route(lambda address: not address.startswith(self.url), lambda route: route.abort())
        return context

    def host(self, context: BrowserContext) -> Page:
        """The lounge as Alice sees it."""
        return self._named(context, self._host_path, "Alice")

    def listener(self, context: BrowserContext) -> Page:
        """The lounge as Bob sees it."""
        return self._named(context, "/r/lounge", "Bob")

    def admin(self, context: BrowserContext, path: str) -> Page:
        """A page of the admin, signed in."""
        page = context.new_page()
        page.goto(f"{self.url}/admin/login/?next={path}")
        page.get_by_label("Username").fill(ADMIN)
        page.get_by_label("Password").fill(self._password)
        page.get_by_label("Password").press("Enter")
        page.wait_for_url(f"{self.url}{path}")
        return page

    def player(self, **fields: Any) -> None:
        """Have the host's call made, as by ``curl``."""
        answer = self.api.patch("/rooms/lounge/player", json=fields)
        answer.raise_for_status()

    def entries(self) -> list[dict[str, Any]]:
        return list(self.api.get("/rooms/lounge/queue").json()["items"])

    def _named(self, context: BrowserContext, path: str, name: str) -> Page:
        page = context.new_page()
        page.goto(entered(page, self.url + path))
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = context.request.post(
            f"{self.url}/r/lounge/name", form={"name": name, "csrfmiddlewaretoken": token}, headers={"Origin": self.url}
        )
        if not answer.ok:
            raise RuntimeError(f"{name} could not take that name: {answer.status}.")
        page.reload()
        return page


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything that is needed to take pictures; nothing of it is left behind."""
    path = chromium()
    if path is None:
        raise SystemExit("There is no Chromium: install one, or name it in CHROMIUM.")
    with tempfile.TemporaryDirectory(prefix="shots-") as folder, sync_playwright() as playwright:
        server = Server(Path(folder), server="uvicorn", DATABASE_URL="", REDIS_URL="").prepare()
        server.manage("demo")
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, SOUND])
        try:
            yield Stage(server, browser)
        finally:
            browser.close()
            server.stop()


def wait_for_step(*pages: Page) -> None:
    """Wait until each of these windows plays what the room plays."""
    for page in pages:
        page.locator("[data-part=sync][data-state=in-step]").wait_for()
